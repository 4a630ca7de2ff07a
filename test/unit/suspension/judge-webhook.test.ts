import { describe, expect, it } from '@jest/globals'
import type { HeldSuspension, WebhookFact } from '../../../src/domain/suspension.ts'
import { judgeWebhook } from '../../../src/suspension/judge-webhook.ts'
import { config, fact, held, hourMs, suspension } from './samples.ts'

const rules = { afterMs: 24 * hourMs, attempts: 20, forgetAfterMs: 14 * 24 * hourMs }
const edited = { partition: 0, offset: 9n }

function judged(
  before: HeldSuspension | undefined,
  facts: readonly WebhookFact[],
  nowMs = 27 * hourMs,
  current: typeof config | null = config,
) {
  return judgeWebhook({ held: before, facts, nowMs, current }, rules)
}

describe('a webhook against which nothing is held', () => {
  it('is watched once a process tells that it fails, from now on', () => {
    expect(judged(undefined, [fact(), fact({ failures: 2, lastFailedAtMs: 3 * hourMs })])).toEqual({
      webhookId: 'w',
      suspension: {
        ...held({ watchedSinceMs: 27 * hourMs, attempts: 5, lastFailedAtMs: 3 * hourMs }),
        offset: undefined,
        last: { reason: 'http_status', statusCode: 500 },
      },
      notice: null,
    })
  })

  it('is suspended at once where a receiver says that it is gone', () => {
    const last = { reason: 'http_status', statusCode: 410 }
    const verdict = judged(undefined, [fact(), fact({ gone: true, last, lastFailedAtMs: 4 * hourMs })])
    expect(verdict?.suspension).toMatchObject({ state: 'suspended', cause: 'gone', last, attempts: 6 })
    expect(verdict?.notice).toEqual({ liftedBy: null, atMs: 27 * hourMs, of: verdict?.suspension })
  })

  it.each([
    ['another version', fact({ config: edited })],
    ['the time of an earlier record', fact({ watchOffset: 3n })],
  ])('is not by what was told of %s', (_of, told) => {
    expect(judged(undefined, [told])).toBeNull()
  })

  it('is not if it is deleted', () => {
    expect(judged(undefined, [fact()], hourMs, null)).toBeNull()
  })
})

describe('a webhook that is watched', () => {
  const since = { watchOffset: 40n, firstFailedAtMs: 2 * hourMs, lastFailedAtMs: 26 * hourMs }

  it('is not judged while a process knows of a newer version: it may have told of a success before', () => {
    const facts = [fact({ ...since, failures: 20 }), fact({ config: edited })]
    expect(judged(held(), facts)).toBeNull()
    expect(judged(undefined, [fact({ gone: true }), fact({ config: edited })])).toBeNull()
  })

  it('is suspended by what all processes count together', () => {
    const facts = [
      fact({ ...since, failures: 12 }),
      fact({ ...since, failures: 8, lastFailedAtMs: 3 * hourMs }),
    ]
    expect(judged(held(), facts)).toMatchObject({
      suspension: {
        state: 'suspended',
        cause: 'only_failures',
        attempts: 20,
        watchOffset: 40n,
        watchedSinceMs: 2 * hourMs,
        suspendedSinceMs: 27 * hourMs,
        firstFailedAtMs: hourMs,
        lastFailedAtMs: 26 * hourMs,
      },
      notice: { liftedBy: null },
    })
  })

  it.each<[string, Partial<WebhookFact>, number]>([
    ['too few attempts', { failures: 19 }, 27],
    ['too short a time between watch and failure', { failures: 90, lastFailedAtMs: 26 * hourMs - 1 }, 27],
    ['a clock of a worker that runs ahead', { failures: 90, lastFailedAtMs: 40 * hourMs }, 25],
    ['what was counted before the watch', { failures: 90, watchOffset: null }, 27],
  ])('is not by %s', (_why, fields, nowH) => {
    expect(judged(held(), [fact({ ...since, ...fields })], nowH * hourMs)).toBeNull()
  })

  it('is cleared by one success, whatever else failed', () => {
    const facts = [
      fact({ ...since, failures: 90 }),
      fact({ ...since, failures: 0, succeededAtMs: 5 * hourMs }),
    ]
    expect(judged(held(), facts)).toMatchObject({
      suspension: { state: 'cleared', watchedSinceMs: 27 * hourMs, cause: null },
      notice: null,
    })
  })

  it('is forgotten once nothing was heard of it for as long as facts may be kept', () => {
    expect(judged(held(), [], 16 * 24 * hourMs)).toEqual({ webhookId: 'w', suspension: null, notice: null })
  })
})

it('what was cleared is watched anew only by failures counted since then', () => {
  const cleared = held({ state: 'cleared', offset: 50n })
  expect(judged(cleared, [fact(), fact({ watchOffset: 40n })])).toBeNull()
  expect(judged(cleared, [fact({ watchOffset: 50n })])).toMatchObject({ suspension: { state: 'watched' } })
})

describe('a webhook that is suspended', () => {
  it('stays so whatever fails, and is not suspended twice', () => {
    const facts = [fact({ watchOffset: 40n, failures: 90 }), fact({ watchOffset: 90n, gone: true })]
    expect(judged(suspension, facts, 99 * hourMs)).toBeNull()
  })

  it.each([40n, 90n])('is lifted by a success counted since offset %s', (watchOffset) => {
    expect(judged(suspension, [fact({ watchOffset, succeededAtMs: hourMs })])).toMatchObject({
      suspension: { state: 'cleared' },
      notice: { liftedBy: 'succeeded', of: { suspendedSinceMs: 26 * hourMs, cause: 'only_failures' } },
    })
  })

  it.each([
    ['edited', edited],
    ['deleted', null],
  ])('is tidied away when it is %s', (liftedBy, current) => {
    expect(judged(suspension, [], 27 * hourMs, current)).toMatchObject({
      suspension: null,
      notice: { liftedBy, of: { config } },
    })
  })

  it('is left alone where its version has not arrived yet', () => {
    expect(judged(suspension, [], 27 * hourMs, { partition: 0, offset: 6n })).toBeNull()
  })
})
