import { describe, expect, it } from '@jest/globals'
import { outcomeReasons } from '../../../src/domain/outcome.ts'
import { inspectedDelivery, inspectedLines } from '../../../src/cli/inspected-delivery.ts'
import { moment, msOf } from '../../../src/cli/moment-option.ts'
import { passes, readOrigin } from '../../../src/cli/outcome-filter.ts'
import type { OutcomeFilter } from '../../../src/cli/outcome-filter.ts'
import { momentText, outcomeLine } from '../../../src/cli/outcome-line.ts'
import { progressText } from '../../../src/cli/progress-text.ts'
import { reasonWords } from '../../../src/cli/reason-words.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { runCli } from '../../harness/run-cli.ts'
import { outcomeRecord } from '../console/outcome-samples.ts'

describe('what is asked for wrongly names the option, and what is allowed', () => {
  it.each([
    [
      ['tail', '--result', 'failde'],
      /option '--result <result>' argument 'failde' is invalid\. Did you mean failed\? Allowed: delivered, /,
    ],
    [
      ['tail', '--reason', 'dns,weather'],
      /option '--reason <reason>' argument 'dns,weather' is invalid\..* Allowed: ok, http_status, /,
    ],
    [
      ['tail', '--since', 'yesterday'],
      /option '--since <moment>' argument 'yesterday' is invalid\. Allowed: so long ago, as 90s, 10m, 24h or 7d, /,
    ],
    [
      ['tail', '--origin', 'ftp://a'],
      /^--origin: "ftp:\/\/a" has a protocol that is not known; allowed: http:\/\/ or https:\/\/$/,
    ],
    [['inspect'], /give one of: a delivery id, --call ID, --event ID/],
    [['inspect', 'id', '--call', 'c'], /give one of: a delivery id, --call ID, --event ID/],
    [['inspect', '--event', 'e', '--call', 'c'], /'--call <id>' cannot be used with option '--event <id>'/],
    [
      ['replay', '--rate', '0'],
      /option '--rate <deliveries>' argument '0' is invalid\. Allowed: a number above 0 and below 100000\./,
    ],
    [
      ['replay', '--result', 'delivered'],
      /argument 'delivered' is invalid\. Allowed: failed, expired, rejected, cancelled\./,
    ],
    [
      ['replay', '--resume', 'r', '--account', 'a'],
      /'--resume <run>' cannot be used with option '--account <id>'/,
    ],
    [
      ['replay', ...Array.from({ length: 101 }, (_, index) => `--webhook=w${index}`)],
      /^--delivery and --webhook name 101; allowed: 100$/,
    ],
    [['replay', '--since', '1h', '--until', '2h'], /^--since has to be before --until, and before now$/],
    [
      ['replay', '--resume', 'yesterday'],
      /^--resume: nothing of a run "yesterday" stands in webhook-retries\.0s/,
    ],
  ])('%j', async (words, err) => {
    const run = await runCli(words)
    expect(run).toMatchObject({ exitCode: 1, out: '' })
    expect(run.err).toMatch(err)
  })
})

