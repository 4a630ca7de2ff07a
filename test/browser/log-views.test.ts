// The views of the log over answers that are made up: states that are rare or hard to bring about, texts of the worst
// kind, and everyone who reads them. That the real console answers so is tested on the real stack.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { logTextsEn } from '../../src/console/page/log/log-texts.en.ts'
import { logTextsRu } from '../../src/console/page/log/log-texts.ru.ts'
import type { Replay, Suspension } from '../../src/console/page/log/log-wire.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { until } from '../harness/until.ts'
import { expectAccessible } from './accessible.ts'
import { answersOf, attemptOf, loggedAtMs, startFakedPages } from './faked-log.ts'
import type { FakedAnswers, FakedPages } from './faked-log.ts'
import { gone, shown } from './webhook-form.ts'

let pages: FakedPages
beforeAll(async () => {
  pages = await startFakedPages()
})
afterEach(() => pages.endTest())
afterAll(() => pages.stop())

const words = logTextsRu
const ofWebhook = '#/webhooks/by-id/w1/deliveries'
const suspension: Suspension = {
  state: 'suspended',
  since: new Date(loggedAtMs).toISOString(),
  cause: 'only_failures',
  attempts: 28,
  last_reason: 'redirect',
  last_status: 301,
  first_failed_at: new Date(loggedAtMs - 86_400_000).toISOString(),
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const dialogOf = (page: Page) => page.getByRole('dialog', { name: words.replay.title })

function suspended(more: Partial<Suspension> = {}): FakedAnswers {
  const answers = answersOf()
  const told = { ...suspension, ...more }
  answers.health = {
    ...answers.health,
    breaker: 'open',
    breaker_since: told.since,
    parked: { count: 12, next_due: new Date(loggedAtMs + 300_000).toISOString() },
    suspension: told,
  }
  answers.listed = { ...answers.listed, suspension: told }
  return answers
}

/** Until it is counted. */
async function countWindow(page: Page): Promise<void> {
  await press(page, words.sendAgainWindow)
  await page.getByLabel(words.replay.period).selectOption('week')
  await press(page, words.replay.count)
}

describe('sending again', () => {
  it('counts, asks, shows how far it is, and says what became of it', async () => {
    const answers = answersOf({ replay: [{}, { state: 'counted', count: 3 }] })
    const page = await pages.open(answers, ofWebhook)
    await countWindow(page)
    await shown(page.getByText(words.replay.willSend(3, '3')))
    expect(answers.asked).toHaveLength(1)
    const [, since, upTo] = /"since":"(.+)","until":"(.+)"/.exec(answers.asked[0] ?? '') ?? []
    expect(Date.parse(upTo ?? '') - Date.parse(since ?? '')).toBe(7 * 86_400_000)
    answers.replay = [
      { state: 'sending', count: 3, sent: 1, left: 2 },
      { state: 'done', count: 3, sent: 2, unsent: [{ why: 'event_expired', count: 1 }] },
    ]
    await press(page, words.replay.send)
    await shown(page.getByText(words.replay.sending('1', '3')))
    await shown(page.getByText(words.replay.sent(2, '2')))
    await shown(page.getByText(words.replay.unsent('event_expired', '1')))
    expect(answers.asked[1]).toBe('POST replays/r1/send')
    await press(page, words.replay.close)
    await gone(dialogOf(page))
  })

  it('of one attempt names its delivery, and Escape before it is sent has the count forgotten', async () => {
    const answers = answersOf({ replay: [{ state: 'counted', count: 1 }] })
    const page = await pages.open(answers, ofWebhook)
    const button = page.getByRole('button', { name: new RegExp(`^${words.sendAgain}: `) })
    await button.focus()
    await page.keyboard.press('Enter')
    await shown(page.getByText(words.replay.willSend(1, '1')))
    expect(await dialogOf(page).evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await gone(dialogOf(page))
    await until(() => answers.asked.length === 2, 'the count to be forgotten')
    expect(answers.asked).toEqual(['POST webhooks/w1/replays {"delivery_ids":["d0"]}', 'DELETE replays/r1'])
    await until(() => button.evaluate((element) => element === document.activeElement), 'the focus')
  })

  it('goes on when its window is closed, and stops when it is told to', async () => {
    const answers = answersOf({ replay: [{ state: 'counted', count: 9 }] })
    const page = await pages.open(answers, ofWebhook)
    for (const end of ['close', 'stop'] as const) {
      answers.replay = [{ state: 'counted', count: 9 }]
      answers.asked.length = 0
      await countWindow(page)
      await shown(page.getByText(words.replay.willSend(9, '9')))
      answers.replay = [{ state: 'sending', count: 9, sent: 4, left: 5 }]
      await press(page, words.replay.send)
      await shown(page.getByText(words.replay.sending('4', '9')))
      if (end === 'stop') {
        await press(page, words.replay.stop)
        await shown(page.getByText(words.replay.stopped(4, '4')))
      }
      await page.keyboard.press('Escape')
      await gone(dialogOf(page))
      expect(answers.asked.filter((asked) => asked.startsWith('DELETE'))).toHaveLength(end === 'stop' ? 1 : 0)
    }
  })

  const ends: readonly (readonly [string, readonly (Partial<Replay> | number)[], string])[] = [
    ['is told where there is nothing', [{ state: 'counted', count: 0 }], words.replay.nothing],
    ['says that our support sends', [{ state: 'another_runs', count: 2, left: 2 }], words.replay.anotherRuns],
    ['says that the store is away', [{ state: 'failed', error: 'away' }], words.replay.failed],
    ['says that the count is out of date', [404], words.replay.forgotten],
  ]
  it.each(ends)('%s', async (_what, replay, text) => {
    const page = await pages.open(answersOf({ replay: [...replay] }), ofWebhook, { expected: [404] })
    await countWindow(page)
    await shown(page.getByText(text))
  })

  it.each([
    [404, words.replay.nothing],
    [409, words.replay.busy],
    [429, textsRu.troubles.tooMany],
    [503, textsRu.troubles.other],
  ])('says why it cannot begin: %i', async (status, text) => {
    const statuses = new Map([['POST replays', status]])
    const page = await pages.open(answersOf({ statuses }), ofWebhook, { expected: [status] })
    await countWindow(page)
    await shown(page.getByText(text))
    statuses.clear()
    await press(page, words.replay.again)
    await shown(page.getByLabel(words.replay.period))
  })

  it('asks from when until when, and refuses what has no begin before its end', async () => {
    const answers = answersOf()
    const page = await pages.open(answers, ofWebhook)
    await press(page, words.sendAgainWindow)
    await page.getByLabel(words.replay.period).selectOption('own')
    await page.getByLabel(words.replay.since, { exact: true }).fill('2026-03-14T13:00')
    await page.getByLabel(words.replay.until, { exact: true }).fill('2026-03-14T12:00')
    await press(page, words.replay.count)
    await shown(page.getByText(words.replay.wrongPeriod))
    await page.getByLabel(words.replay.since, { exact: true }).fill('2026-03-14T11:00')
    await press(page, words.replay.count)
    await until(() => answers.asked.length > 0, 'the count')
    // The reader is in Moscow.
    expect(answers.asked[0]).toContain(
      '{"since":"2026-03-14T08:00:00.000Z","until":"2026-03-14T09:00:00.000Z"}',
    )
  })
})

describe('a suspension', () => {
  it('says why, since when and what to do; it is lifted, and what was missed is offered until it is sent', async () => {
    const answers = suspended()
    const page = await pages.open(answers, ofWebhook)
    const banner = page.getByRole('region', { name: words.suspension.suspended })
    await shown(banner.getByText('не удалась ни одна попытка: их было 28'))
    await shown(banner.getByText('Сервер отвечает 301'))
    answers.replay = [{ state: 'counted', count: 2 }]
    await countWindow(page)
    await shown(page.getByText(words.replay.suspended))
    await press(page, words.replay.cancel)
    answers.health = answersOf().health
    await press(page, words.suspension.lift)
    await gone(banner)
    expect(answers.asked).toContain('POST webhooks/w1/lift')
    await shown(page.getByText(words.suspension.lifted))
    // The button that was pressed is gone, and the focus is not lost.
    await until(() => page.evaluate(() => document.activeElement?.tagName === 'H1'), 'the focus')
    await press(page, words.suspension.missed)
    await shown(page.getByText(words.replay.willSend(2, '2')))
    expect(answers.asked.at(-1)).toContain(`"since":"${suspension.first_failed_at}"`)
    answers.replay = [{ state: 'done', count: 2, sent: 2 }]
    await press(page, words.replay.send)
    await shown(page.getByText(words.replay.sent(2, '2')))
    await press(page, words.replay.close)
    await gone(page.getByText(words.suspension.lifted))
  })

  it('is not lifted over somebody else’s change', async () => {
    const answers = suspended({ cause: 'gone' })
    answers.statuses.set('POST lift', 412)
    const page = await pages.open(answers, ofWebhook, { expected: [412] })
    await shown(page.getByText(words.suspension.gone))
    await press(page, words.suspension.lift)
    await shown(page.getByText(textsRu.conflict.list))
  })

  it.each([
    ['suspended', textsRu.list.suspended],
    ['watched', textsRu.list.failing],
  ] as const)('of which it is %s is marked in the list', async (state, text) => {
    const page = await pages.open(suspended({ state }), '')
    await shown(page.getByRole('rowheader').getByText(text))
  })
})

describe('the log', () => {
  it('neither moves nor takes the focus when something new is there, and shows it when it is asked for', async () => {
    const old = Array.from({ length: 60 }, (_, nth) => attemptOf(nth))
    const answers = answersOf({ attempts: old })
    const page = await pages.open(answers, ofWebhook)
    await shown(page.getByText(words.shown('50', '60')))
    await press(page, words.more)
    await shown(page.getByText(words.shown('60', '60')))
    const fortieth = page.locator('.attempt').nth(40)
    await fortieth.locator('summary').click()
    await fortieth.scrollIntoViewIfNeeded()
    const place = () => fortieth.evaluate((item) => Math.round(item.getBoundingClientRect().top))
    const before = await place()
    answers.attempts = [attemptOf(-1, { result: 'delivered', reason: 'ok', status_code: 200 }), ...old]
    const hint = page.getByRole('button', { name: words.showNew })
    await shown(hint)
    expect(await place()).toBe(before)
    expect(await fortieth.evaluate((item) => item.contains(document.activeElement))).toBe(true)
    expect(await hint.evaluate((button) => button.closest('[role="status"]') !== null)).toBe(true)
    await hint.click()
    await shown(page.locator('.attempt').first().getByText(words.results.delivered))
    await shown(page.getByText(words.shown('61', '61')))
    await until(() => page.evaluate(() => document.activeElement?.id === 'attempts-title'), 'the focus')
  })

  it('is reached, filtered, opened and left for a call without a mouse', async () => {
    const attempts = [attemptOf(0, { result: 'delivered', reason: 'ok', sendable: false }), attemptOf(1)]
    const page = await pages.open(answersOf({ attempts }), '')
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let step = 0; step < 40; step += 1) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate(() => {
          const { ariaLabel, textContent, parentElement } = document.activeElement ?? document.body
          return ariaLabel ?? (textContent === '' ? parentElement?.textContent : textContent) ?? ''
        })
        if (name.test(focused)) return
      }
      throw new Error(`${String(name)} is not reached by Tab`)
    }
    await shown(page.getByRole('link', { name: /^Что произошло/ }))
    await tabTo(/^Что произошло/)
    await page.keyboard.press('Enter')
    await shown(page.getByRole('heading', { name: words.title, level: 1 }))
    await until(() => page.evaluate(() => document.activeElement?.tagName === 'H1'), 'the heading')
    await shown(page.getByText(words.shown('2', '2')))
    await tabTo(/Только недоставленные/)
    await page.keyboard.press('Space')
    await shown(page.getByText(words.shown('1', '1')))
    await tabTo(/^Подробнее/)
    await page.keyboard.press('Enter')
    await shown(page.getByText(words.facts.deliveryId))
    await page.getByLabel(textsRu.list.callId).focus()
    await page.keyboard.type(' call-1 ')
    await page.keyboard.press('Enter')
    await shown(page.getByRole('heading', { name: words.callTitle, level: 1 }))
    expect(page.url()).toMatch(/#\/calls\/call-1$/)
  })

  it('shows what a server answered as text, whatever it is', async () => {
    const payload = `"><img src=x onerror=alert(1)></code><script>alert(2)</script>\u202E<i-was-here>`
    const attempts = [
      attemptOf(0, {
        excerpt: payload,
        origin: payload,
        redirect_origin: payload,
        reason: 'redirect',
        status_code: 301,
        call_id: payload,
        event_id: payload,
        method: payload,
        cut_values: [payload],
      }),
    ]
    const page = await pages.open(answersOf({ attempts }), ofWebhook)
    await page.getByText(words.details).click()
    await shown(page.locator('pre').getByText(payload))
    const acting = await page.evaluate(
      () =>
        [...document.querySelectorAll('main *')].filter(
          (element) =>
            element.matches('i-was-here, img, script, iframe, style') ||
            element.getAttributeNames().some((name) => name.startsWith('on')),
        ).length,
    )
    expect(acting).toBe(0)
    const link = page.getByRole('link', { name: words.call(payload) })
    expect(await link.getAttribute('href')).toBe(`#/calls/${encodeURIComponent(payload)}`)
  })

  it('of a call names the webhooks, also one that is deleted', async () => {
    const attempts = [
      attemptOf(0),
      attemptOf(1, { webhook_id: null, reason: 'fanout_limit', sendable: false }),
    ]
    const answers = answersOf({ attempts })
    const page = await pages.open(answers, '#/calls/call-0')
    const link = page.getByRole('link', { name: words.logOf('https://crm.example.com/in/calls') })
    await shown(link)
    expect(await link.getAttribute('href')).toBe(ofWebhook)
    answers.statuses.set('GET w1', 404)
    const later = await pages.open(answers, '#/calls/call-0', { expected: [404] })
    await shown(later.getByText(words.webhookGone))
  })

  it.each([404, 503])('says so where it cannot be read: %i', async (status) => {
    const statuses = new Map([
      ['GET deliveries', status],
      ['GET health', status],
      ['GET w1', status],
    ])
    const page = await pages.open(answersOf({ statuses }), ofWebhook, { expected: [status] })
    await shown(page.getByText(status === 404 ? textsRu.notices.gone : textsRu.troubles.other).first())
  })

  it('is in English where the page is', async () => {
    const page = await pages.open(suspended(), ofWebhook, { language: 'en' })
    await shown(page.getByText(logTextsEn.suspension.lift))
    await shown(page.getByText(logTextsEn.shown('1', '1')))
    expect(await page.getByRole('main').innerText()).not.toMatch(/[а-яё]/i)
  })
})

