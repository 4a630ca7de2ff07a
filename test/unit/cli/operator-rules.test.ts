// A port that the operator blocks is blocked for every command that takes a webhook, and one that is not blocked is
// free for all of them, wherever the settings come from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { runCli } from '../../harness/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'operator-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of settings under which only these ports are blocked. Nobody listens where Kafka is said to be. */
function settingsWith(blockedPorts: readonly number[]): string {
  const path = join(folder, `blocked-${blockedPorts.join('-')}.json`)
  const kafka = { brokers: ['127.0.0.1:1'], connectionTimeoutMs: 500 }
  writeFileSync(path, JSON.stringify({ kafka, webhooks: { blockedPorts } }))
  return path
}

/** Nobody listens on port 1 of this host, which the Fetch standard blocks. */
const form = {
  webhook_id: 'wh-1',
  account_id: '10427',
  address: 'http://127.0.0.1:1',
  method: 'GET',
  event_types: ['call_end'],
}

const commands: readonly (readonly string[])[] = [
  ['webhooks', 'validate', '-'],
  ['webhooks', 'put', '-'],
  ['webhooks', 'import', '-'],
  ['render', '--webhook', '-'],
  ['send-test', '--webhook', '-'],
]

describe.each(commands)('%s %s %s', (...words) => {
  const run = (blockedPorts: readonly number[]) =>
    runCli([...words, '--config', settingsWith(blockedPorts)], {
      input: JSON.stringify(form),
    })

  it('refuses a port that the operator’s file blocks', async () => {
    const { exitCode, err } = await run([1])
    expect(exitCode).toBe(1)
    expect(err.split('\n')[0]).toBe(
      'standard input: address has port 1, which is blocked; allowed: a port on which HTTP is spoken',
    )
  })

  it('takes a port that the operator’s file does not block', async () => {
    expect((await run([25])).err).not.toContain('blocked')
  })
})

describe('TLS without verification', () => {
  const unverified = { ...form, address: 'https://127.0.0.1:8443', tls_verification: 'off' }
  const validate = (unverifiedTls: string) => {
    const path = join(folder, `${unverifiedTls}.json`)
    writeFileSync(path, JSON.stringify({ webhooks: { unverifiedTls } }))
    return runCli(['webhooks', 'validate', '-', '--config', path], { input: JSON.stringify(unverified) })
  }

  it('is refused unless the operator’s file allows it', async () => {
    const { exitCode, err } = await validate('refused')
    expect(exitCode).toBe(1)
    expect(err).toContain('tls_verification is off, which the operator does not allow; allowed: on')
  })

  it('is warned of where it is allowed', async () => {
    const { exitCode, err } = await validate('allowed')
    expect(exitCode).toBe(0)
    expect(err).toContain('tls_verification is off, so whoever is on the way can pretend to be the receiver')
  })
})
