import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { runCli } from '../../harness/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'webhooks-validate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const valid = {
  webhook_id: 'wh-1',
  account_id: '10427',
  address: 'https://crm.example.com',
  path: 'hook',
  method: 'POST',
  content_type: 'application/json',
  event_types: ['call_end'],
  parameters: [{ name: 'call', parameter: 'call_id' }],
}

/** What is told of a file, the folder left out. */
async function validate(name: string, content: string, ...options: readonly string[]) {
  const path = join(folder, name)
  writeFileSync(path, content)
  const told = await runCli(['webhooks', 'validate', path, ...options])
  return { ...told, out: told.out.replaceAll(`${folder}/`, ''), err: told.err.replaceAll(`${folder}/`, '') }
}

describe('webhooks validate', () => {
  it('says how many are valid, and needs no Kafka for it', async () => {
    const forms = [valid, { ...valid, webhook_id: 'wh-2' }]
    expect(await validate('two.json', JSON.stringify(forms))).toEqual({
      exitCode: 0,
      out: 'valid: 2, invalid: 0',
      err: '',
    })
  })

  it('has a line for each fault, with the place and the field', async () => {
    const lines = [valid, { ...valid, webhook_id: 'wh-2', method: 'PUT', path: 'a?b' }, '{', valid]
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    const { exitCode, out, err } = await validate('some.jsonl', text)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: 'valid: 1, invalid: 3' })
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^some\.jsonl:2: path .+; allowed: /),
      expect.stringMatching(/^some\.jsonl:2: method .+; allowed: GET, POST$/),
      expect.stringMatching(/^some\.jsonl:3: is not JSON/),
      expect.stringMatching(/^some\.jsonl:4: webhook_id is that of .*some\.jsonl:1; allowed: each id once$/),
    ])
  })

  it('warns without failing', async () => {
    const early = {
      ...valid,
      event_types: ['call_start'],
      parameters: [{ name: 's', parameter: 'duration' }],
    }
    const { exitCode, err } = await validate('early.json', JSON.stringify(early))
    expect(exitCode).toBe(0)
    expect(err).toMatch(/^early\.json: warning: parameters\[0\]\.parameter is duration, /)
  })

  it('is one document with --json', async () => {
    const forms = [valid, { ...valid, webhook_id: 'wh-2', method: 'PUT' }, { ...valid, webhook_id: 'wh-3' }]
    const { exitCode, out, err } = await validate('three.json', JSON.stringify(forms), '--json')
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' })
    expect(JSON.parse(out)).toMatchObject({
      valid: 2,
      invalid: 1,
      entries: [{ faults: [{ path: 'method', rule: 'one_of' }] }],
    })
  })

  it('reads the standard input, and several files', async () => {
    const input = JSON.stringify({ ...valid, webhook_id: 'wh-2' })
    const path = join(folder, 'first.json')
    writeFileSync(path, JSON.stringify(valid))
    expect(await runCli(['webhooks', 'validate', path, '-'], { input })).toEqual({
      exitCode: 0,
      out: 'valid: 2, invalid: 0',
      err: '',
    })
  })

  it.each<[string, readonly string[], string]>([
    ['a file that is not there', ['no/such.json'], 'no/such.json: cannot be read (ENOENT)'],
    ['no file', [], "error: missing required argument 'files'"],
  ])('fails for %s', async (_, files, err) => {
    expect(await runCli(['webhooks', 'validate', ...files])).toMatchObject({ exitCode: 1, err })
  })

  it('fails where there is nothing to judge', async () => {
    const told = { exitCode: 1, out: 'valid: 0, invalid: 0', err: 'none.json: holds no webhook' }
    expect(await validate('none.json', '[]')).toEqual(told)
  })

  it('fails for a file without a webhook among others', async () => {
    const [empty, full] = [join(folder, 'empty.jsonl'), join(folder, 'full.json')]
    writeFileSync(empty, '\n')
    writeFileSync(full, JSON.stringify(valid))
    expect(await runCli(['webhooks', 'validate', empty, full])).toEqual({
      exitCode: 1,
      out: 'valid: 1, invalid: 0',
      err: `${empty}: holds no webhook`,
    })
  })

  it('judges by the operator’s rules', async () => {
    const environment = { WEBHOOKS_BLOCKED_PORTS: '8443' }
    const input = JSON.stringify({ ...valid, address: 'https://crm.example.com:8443' })
    const { exitCode, err } = await runCli(['webhooks', 'validate', '-'], { environment, input })
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^standard input: address .*8443.*blocked/)
    expect(await runCli(['webhooks', 'validate', '-'], { input })).toMatchObject({ exitCode: 0 })
  })

  it('takes limits within their ranges, and says which are not', async () => {
    const limits = { total_timeout_ms: 2_000, concurrency: 1_000, rate_per_second: 0.01, retry_horizon_s: 1 }
    expect(await validate('limits.json', JSON.stringify({ ...valid, limits }))).toMatchObject({
      exitCode: 0,
      err: '',
    })
    const beyond = { ...limits, concurrency: 1_001, rate_per_second: 0, retry_horizon_s: 2_592_001 }
    const { exitCode, err } = await validate('beyond.json', JSON.stringify({ ...valid, limits: beyond }))
    expect(exitCode).toBe(1)
    expect(err.split('\n')).toEqual([
      'beyond.json: limits.concurrency is 1001; allowed: a whole number from 1 to 1000',
      'beyond.json: limits.rate_per_second is 0; allowed: a number from 0.01 to 10000',
      'beyond.json: limits.retry_horizon_s is 2592001; allowed: a whole number of seconds from 1 to 2592000',
    ])
  })

  it('takes no mask for a secret: what was shown masked cannot be written back', async () => {
    const masked = { ...valid, path: '***', authentication: { type: 'bearer', token: '***' } }
    const { exitCode, err } = await validate('masked.json', JSON.stringify(masked))
    expect(exitCode).toBe(1)
    expect(err).toMatch(/masked\.json: path /)
    expect(err).toMatch(/masked\.json: authentication\.token /)
  })
})
