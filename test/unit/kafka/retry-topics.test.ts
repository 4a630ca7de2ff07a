import { expect, it } from '@jest/globals'
import { retryTopicsAmong, retryTopicsFor } from '../../../src/kafka/retry-topics.ts'

it('there should be a retry topic for each delay, and one that does not wait', () => {
  expect([...retryTopicsFor('retries', [5_000, 30_000])]).toEqual([
    ['retries.0s', 0],
    ['retries.5s', 5_000],
    ['retries.30s', 30_000],
  ])
  expect([...retryTopicsFor('retries', [])]).toEqual([['retries.0s', 0]])
})

it('those that there are, are found by name, in the settings or not, and no others', () => {
  const topics = [
    'retries.5m',
    'call-events',
    'retries.0s',
    'retries.60s',
    'retries',
    'retries.x.5s',
    'other.5s',
    'retries.7s',
  ]
  expect([...retryTopicsAmong(topics, 'retries')]).toEqual([
    ['retries.0s', 0],
    ['retries.5m', 300_000],
    ['retries.7s', 7_000],
  ])
  expect(topics[0]).toBe('retries.5m')
})

it('those of a prefix are none of one that begins alike', () => {
  const topics = ['webhook-retries.5s', 'webhook-retries.eu.5s', 'webhook-retries-eu.5s']
  expect([...retryTopicsAmong(topics, 'webhook-retries')]).toEqual([['webhook-retries.5s', 5_000]])
  expect([...retryTopicsAmong(topics, 'webhook-retries.eu')]).toEqual([['webhook-retries.eu.5s', 5_000]])
})
