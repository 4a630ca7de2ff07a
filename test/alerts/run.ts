// `npm run test:alerts`: the rules as promtool sees them, its unit tests, and the rules and dashboards on real workers:
// every alert fires by the fault that it is about, nothing fires without one, every panel has data. One JSON line each;
// exit code 1 if anything is not as it should be.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { rulesFile } from '../generated/prometheus/committed-expressions.ts'
import { repositoryRoot } from '../generated/schema-files.ts'
import { playScenes } from './play-scenes.ts'
import { howToInstall, runTool } from './tools.ts'

// Every process that is started is ended with this one, and there are many.
process.setMaxListeners(100)

const testsFolder = fileURLToPath(new URL('rules/', import.meta.url))
/** What is played takes three minutes; a machine that is busy with other things may take twice as long. */
const withinMs = 10 * 60_000

if (
  (await runTool('promtool', ['--version'])) === null ||
  (await runTool('prometheus', ['--version'])) === null
) {
  console.error(howToInstall)
  process.exit(2)
}
const tests = readdirSync(testsFolder).map((name) => `${testsFolder}${name}`)
await check('the configuration and the rules load', [
  'check',
  'config',
  `${repositoryRoot}config/prometheus/prometheus.yml`,
])
await check('the rules have no fault that promtool knows', ['check', 'rules', '--lint-fatal', rulesFile])
await check(`unit tests of the rules, ${tests.length} files`, ['test', 'rules', ...tests])
const late = setTimeout(() => {
  console.log(JSON.stringify({ error: `did not end within ${withinMs} ms` }))
  process.exit(1)
}, withinMs)
await onLocalStack(async () => {
  for (const line of await playScenes((told) => console.log(JSON.stringify(told)))) {
    console.error(line)
    process.exitCode = 1
  }
})
clearTimeout(late)

async function check(what: string, words: readonly string[]): Promise<void> {
  const ended = await runTool('promtool', words)
  const isWell = ended?.exitCode === 0
  console.log(JSON.stringify({ check: what, result: isWell ? 'passed' : 'failed' }))
  if (isWell) return
  console.error(ended?.output ?? howToInstall)
  process.exitCode = 1
}
