// What an account must not fear: that what somebody stored is taken for more than text, that others see or change its
// webhooks, and that a page of another site or a script within acts in its name.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import { until } from '../harness/until.ts'
import { webhookRecord } from '../harness/worker-rig.ts'
import {
  addWebhook,
  besideOf,
  fillIn,
  openEdit,
  openNewForm,
  previewWith,
  rowOf,
  save,
  saveChange,
  shown,
} from './webhook-form.ts'

let rig: PageRig
let here: string
beforeAll(async () => {
  rig = await startPageRig()
  here = `127.0.0.1:${rig.receiver.port}`
})
afterEach(() => rig.endTest())
afterAll(() => rig.stop())

const { form, advanced, list, test, notices } = textsRu

/** Each would tell of itself: by a dialog, or by an element of this name. */
const payloads = {
  markup: `"><img src=x onerror=alert(1)></code></textarea><script>alert(2)</script>' autofocus onfocus=alert(3) x='<i-was-here>`,
  formula: `=HYPERLINK("http://evil.example","click")`,
  template: '${alert(5)}{{constructor.constructor("alert(6)")()}}\u202Egnp.exe\u2066<i-was-here>',
}

/** These are refused by the form, and may be stored all the same. */
const storedPayloads = { ...payloads, address: 'javascript:alert(4)', prototype: '__proto__' }

/** Nothing of a payload became part of the document, in any attribute that acts or as an element. */
async function expectTextOnly(page: Page): Promise<void> {
  const acting = await page.evaluate(() => {
    const all = [...document.querySelectorAll('body *')]
    const handlers = all.filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith('on')),
    )
    const links = [...document.querySelectorAll('a')].filter(({ protocol }) => !protocol.startsWith('http'))
    const foreign = document.querySelectorAll(
      'body :is(i-was-here, img, iframe, object, script, style, base, form form)',
    )
    return [...handlers, ...links, ...foreign].map((element) => element.outerHTML)
  })
  expect(acting).toEqual([])
}

/** From the list, by its first pencil. */
async function openFirst(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Редактировать/ })
    .first()
    .click()
  await shown(page.getByRole('heading', { name: form.editTitle }))
}

describe('what is typed into the form', () => {
  it.each(Object.entries(payloads))('as %s is text, wherever it is shown', async (name, payload) => {
    const account = `typed-${name}`
    rig.answers.set('/trial', (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(payload),
    )
    const page = await rig.open(account)
    await openNewForm(page)
    await fillIn(page, { address: payload, path: payload })
    await page.getByLabel(form.nameOf(1), { exact: true }).fill(payload)
    await page.getByLabel(form.valueOf(1), { exact: true }).fill(payload)
    await page.getByText(advanced.title, { exact: true }).click()
    await page.getByRole('button', { name: advanced.addHeader }).click()
    await page.getByLabel(advanced.headerName(1), { exact: true }).fill(payload)
    await page.getByLabel(advanced.headerValue(1), { exact: true }).fill(payload)
    await page.getByLabel(advanced.timeZone).fill(payload)
    await page.getByRole('button', { name: form.add, exact: true }).click()
    await shown(page.getByText('Проверьте форму'))
    await expectTextOnly(page)

    await page.getByRole('button', { name: advanced.removeHeader(payload), exact: true }).click()
    await page.getByLabel(advanced.timeZone).fill('')
    await fillIn(page, { address: here, path: 'trial', method: 'POST' })
    await page.getByLabel(form.valueOf(1), { exact: true }).fill('')
    await page.getByLabel(form.valueOf(1), { exact: true }).click()
    await page.getByRole('option', { name: form.asLiteral('') }).click()
    await page.getByLabel(form.valueOf(1), { exact: true }).fill(payload)
    await previewWith(page, JSON.stringify(payload).slice(1, -1))
    await page.getByRole('button', { name: test.send }).click()
    const answer = page.getByRole('region', { name: test.title }).locator('pre')
    await shown(answer)
    await expectTextOnly(page)
    await save(page)
    await openFirst(page)
    expect(await page.getByLabel(form.nameOf(1), { exact: true }).inputValue()).toBe(payload)
    expect(await page.getByLabel(form.valueOf(1), { exact: true }).inputValue()).toBe(payload)
    await expectTextOnly(page)
  })
})

describe('what another service stored', () => {
  it('is text in the list, in the form and in the question before it is deleted', async () => {
    const records = Object.entries(storedPayloads).map(([name, payload]) =>
      webhookRecord({
        webhook_id: `<i-was-here>/../${name}?#%2e`,
        account_id: 'stored',
        host: payload,
        port: 80,
        path: payload,
        parameters: [
          { name: payload, source: { parameter: payload, literal: null } },
          { name: payload, source: { parameter: null, literal: payload } },
        ],
        content_type: payload,
        headers: [{ name: payload, value: payload }],
        authentication: { type: 'basic', username: payload, password: payload, token: null },
        signing_secrets: [payload],
        time_zone: payload,
      }),
    )
    await Promise.all(records.map((record) => rig.publisher.webhook(record)))
    await until(
      async () => (await rig.console.ask('stored', 'GET', '/api/webhooks')).body.total === records.length,
      'all to be listed',
    )
    const page = await rig.open('stored', { expected: [422] })
    for (const [index, [, payload]] of Object.entries(storedPayloads).entries()) {
      await shown(page.getByText(list.found(records.length, records.length)))
      // Of long paths the middle is left out.
      const row = rowOf(page, `/${payload.slice(0, 20)}`)
      await shown(row)
      await row.getByRole('button', { name: /^Удалить/ }).click()
      await shown(page.getByRole('dialog').getByText(payload.slice(0, 8)))
      await expectTextOnly(page)
      await page.keyboard.press('Escape')
      await row.getByRole('button', { name: /^Редактировать/ }).click()
      await shown(page.getByText(form.brokenBefore))
      expect(await page.getByLabel(form.path, { exact: true }).inputValue()).toBe(payload)
      await expectTextOnly(page)
      if (index === 0) await page.reload()
      await page.getByRole('link', { name: textsRu.webhooks }).click()
    }
  })
})

describe('account A', () => {
  it('neither sees nor reaches what is B’s', async () => {
    const b = await rig.open('account-b')
    await addWebhook(b, { address: 'https://secret-of-b.example', path: 'canary-of-b' })
    const a = await rig.open('account-a', { expected: [404] })
    await shown(a.getByText(list.emptyTitle))
    expect(await a.content()).not.toContain('of-b')
    await openFirst(b)
    await a.goto(b.url())
    await shown(a.getByText(notices.gone))
    expect(await a.content()).not.toContain('of-b')
  })
})

describe('where the console wants a token', () => {
  it('asks for it, keeps it for the tab, and loses nothing that was typed when it is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'))
    const tokensFile = join(folder, 'tokens.json')
    await writeFile(tokensFile, JSON.stringify({ 'token-of-the-account-1': 'tokens' }))
    const { address } = await rig.startConsole({
      CONSOLE_AUTHENTICATION: 'token',
      CONSOLE_TOKENS_FILE: tokensFile,
    })
    await rm(folder, { recursive: true })
    const page = await rig.open('nobody', { expected: [401], at: address })
    const token = page.getByLabel(textsRu.signIn.token)
    await token.fill('token-that-is-not-one')
    await token.press('Enter')
    await shown(page.getByText(textsRu.signIn.refused))
    await token.fill('token-of-the-account-1')
    await token.press('Enter')
    await shown(page.getByText(list.emptyTitle))
    await page.reload()
    await openNewForm(page)
    await fillIn(page, { address: 'mysite.ru', path: 'kept' })
    // As when it is taken away meanwhile.
    await page.evaluate(() => sessionStorage.clear())
    await page.getByRole('button', { name: form.add, exact: true }).click()
    await token.fill('token-of-the-account-1')
    await token.press('Enter')
    await save(page)
    await shown(rowOf(page, '/kept'))
  })
})

