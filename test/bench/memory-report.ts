// Loaded into a worker before its program: at SIGUSR2 it collects all garbage and writes what the process then holds into
// the file that BENCH_MEMORY_FILE names, whole or not at all.
import { renameSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const file = process.env['BENCH_MEMORY_FILE'] ?? ''
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: object) => void

process.on('SIGUSR2', () => {
  // As if memory were about to run out, so that the collector keeps no pages in reserve. What the first collection finalises, the second takes away.
  collect({ type: 'major', flavor: 'last-resort' })
  collect({ type: 'major', flavor: 'last-resort' })
  writeFileSync(`${file}.unfinished`, JSON.stringify(process.memoryUsage()))
  renameSync(`${file}.unfinished`, file)
})
