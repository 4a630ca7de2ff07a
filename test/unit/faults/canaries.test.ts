// What the fault suite counts as a leak: each secret of the base load, in each of the three places that are searched.
import { expect, it } from '@jest/globals'
import { plainWebhook } from '../../../src/local/plain-webhook.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'
import { leaksIn, plantedEvent, plantedSettings, plantedWebhook } from '../../faults/canaries.ts'

const webhook = plantedWebhook({ ...plainWebhook, path: '/w-1' })
const event = plantedEvent(simulateCall(0, 'account', 0).end)
const clean = { outputs: ['{"level":"info"}'], outcomes: [{ excerpt: '*** /w-1' }], letters: [] }

it('nothing is found where nothing is', () => {
  expect(leaksIn(clean)).toEqual([])
})

it.each([
  ['path', webhook.path],
  ['literal', webhook.parameters.at(-1)?.source.literal],
  ['header', webhook.headers[0]?.value],
  ['password', `Basic ${Buffer.from(`me:${webhook.authentication?.password}`).toString('base64')}`],
  ['signing secret', webhook.signing_secrets[0]?.slice(6)],
  ['registry password', plantedSettings['REGISTRY_PASSWORD']],
  ['client number', encodeURIComponent(event.client_number ?? '')],
  ['manager name', event.manager_name],
  ['record', event.record_url],
])('%s is found in a log, an outcome and a dead letter', (place, text) => {
  const headers = {
    'dead-letter-detail': Buffer.from(`was ${text}`),
    traceparent: Buffer.from(`own ${text}`),
  }
  const letter = {
    headers,
    key: null,
    value: null,
    timestampMs: 0,
    position: { topic: 't', partition: 0, offset: 0n },
  }
  const leaky = { outputs: [`error: ${text}`], outcomes: [{ excerpt: text }], letters: [letter] }
  expect(leaksIn(leaky)).toEqual(
    expect.arrayContaining([`${place} in log`, `${place} in outcome`, `${place} in dead letter`]),
  )
  const own = { traceparent: headers.traceparent }
  expect(leaksIn({ ...clean, letters: [{ ...letter, headers: own }] })).toEqual([])
})
