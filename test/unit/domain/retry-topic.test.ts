import { describe, expect, it } from '@jest/globals'
import { largestDelayWithin } from '../../../src/domain/retry-delays.ts'
import { delayOfTopic, noDelayMs, retryTopicOf } from '../../../src/domain/retry-topic.ts'

describe('a retry topic', () => {
  it.each(['webhook-retries', 'eu.webhook-retries', 'a.b.5s', 'x_1-2'])(
    'of the prefix %s says its delay, and is found by it',
    (prefix) => {
      for (const delayMs of [noDelayMs, 1, 500, 5_000, 1_800_000, 28_800_000]) {
        expect(delayOfTopic(prefix, retryTopicOf(prefix, delayMs))).toBe(delayMs)
      }
    },
  )

  it('is named as operators write it', () => {
    expect(retryTopicOf('webhook-retries', 0)).toBe('webhook-retries.0s')
    expect(retryTopicOf('webhook-retries', 1_800_000)).toBe('webhook-retries.30m')
  })

  it.each([
    'webhook-retries',
    'webhook-retries.',
    'webhook-retries.60s',
    'webhook-retries.5s.',
    'webhook-retries.5s.30s',
    'webhook-retries.v2.5s',
    'webhook-retries5s',
    'webhook-retries-5s',
    'webhook-retriesX5s',
    'old.webhook-retries.5s',
    'Webhook-retries.5s',
    'call-events',
    '',
  ])('is none of another prefix, nor of no delay: %s', (topic) => {
    expect(delayOfTopic('webhook-retries', topic)).toBeNull()
  })
})

describe('the largest delay within a wait', () => {
  it.each([
    [0, 5_000],
    [4_999, 5_000],
    [5_000, 5_000],
    [29_999, 5_000],
    [30_000, 30_000],
    [9_999_999, 120_000],
  ])('of %d ms is %d ms; the smallest where even that is longer', (waitMs, delayMs) => {
    expect(largestDelayWithin([5_000, 30_000, 120_000], waitMs)).toBe(delayMs)
  })
})