describe('a moment', () => {
  it('is so long ago, or a date', () => {
    const nowMs = 1_000_000_000
    expect(msOf(moment('90s'), nowMs)).toBe(nowMs - 90_000)
    expect(msOf(moment('7d'), nowMs)).toBe(nowMs - 604_800_000)
    expect(msOf(moment('2026-03-14T12:15:00Z'), nowMs)).toBe(Date.UTC(2026, 2, 14, 12, 15))
  })

  it.each(['', '10', 'm', '-5m', '1w', '1.5h', '2026', '2026-13-45'])('is not %j', (text) => {
    expect(() => moment(text)).toThrow('Allowed: so long ago')
  })

  it('is shown, whatever it is', () => {
    expect(momentText(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(momentText(1e300)).toBe('1e+300')
  })
})

describe('a filter', () => {
  const outcome = outcomeRecord({ result: 'failed', reason: 'tls', origin: 'https://crm.example.com' })
  it.each<[OutcomeFilter, boolean]>([
    [{}, true],
    [{ account: 'acc1', webhook: ['w0', 'w1'], call: 'c1' }, true],
    [{ webhook: ['w0'] }, false],
    [{ account: 'acc2' }, false],
    [{ call: 'c2' }, false],
    [{ origin: 'https://crm.example.com' }, true],
    [{ origin: 'http://crm.example.com' }, false],
    [{ result: ['failed', 'expired'], reason: ['dns', 'tls'], failed: true, final: true }, true],
    [{ result: ['expired'] }, false],
    [{ reason: ['dns'] }, false],
  ])('%j', (filter, isShown) => {
    expect(passes(outcome, filter)).toBe(isShown)
  })

  it('of what failed has failed tries, and neither deliveries nor deferrals', () => {
    const shown = (['delivered', 'retry_scheduled', 'deferred', 'failed', 'cancelled'] as const).filter(
      (result) => passes(outcomeRecord({ result }), { failed: true }),
    )
    expect(shown).toEqual(['retry_scheduled', 'failed', 'cancelled'])
  })

  it('takes an address as people write it', () => {
    expect(readOrigin('CRM.example.com', defaultWebhookRules)).toEqual({
      kind: 'origin',
      origin: 'http://crm.example.com',
    })
    const withPort = readOrigin('https://crm.example.com:443', defaultWebhookRules)
    expect(withPort).toEqual({ kind: 'origin', origin: 'https://crm.example.com' })
  })
})

describe('an outcome on a terminal', () => {
  const hostile = outcomeRecord({
    webhook_id: 'w\u001B[2J',
    account_id: 'a\nb',
    result: 'failed',
    reason: 'tls',
  })

  it('is one line that moves no cursor', () => {
    const line = outcomeLine(hostile, { style: 'plain' })
    expect(line).not.toMatch(/\p{Cc}/u)
    expect(line).toContain(String.raw`w\u001b[2J of a\u000ab`)
  })

  it('has colours only where they are asked for', () => {
    expect(outcomeLine(outcomeRecord({ result: 'failed' }), { style: 'colours' })).toContain(
      '\u001B[31mfailed',
    )
  })
})

describe('a delivery that is inspected', () => {
  const nowMs = 1_700_000_060_000
  const parked = { topic: 'webhook-retries.5m', partition: 3, offset: 17 }
  const tried = outcomeRecord({
    final: false,
    result: 'retry_scheduled',
    reason: 'connect',
    parked,
    next_attempt_at: nowMs + 5_000,
  })
  const standing = (outcomes: ReturnType<typeof outcomeRecord>[], asked = 0) =>
    inspectedDelivery({ deliveryId: 'd1', outcomes }, asked, nowMs)

  it('waits where it was parked, until then', () => {
    expect(standing([tried]).now).toBe('waits in webhook-retries.5m 3/17, due at 2023-11-14T22:14:25.000Z')
    const late = standing([outcomeRecord({ ...tried, next_attempt_at: nowMs - 30_000 })])
    expect(late.now).toContain('30 s ago; it may have been put off again')
  })

  it('is delivered where any replay was, whatever came after', () => {
    const outcomes = [outcomeRecord(), outcomeRecord({ result: 'failed', reason: 'tls', replay: 1 })]
    expect(standing(outcomes).now).toBe('delivered at 2023-11-14T22:13:20.000Z')
  })

  it('has a replay to come where one was asked for', () => {
    const failed = outcomeRecord({ result: 'failed', reason: 'tls' })
    expect(standing([failed], 1).now).toBe('replay 1 is asked for, and has not been tried yet')
    expect(standing([failed], 0).now).toContain('failed at 2023-11-14T22:13:20.000Z')
  })

  it('is told with its steps and what to do', () => {
    const lines = inspectedLines(standing([tried]), { style: 'plain' }).join('\n')
    expect(lines).toContain('try 1  retry_scheduled  connect 200  https://crm.example.com  30 ms  next at')
    expect(lines).toContain('means: no connection: refused')
    expect(lines).toContain('to do: check that the receiver runs')
  })
})

it('has words for every reason', () => {
  expect(Object.keys(reasonWords).sort()).toEqual(Object.keys(outcomeReasons).sort())
})

it.each([
  [0, 10, '░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0 of 10 sent'],
  [5, 10, '████████████░░░░░░░░░░░░  50 %  5 of 10 sent'],
  [12, 10, '████████████████████████ 100 %  12 of 10 sent'],
  [0, 0, '████████████████████████ 100 %  0 of 0 sent'],
])('shows how far %d of %d is', (done, all, text) => {
  expect(progressText('sent', done, all)).toBe(text)
})