describe('for everyone', () => {
  const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    'a log with all that it can hold': async (page) => {
      await page.getByText(words.health.asTable).click()
      await page.getByText(words.details).nth(2).click()
    },
    'the question what to send': async (page) => {
      await press(page, words.sendAgainWindow)
      await page.getByLabel(words.replay.period).selectOption('own')
    },
    'the progress of sending': async (page) => {
      await countWindow(page)
      await press(page, words.replay.send)
      await shown(page.getByRole('progressbar'))
    },
    'a call': async (page) => {
      await page
        .getByRole('link', { name: /^Звонок/ })
        .first()
        .click()
      await shown(page.getByRole('heading', { name: words.callTitle, level: 1 }))
    },
    'the list': async (page) => {
      await page.getByRole('link', { name: textsRu.webhooks }).click()
      await shown(page.getByText(textsRu.list.suspended))
    },
  }

  it.each(Object.entries(states))('%s has no serious fault and nothing at its side', async (_name, reach) => {
    const answers = suspended()
    const long = 'a-text-without-any-break'.repeat(12)
    answers.attempts = [
      attemptOf(0, {
        result: 'rejected',
        reason: 'suspended',
        attempt: 0,
        status_code: null,
        total_ms: null,
      }),
      attemptOf(1, {
        result: 'delivered',
        reason: 'ok',
        status_code: 200,
        sendable: false,
        fault_owner: null,
      }),
      attemptOf(2, {
        reason: 'redirect',
        status_code: 301,
        redirect_origin: `https://${long}.ru`,
        excerpt: long,
      }),
      attemptOf(3, {
        result: 'deferred',
        reason: 'breaker_open',
        final: false,
        sendable: false,
        call_id: long,
      }),
    ]
    answers.replay = [
      { state: 'counted', count: 4 },
      { state: 'sending', count: 4, sent: 1, left: 3 },
    ]
    const page = await pages.open(answers, ofWebhook)
    await shown(page.getByText(words.shown('4', '4')))
    await shown(page.getByRole('region', { name: words.suspension.suspended }))
    await reach(page)
    await expectAccessible(page)
  })
})