describe('a certificate that nobody verifies', () => {
  it('can be chosen where the operator allows it, with a warning, and is refused by name where it is not', async () => {
    const account = 'unverified'
    const choice = (page: Page) => page.getByLabel(advanced.tlsVerification, { exact: true })
    const openAdvanced = (page: Page) => page.getByText(advanced.title, { exact: true }).click()
    const { address } = await rig.startConsole({ WEBHOOKS_UNVERIFIED_TLS: 'allowed' })
    const page = await rig.open(account, { at: address })
    await openNewForm(page)
    await fillIn(page, { address: 'https://mysite.ru', path: account })
    await openAdvanced(page)
    expect(await choice(page).inputValue()).toBe('on')
    await choice(page).selectOption('off')
    await shown(page.getByText('любой на пути может выдать себя за ваш сервер'))
    await save(page)

    const strict = await rig.open(account)
    await shown(rowOf(strict, account).getByText(list.invalid))
    await openEdit(strict, account)
    expect(await choice(strict).inputValue()).toBe('off')
    expect(await besideOf(strict, advanced.tlsVerification)).toBe(
      'Отключать проверку сертификата здесь не разрешено.',
    )
    await choice(strict).selectOption('on')
    await saveChange(strict)
    await openEdit(strict, account)
    await openAdvanced(strict)
    await shown(strict.getByLabel(advanced.missingValues))
    expect(await choice(strict).count()).toBe(0)
  })
})

describe('the content security policy', () => {
  it('lets no script in that is not the page’s own', async () => {
    const page = await rig.open('policy', { expectedErrors: /Content Security Policy/ })
    await shown(page.getByText(list.emptyTitle))
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "ran"'
      const refused = new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
          resolve(effectiveDirective),
        )
      })
      document.body.append(script)
      return [document.title, await refused]
    })
    expect(ran).toEqual([textsRu.webhooks, 'script-src-elem'])
  })

  it('and a script that is refused fails whichever test it happens in', async () => {
    const page = await rig.open('policy')
    await shown(page.getByText(list.emptyTitle))
    const told = page.waitForEvent('console', (message) => message.type() === 'error')
    await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<p style="color: red">'))
    await told
    await expect(rig.endTest()).rejects.toThrow(/Content Security Policy/)
  })
})
