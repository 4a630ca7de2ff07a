// What happened to calls, on the real stack: a client sees that something fails, understands why, mends it, and has what
// was missed sent again, without leaving the page.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { logTextsEn } from '../../src/console/page/log/log-texts.en.ts'
import { logTextsRu } from '../../src/console/page/log/log-texts.ru.ts'
import { textsEn } from '../../src/console/page/texts.en.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import { until } from '../harness/until.ts'
import { addWebhook, fillIn, gone, rowOf, shown } from './webhook-form.ts'

let rig: PageRig
let here: string
beforeAll(async () => {
  rig = await startPageRig()
  here = `127.0.0.1:${rig.receiver.port}`
})
afterEach(() => rig.endTest())
afterAll(() => rig.stop())

const words = logTextsRu
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const attempts = (page: Page) => page.locator('.attempt')

async function onlyWebhookOf(account: string): Promise<string> {
  const { webhooks } = (await rig.console.ask(account, 'GET', '/api/webhooks')).body
  return webhooks[0].webhook.webhook_id
}

/** Until the console knows as many attempts of the call or the webhook. */
async function untilLogged(account: string, of: string, count: number): Promise<void> {
  await until(
    async () =>
      (await rig.console.ask(account, 'GET', `/api/${of}/deliveries?limit=200`)).body.attempts.length >=
      count,
    `${count} attempts of ${of}`,
    20_000,
  )
}

/** From the list. */
async function openLog(page: Page, path: string, texts = textsRu): Promise<void> {
  await rowOf(page, path)
    .getByRole('link', { name: new RegExp(`^${texts.list.logOf('')}`) })
    .click()
}

/** In the open dialog, from the count to the result. */
async function sendCounted(page: Page, count: number, log = words): Promise<void> {
  await shown(page.getByText(log.replay.willSend(count, String(count))))
  await press(page, log.replay.send)
  await until(
    () => page.getByText(log.replay.sent(count, String(count))).isVisible(),
    'all to be sent',
    20_000,
  )
  await press(page, log.replay.close)
  await gone(page.getByRole('dialog'))
}

describe('a server that has moved', () => {
  it.each([
    ['ru', textsRu, logTextsRu],
    ['en', textsEn, logTextsEn],
  ] as const)(
    'is seen, understood and corrected, and what it missed is sent again (%s)',
    async (language, texts, log) => {
      const account = `moved-${language}`
      const [before, after] = [`old-${language}`, `new-${language}`]
      rig.answers.set(`/${before}`, (response) =>
        response.writeHead(301, { location: 'https://crm.new.example/in?key=1' }).end('Moved'),
      )
      const page = await rig.open(account, { language })
      await addWebhook(page, { address: here, path: before, method: 'POST', event: 'call_start' }, texts)
      for (const nth of [1, 2]) await rig.publish(rig.call(account, nth).start)
      const named = `http://${here}/${before}`
      await shown(page.getByRole('link', { name: texts.list.failedOf('2', named) }))
      await openLog(page, before, texts)
      const newest = attempts(page).first()
      await shown(newest.getByText(log.results.failed))
      await shown(newest.getByText(/301 .*https:\/\/crm\.new\.example\./))
      await shown(newest.getByText(log.reasons.redirect.todo))
      expect(await page.content()).not.toContain('key=1')
      await newest.getByRole('link', { name: log.edit }).click()
      await shown(page.getByRole('heading', { name: texts.form.editTitle }))
      await fillIn(page, { path: after }, texts)
      await press(page, texts.form.save)
      // Back where it was come from.
      await shown(page.getByText(texts.notices.saved))
      await shown(page.getByRole('heading', { name: log.title, level: 1 }))
      await rig.untilApplied()
      await press(page, log.sendAgainWindow)
      await press(page, log.replay.count)
      await sendCounted(page, 2, log)
      const requests = await rig.received(`/${after}`, 2)
      const ids = (those: typeof requests) => new Set(those.map(({ headers }) => headers['webhook-id']))
      expect(ids(requests)).toEqual(ids(await rig.received(`/${before}`, 2)))
      await press(page, log.showNew)
      await shown(attempts(page).nth(1).getByText(log.results.delivered))
      await shown(attempts(page).first().getByText(log.replayed))
      await shown(page.getByText(log.health.of('2', '4')).first())
    },
  )
})

describe('a call', () => {
  it('is found by its id, with all its webhooks; one of them gets it again from there, and the view tells at once', async () => {
    const account = 'call'
    rig.answers.set('/broken', (response) => response.writeHead(400).end('<b>no such deal</b>'))
    const page = await rig.open(account)
    for (const path of ['well', 'broken']) {
      await addWebhook(page, { address: here, path, method: 'POST', event: 'call_end' })
    }
    const { end } = rig.call(account)
    await rig.publish(end)
    await untilLogged(account, `calls/${encodeURIComponent(end.call_id)}`, 2)
    await page.getByLabel(textsRu.list.callId).fill(end.call_id)
    await page.getByLabel(textsRu.list.callId).press('Enter')
    await shown(page.getByRole('heading', { name: words.callTitle, level: 1 }))
    const broken = attempts(page).filter({ hasText: words.results.failed })
    await shown(broken.getByRole('link', { name: words.logOf(`http://${here}/broken`) }))
    await shown(attempts(page).getByRole('link', { name: words.logOf(`http://${here}/well`) }))
    await broken.getByText(words.details).click()
    await shown(broken.locator('pre').getByText('<b>no such deal</b>'))
    expect(await page.locator('main pre b').count()).toBe(0)
    rig.answers.delete('/broken')
    await broken.getByRole('button').click()
    await sendCounted(page, 1)
    await rig.received('/broken', 2)
    await press(page, words.showNew)
    await shown(page.getByText(words.shown('3', '3')).or(page.getByText(words.shown('3', null))))
    // What went again cannot go once more.
    expect(await broken.getByRole('button').count()).toBe(0)
    const stranger = await rig.open('stranger', { hash: `#/calls/${end.call_id}` })
    await shown(stranger.getByText(words.emptyCall))
  })
})

