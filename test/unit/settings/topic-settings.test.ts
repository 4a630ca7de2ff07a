import { expect, it } from '@jest/globals'
import { loadSettings } from '../../../src/settings/load.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../../../src/settings/topic-settings.ts'

const settings = loadSettings({
  files: [],
  environment: {
    RETRY_DELAYS: '5s,8h',
    RETRY_ROOM_DELAYS: '4s',
    TOPICS_RETRIES_PREFIX: 'eu.retries',
    TOPICS_EVENTS_NAME: 'calls',
  },
})

it('each wait has a topic whose values are Avro, and so have the chunks, which wait for nothing', () => {
  expect(schemaTopicsOf(settings)).toEqual({
    events: 'calls',
    webhooks: 'webhook-configs',
    states: 'webhook-states',
    outcomes: 'webhook-outcomes',
    facts: 'webhook-facts',
    suspensions: 'webhook-suspensions',
    notices: 'webhook-notices',
    retries: ['eu.retries.0s', 'eu.retries.4s', 'eu.retries.5s', 'eu.retries.15m', 'eu.retries.8h'],
  })
})

it('the topics are made with all waits that are in use', () => {
  expect(topicsOptionsOf(settings).retries).toMatchObject({
    prefix: 'eu.retries',
    delaysMs: [4_000, 5_000, 900_000, 28_800_000],
    retentionMs: 259_200_000,
  })
})
