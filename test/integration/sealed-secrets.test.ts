// Secrets that the topic holds sealed: written so by the command line and the console, opened by a worker, and sealed anew
// when the key changes, while everything runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openRewriter } from '../../src/cli/webhook-rewriter.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { draftForm, startConsoleRig } from '../harness/console-rig.ts'
import type { ConsoleRig } from '../harness/console-rig.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { runCli } from '../harness/run-cli.ts'
import { until } from '../harness/until.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { webhookRecord } from '../harness/worker-rig.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealed-secrets-'))
const keyringFile = join(folder, 'keyring.json')
const keyOf = (fill: number): string => Buffer.alloc(32, fill).toString('base64')
const writeKeyring = (current: string, keys: object): void =>
  writeFileSync(keyringFile, JSON.stringify({ current, keys }))

let rig: ConsoleRig
let receiver: Receiver
beforeAll(async () => {
  writeKeyring('old', { old: keyOf(1) })
  receiver = await startReceiver()
  rig = await startConsoleRig({ SECRETS_KEYRING_FILE: keyringFile })
})
afterAll(async () => {
  await rig.stop()
  await receiver.stop()
  rmSync(folder, { recursive: true })
})

const run = (words: readonly string[], input?: object) =>
  runCli(words, { environment: rig.environment, ...(input && { input: JSON.stringify(input) }) })
const topicText = async (): Promise<string> => {
  const { records } = await readTopic(quietClient(rig.settings), rig.settings.topics.webhooks.name)
  return records.map(({ value }) => Buffer.from(value ?? '').toString('latin1')).join('\n')
}
const rotated = async (...words: readonly string[]) => {
  const { exitCode, out } = await run(['secrets', 'rotate', '--json', ...words])
  return { exitCode, ...(JSON.parse(out) as Readonly<Record<string, unknown>>) }
}

const signingSecret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`
const form = (account_id: string, webhook_id: string) => ({
  webhook_id,
  account_id,
  address: `http://127.0.0.1:${receiver.port}`,
  path: 'hook',
  method: 'POST',
  event_types: ['call_end'],
  headers: [{ name: 'X-Key', value: 'header-secret' }],
  authentication: { type: 'basic', username: 'me', password: 'password-secret' },
  signing_secrets: [signingSecret],
})
const plainSecrets = /header-secret|password-secret|whsec_/

/** Publishes a call's end and answers the request that it becomes. */
async function deliveredTo(account: string) {
  const before = receiver.requests.length
  await rig.publisher.callEvent(simulateCall(0, account, Date.now()).end)
  await until(() => receiver.requests.length > before, `a request for ${account}`)
  return receiver.requests[before]
}
const withSecrets = {
  headers: {
    'x-key': 'header-secret',
    authorization: `Basic ${Buffer.from('me:password-secret').toString('base64')}`,
  },
}

it('a webhook is written sealed, delivered with its secrets, and sealed anew with the next key', async () => {
  expect(await run(['webhooks', 'put', '-'], form('acme', 'by-command'))).toMatchObject({ exitCode: 0 })
  expect(await run(['webhooks', 'put', '-'], form('acme', 'by-command'))).toMatchObject({
    out: 'created: 0, updated: 0, unchanged: 1',
  })
  const worker = await rig.startWorker()
  const client = await rig.startConsole()
  const { webhook_id: _id, account_id: _account, ...draft } = form('shop', '')
  const made = await client.ask('shop', 'POST', '/api/webhooks', { body: draftForm(draft) })
  expect(made.status).toBe(201)
  expect(await topicText()).not.toMatch(plainSecrets)
  expect((await topicText()).match(/sealed:v1:old:/g)).toHaveLength(6)
  expect(await deliveredTo('acme')).toMatchObject(withSecrets)
  expect(await deliveredTo('shop')).toMatchObject(withSecrets)

  // Nothing is opened without the keyring, and the fault names neither secret nor envelope.
  const keyless = { ...rig.environment, SECRETS_KEYRING_FILE: '' }
  const list = await runCli(['webhooks', 'list', '--invalid'], { environment: keyless })
  expect(list.out).toMatch(/by-command .*headers\[0\]\.value is sealed with the key old, which the keyring/)
  expect(list.out + list.err).not.toMatch(plainSecrets)

  writeKeyring('new', { old: keyOf(1), new: keyOf(2) })
  const found = { plain: 0, current: 0, outdated: 6, unopened: 0 }
  expect(await rotated('--dry-run')).toMatchObject({ exitCode: 0, secrets: found, to_seal: 2, written: 0 })
  expect(await rotated()).toMatchObject({
    exitCode: 0,
    current_key: 'new',
    to_seal: 2,
    written: 2,
    failed: 0,
  })
  expect(await rotated()).toMatchObject({ secrets: { ...found, current: 6, outdated: 0 }, to_seal: 0 })

  // What runs looks into the file again, and what a client knows a webhook by is still good.
  const kept = { ...made.body.webhook, headers: [{ name: 'X-Key', value: '***' }] }
  const saved = await client.ask('shop', 'PUT', `/api/webhooks/${made.body.webhook.webhook_id}`, {
    body: kept,
    headers: { 'if-match': made.body.etag },
  })
  expect([saved.status, saved.body.error]).toEqual([200, undefined])
  expect(await deliveredTo('shop')).toMatchObject(withSecrets)
  expect(await deliveredTo('acme')).toMatchObject(withSecrets)
  writeKeyring('new', { new: keyOf(2) })
  expect(await rotated('--dry-run')).toMatchObject({ exitCode: 0, secrets: { current: 6, unopened: 0 } })
  await worker.stop()
  await rig.startWorker()
  expect(await deliveredTo('acme')).toMatchObject(withSecrets)
  const outcomes = JSON.stringify([...rig.finals().values()])
  expect(outcomes).not.toMatch(plainSecrets)
  expect(outcomes).not.toContain('sealed:')
})