describe('a long log', () => {
  it('is shown page by page, and the failed ones alone', async () => {
    const account = 'long'
    let nth = 0
    rig.answers.set('/long', (response) => response.writeHead(nth++ % 4 === 0 ? 422 : 200).end())
    const page = await rig.open(account)
    await addWebhook(page, { address: here, path: 'long', method: 'POST', event: 'call_end' })
    await rig.untilApplied()
    const calls = Array.from({ length: 60 }, (_, index) => rig.call(account, index).end)
    await Promise.all(calls.map((call) => rig.publisher.callEvent(call)))
    await untilLogged(account, `webhooks/${await onlyWebhookOf(account)}`, 60)
    await openLog(page, 'long')
    await until(async () => (await attempts(page).count()) === 50, 'a page')
    const times = () =>
      attempts(page)
        .locator('.when time')
        .evaluateAll((all) => all.map((time) => Date.parse(time.getAttribute('datetime') ?? '')))
    await press(page, words.more)
    await until(async () => (await attempts(page).count()) === 60, 'both pages')
    const all = await times()
    expect(all).toEqual([...all].sort((one, other) => other - one))
    expect(await page.getByRole('button', { name: words.more }).count()).toBe(0)
    await page.getByLabel(words.onlyFailed).check()
    await until(async () => (await attempts(page).count()) === 15, 'the failed ones')
    expect(await attempts(page).filter({ hasText: words.results.failed }).count()).toBe(15)
    await shown(page.getByRole('img', { name: words.health.chartSays('45', '15') }))
  })
})

describe('a server that says it is gone', () => {
  it('is suspended while somebody looks, marked in the list, lifted, and sent what it missed', async () => {
    const account = 'suspended'
    rig.answers.set('/dead', (response) => response.writeHead(410).end())
    const page = await rig.open(account)
    await addWebhook(page, { address: here, path: 'dead', method: 'POST', event: 'call_end' })
    await openLog(page, 'dead')
    await shown(page.getByText(words.empty))
    await rig.publish(rig.call(account, 1).end)
    const banner = page.getByRole('region', { name: words.suspension.suspended })
    await shown(banner.getByText(words.suspension.gone))
    // The console may know of it before the worker does.
    const missed = [1]
    const isRejected = async (): Promise<boolean> => {
      missed.push(missed.length + 1)
      const { end } = rig.call(account, missed.length)
      await rig.publish(end)
      const [outcome] = await rig.finalsOf(end.event_id)
      return outcome?.reason === 'suspended' && outcome.result === 'rejected'
    }
    await until(isRejected, 'a delivery to be rejected')
    await press(page, words.showNew)
    await shown(attempts(page).filter({ hasText: words.reasons.suspended.todo }).first())
    await page.getByRole('link', { name: textsRu.webhooks }).click()
    await shown(rowOf(page, 'dead').getByText(textsRu.list.suspended))
    await openLog(page, 'dead')
    rig.answers.delete('/dead')
    await press(page, words.suspension.lift)
    await gone(banner)
    await shown(page.getByText(words.suspension.lifted))
    await rig.untilApplied()
    await press(page, words.suspension.missed)
    await sendCounted(page, missed.length)
    const accepted = async () =>
      (await rig.received('/dead', missed.length))
        .slice(-missed.length)
        .map(({ headers }) => headers['webhook-id'])
    await until(async () => new Set(await accepted()).size === missed.length, 'all that was missed')
    await page.getByRole('link', { name: textsRu.webhooks }).click()
    await gone(rowOf(page, 'dead').getByText(textsRu.list.suspended))
  })
})

describe('where the console wants a token', () => {
  it('what is new is followed with it, and seen as it comes', async () => {
    const account = 'token-log'
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'))
    const tokensFile = join(folder, 'tokens.json')
    await writeFile(tokensFile, JSON.stringify({ 'token-of-the-log-1': account }))
    const { address } = await rig.startConsole({
      CONSOLE_AUTHENTICATION: 'token',
      CONSOLE_TOKENS_FILE: tokensFile,
    })
    await rm(folder, { recursive: true })
    const page = await rig.open('nobody', { expected: [401], at: address })
    await page.getByLabel(textsRu.signIn.token).fill('token-of-the-log-1')
    await page.getByLabel(textsRu.signIn.token).press('Enter')
    await addWebhook(page, { address: here, path: 'token-log', method: 'POST', event: 'call_end' })
    await openLog(page, 'token-log')
    await shown(page.getByText(words.empty))
    await rig.publish(rig.call(account).end)
    await shown(attempts(page).getByText(words.results.delivered))
    await rig.publish(rig.call(account, 1).end)
    await press(page, words.showNew)
    await until(async () => (await attempts(page).count()) === 2, 'both calls')
  })
})
