import { describe, expect, it } from '@jest/globals'
import { runCli } from '../../harness/run-cli.ts'

describe.each(['pause', 'resume'])('%s', (command) => {
  it.each([
    [[], 'name exactly one of --all, --account, --webhook and --origin; given: 0'],
    [['--all', '--account', 'a'], 'name exactly one of --all, --account, --webhook and --origin; given: 2'],
    [['--account', ''], '--account: is no id; allowed: 1 to 200 characters'],
    [['--webhook', ' w'], '--webhook: is no id; allowed: 1 to 200 characters'],
    [['--webhook', 'w\n'], '--webhook: is no id; allowed: 1 to 200 characters'],
    [['--origin', 'https://crm.ru/hook'], '--origin contains a path; allowed: the host alone'],
    [['--origin', 'ftp://crm.ru'], '--origin has a protocol that is not known; allowed: http:// or https://'],
    [['--origin', ''], '--origin is empty'],
    [['--origin', 'crm.ru:0'], '--origin has a port outside its range'],
  ])('%j is refused before anything is written', async (words, text) => {
    // No broker is there: whoever got so far would say that.
    const { exitCode, out, err } = await runCli([command, ...words], {
      environment: { KAFKA_BROKERS: '127.0.0.1:1' },
    })
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain(text)
    expect(err.split('\n')).toHaveLength(1)
  })
})
