// TLS as the operator and the client want it, from the settings and the record to the handshake: an authority of the
// operator's own, a receiver that may show any certificate, and one that nobody vouches for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { newAuthority, selfSigned } from '../harness/certificates.ts'
import { delivered } from '../harness/hostile/behaviour.ts'
import { startHostileReceiver } from '../harness/hostile/receiver.ts'
import type { HostileReceiver } from '../harness/hostile/receiver.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const authority = newAuthority('the operator')
const folder = mkdtempSync(join(tmpdir(), 'authorities-'))
const receivers: HostileReceiver[] = []
let rig: WorkerRig

beforeAll(async () => {
  const bundle = join(folder, 'authorities.pem')
  writeFileSync(bundle, authority.cert)
  rig = await startWorkerRig({ HTTP_CA_FILE: bundle, WEBHOOKS_UNVERIFIED_TLS: 'allowed' })
})

afterAll(async () => {
  await rig.stop()
  for (const receiver of receivers) receiver.stop()
  rmSync(folder, { recursive: true })
})

it('receivers are proved by the operator’s authority, or not at all where a webhook says so', async () => {
  const ways = [
    ['proved', authority.issue('receiver'), null],
    ['let-be', selfSigned('receiver'), 'off'],
    ['refused', selfSigned('receiver'), 'on'],
  ] as const
  for (const [name, certificate, tls_verification] of ways) {
    const receiver = await startHostileReceiver({ name, tls: () => certificate, ends: delivered }, authority)
    receivers.push(receiver)
    const where = {
      protocol: 'https',
      port: Number(new URL(receiver.origin).port),
      tls_verification,
    } as const
    await rig.publisher.webhook(webhookRecord({ webhook_id: name, account_id: 'acme', ...where }))
  }
  await rig.startWorker()
  await rig.publisher.callEvent(simulateCall(0, 'acme', Date.now()).end)
  await until(() => rig.outcomes.length >= 3, 'an outcome for each webhook')
  const told = rig.outcomes.map(({ webhook_id, result, reason }) => `${webhook_id}: ${result}, ${reason}`)
  expect(told.toSorted()).toEqual([
    'let-be: delivered, ok',
    'proved: delivered, ok',
    'refused: retry_scheduled, tls',
  ])
  const unverified = rig.observations.filter(({ kind }) => kind === 'webhook_unverified')
  expect(unverified).toMatchObject([{ webhookId: 'let-be' }])
})
