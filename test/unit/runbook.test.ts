// RUNBOOK.md says of every reason that an outcome may have what it means to a client, of none that there is not, and names no
// command, setting or file that does not exist.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { outcomeReasons } from '../../src/domain/outcome.ts'
import { settingsTree } from '../../src/settings/schema.ts'
import { listSettings } from '../../src/settings/setting.ts'
import { runCli } from '../harness/run-cli.ts'

const root = new URL('../../', import.meta.url)
const runbook = readFileSync(new URL('RUNBOOK.md', root), 'utf8')

/** The rows of the table below a heading, a list of cells each. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = runbook.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('| `'))
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

describe('what each reason means to a client', () => {
  const rows = rowsBelow('What each reason means to a client')

  it('is said of each, once, and of no other', () => {
    const told = rows.map(([reason = '']) => reason.replaceAll('`', ''))
    expect([...told].sort()).toEqual(Object.keys(outcomeReasons).sort())
  })

  it('is said whole: what happened, what becomes of the delivery, and what to do', () => {
    for (const cells of rows) expect(cells.filter((cell) => cell !== '')).toHaveLength(4)
  })
})

describe('what the runbook names', () => {
  it('is there: files and links within the repository', () => {
    const files = [...runbook.matchAll(/`((?:config|src|test|schemas)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    )
    const links = [...runbook.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].map(([, path = '']) => path)
    const absent = [...files, ...links].filter((path) => !existsSync(new URL(path, root)))
    expect(absent).toEqual([])
  })

  it('is a setting where it looks like one', () => {
    const names = listSettings(settingsTree).flatMap(({ name, environmentName }) => [name, environmentName])
    const sections = new Set(names.map((name) => name.split('.')[0]))
    const named = [...runbook.matchAll(/`([a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => sections.has(name.split('.')[0]))
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !names.includes(name))).toEqual([])
  })

  it('is a command where it is run', async () => {
    const blocks = [...runbook.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
    const commands = blocks.flatMap((block) =>
      [...block.matchAll(/(?:^|\s)(?:\$ )?npm run cli -- ((?:[a-z]+(?:-[a-z]+)*)(?: [a-z]+)?)/gm)].map(
        ([, words = '']) => words.split(' '),
      ),
    )
    expect(commands.length).toBeGreaterThan(3)
    for (const words of commands) {
      const { exitCode, out } = await runCli([...words, '--help'])
      expect([words, exitCode, out.includes('Usage:')]).toEqual([words, 0, true])
    }
  })
})
