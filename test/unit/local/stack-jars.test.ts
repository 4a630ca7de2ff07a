// Maven and Java are stood in for by shell scripts on the path: what is tested is what becomes of the cache.
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { stackJars } from '../../../src/local/stack-jars.ts'

const java = { major: 17, version: 'openjdk version "17.0.15"' }
const tools = { mavenAnswers: () => Promise.resolve(true) }
const realPath = process.env['PATH']

let folder: string
let cacheDir: string
let lines: string[]

const onProgress = (line: string) => void lines.push(line)
const ask = () => stackJars({ java, tools, cacheDir, onProgress })

const entries = async () => (await readdir(cacheDir)).filter((name) => name.startsWith('stack-'))

async function standIn(program: string, script: string): Promise<void> {
  const file = join(folder, 'bin', program)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

const bringsAll = `
for word in "$@"; do case "$word" in -Dstack.home=*) home=\${word#*=};; esac; done
mkdir "$home/kafka" "$home/registry"
: >"$home/registry/some-runner.jar"`

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jars-'))
  cacheDir = join(folder, 'cache')
  lines = []
  await mkdir(join(folder, 'bin'))
  process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${realPath}`
  await standIn('mvn', bringsAll)
  await standIn('java', 'exit 0')
})

afterEach(async () => {
  process.env['PATH'] = realPath
  await rm(folder, { recursive: true, force: true })
})

describe('the cache of jars', () => {
  it('is filled once, and says so only then', async () => {
    const first = await ask()
    expect(lines).toEqual(['downloading Kafka and the registry (190 MB, once)…'])
    expect(first.registryRunner).toBe('some-runner.jar')
    await standIn('mvn', 'exit 1')
    expect(await ask()).toEqual(first)
    expect(lines).toHaveLength(1)
  })

  it('holds nothing after a download that failed, and the error tells what Maven said', async () => {
    await standIn('mvn', `${bringsAll}\necho 'Could not resolve host'; exit 1`)
    await expect(ask()).rejects.toMatchObject({
      code: 'preparation_failed',
      message: expect.stringContaining('Could not resolve host'),
    })
    expect(await entries()).toEqual([])
    await standIn('mvn', bringsAll)
    await ask()
    expect(lines).toHaveLength(2)
  })

  it('holds nothing when Kafka could not be formatted', async () => {
    await standIn('java', `echo 'Unsupported class version'; exit 1`)
    await expect(ask()).rejects.toThrow(/Unsupported class version/)
    expect(await entries()).toEqual([])
  })

  it('ends up whole when two starts fill it together', async () => {
    const [one, other] = await Promise.all([ask(), ask()])
    expect(one).toEqual(other)
    expect(await entries()).toHaveLength(1)
  })

  it('asks for Maven only when it is needed', async () => {
    const without = { mavenAnswers: () => Promise.resolve(false) }
    const cold = stackJars({ java, tools: without, cacheDir, onProgress })
    await expect(cold).rejects.toMatchObject({
      code: 'nothing_to_run_on',
      message: expect.stringMatching(/mvn/),
    })
    await ask()
    await stackJars({ java, tools: without, cacheDir, onProgress })
  })

  it('drops what a killed run left behind, but not what a running one is at', async () => {
    const { folder: entry } = await ask()
    const old = [`${entry}.partial-old`, join(entry, 'kafka-x.jsa.partial-old')]
    for (const path of [...old, `${entry}.partial-new`]) await mkdir(path)
    for (const path of old) await utimes(path, new Date(0), new Date(0))
    await ask()
    expect(await readdir(cacheDir)).toContain(`${entry.slice(cacheDir.length + 1)}.partial-new`)
    expect(
      [...(await readdir(cacheDir)), ...(await readdir(entry))].filter((name) => name.endsWith('-old')),
    ).toEqual([])
  })

  it('is keyed by the pom, so that a changed version is downloaded', async () => {
    const { createHash } = await import('node:crypto')
    const pom = await readFile(new URL('../../../config/local-stack/pom.xml', import.meta.url))
    const key = createHash('sha256').update(pom).digest('hex').slice(0, 16)
    expect((await ask()).folder).toBe(join(cacheDir, `stack-${key}`))
  })
})