it('plain secrets are sealed where it is asked for, and what another webhook’s envelope makes invalid is counted', async () => {
  const { environment } = rig
  const keyless = { ...environment, SECRETS_KEYRING_FILE: '' }
  const put = await runCli(['webhooks', 'put', '-'], {
    environment: keyless,
    input: JSON.stringify(form('plain', 'plain')),
  })
  expect(put.exitCode).toBe(0)
  expect(await rotated()).toMatchObject({ exitCode: 0, secrets: { plain: 3 }, to_seal: 0 })
  expect(await rotated('--seal-plain')).toMatchObject({ secrets: { plain: 3 }, to_seal: 1, written: 1 })
  const got = await run(['webhooks', 'get', 'plain', '--json', '--show-secrets'])
  const stored = JSON.parse(got.out)
  expect(got.out).not.toMatch(plainSecrets)
  expect(await run(['webhooks', 'put', '-'], stored)).toMatchObject({
    out: expect.stringContaining('unchanged: 1'),
  })
  const copied = await run(['webhooks', 'put', '-'], { ...stored, webhook_id: 'thief' })
  expect(copied.err).toMatch(
    /headers\[0\]\.value cannot be opened with the key new: it was changed, or sealed/,
  )
  await rig.publisher.webhook(
    webhookRecord({ webhook_id: 'thief', account_id: 'thief', port: receiver.port, headers: stored.headers }),
  )
  const left = await run(['secrets', 'rotate'])
  expect(left.exitCode).toBe(1)
  expect(left.out).toContain('secrets that no key of the keyring opens: 1')
})

it('an edit that comes in between stands', async () => {
  const { publisher, settings } = rig
  const ids = Array.from({ length: 20 }, (_, index) => `edited-${index}`)
  const record = (webhook_id: string, path: string) =>
    webhookRecord({ webhook_id, account_id: 'edited', port: receiver.port, path })
  await Promise.all(ids.map((id) => publisher.webhook(record(id, '/before'))))
  const rewriter = await openRewriter(settings)
  let edits = 0
  const ends = await Promise.all(
    ids.map(async (id) => {
      const edited: Promise<void>[] = []
      // Published while the rewriter is about to write what it made of the version before.
      const end = await rewriter.rewrite(id, (stored) => {
        if (edited.length === 0) edited.push(publisher.webhook(record(id, '/after')))
        edits += 1
        return { ...stored, headers: [{ name: 'X-Rewritten', value: 'yes' }] }
      })
      await Promise.all(edited)
      return end
    }),
  )
  await rewriter.close()
  expect(new Set(ends)).toEqual(new Set(['written']))
  expect(edits).toBeGreaterThanOrEqual(ids.length)
  const afterwards = await openRewriter(settings)
  const paths = Array.from(afterwards.stored())
    .filter(({ accountId }) => accountId === 'edited')
    .map(({ config }) => config.path)
  await afterwards.close()
  expect(paths).toEqual(ids.map(() => '/after'))
})
