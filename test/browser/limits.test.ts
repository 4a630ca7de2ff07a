// The limits that a client sets for its webhook: they are saved as they were typed, shown again, kept whatever else is
// changed, and what is wrong with one is told beside it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Locator, Page } from 'playwright-core'
import { textsEn } from '../../src/console/page/texts.en.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import type { Texts } from '../../src/console/page/texts.ru.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import { until } from '../harness/until.ts'
import { webhookRecord } from '../harness/worker-rig.ts'
import { besideOf, fillIn, openEdit, openNewForm, rowOf, save, saveChange, shown } from './webhook-form.ts'

let rig: PageRig
let here: string
beforeAll(async () => {
  rig = await startPageRig()
  here = `127.0.0.1:${rig.receiver.port}`
})
afterEach(() => rig.endTest())
afterAll(() => rig.stop())

interface Shown {
  readonly totalTimeout: string
  readonly concurrency: string
  readonly ratePerSecond: string
  readonly retryHorizon: string
  readonly unit: 'hours' | 'minutes' | 'seconds'
}

const empty: Shown = {
  totalTimeout: '',
  concurrency: '',
  ratePerSecond: '',
  retryHorizon: '',
  unit: 'minutes',
}

const fields = ['totalTimeout', 'concurrency', 'ratePerSecond', 'retryHorizon'] as const

function fieldOf(page: Page, name: (typeof fields)[number], { advanced }: Texts): Locator {
  return page.getByLabel(advanced[name], { exact: true })
}

async function setLimits(page: Page, limits: Partial<Shown>, texts: Texts = textsRu): Promise<void> {
  for (const name of fields) {
    const text = limits[name]
    if (text !== undefined) await fieldOf(page, name, texts).fill(text)
  }
  if (limits.unit !== undefined) {
    await page.getByLabel(texts.advanced.retryHorizonUnit).selectOption(limits.unit)
  }
}

async function limitsShown(page: Page, texts: Texts = textsRu): Promise<Shown> {
  const [totalTimeout = '', concurrency = '', ratePerSecond = '', retryHorizon = ''] = await Promise.all(
    fields.map((name) => fieldOf(page, name, texts).inputValue()),
  )
  const unit = await page.getByLabel(texts.advanced.retryHorizonUnit).inputValue()
  return { totalTimeout, concurrency, ratePerSecond, retryHorizon, unit: unit as Shown['unit'] }
}

/** Of the account's only webhook. */
async function storedForm(account: string): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await rig.console.ask(account, 'GET', '/api/webhooks')
  expect(body.webhooks).toHaveLength(1)
  return body.webhooks[0].webhook
}

const openAdvanced = (page: Page, texts: Texts) =>
  page.getByText(texts.advanced.title, { exact: true }).click()

it.each([
  ['ru', textsRu, '0,5'],
  ['en', textsEn, '0.5'],
] as const)('limits are set, saved, shown again and cleared (%s)', async (language, texts, half) => {
  const account = `limits-${language}`
  const page = await rig.open(account, { language })
  await openNewForm(page, texts)
  await fillIn(page, { address: here, path: account, event: 'call_start' }, texts)
  await openAdvanced(page, texts)
  expect(await limitsShown(page, texts)).toEqual(empty)
  for (const [name, hint] of fields.map((one) => [one, `${one}Hint`] as const)) {
    expect(await besideOf(page, texts.advanced[name])).toBe(texts.advanced[hint])
  }
  await setLimits(
    page,
    { totalTimeout: '2000', concurrency: '4', ratePerSecond: half, retryHorizon: '90', unit: 'minutes' },
    texts,
  )
  await save(page, texts)
  expect((await storedForm(account))['limits']).toEqual({
    total_timeout_ms: 2_000,
    concurrency: 4,
    rate_per_second: 0.5,
    retry_horizon_s: 5_400,
  })
  await rig.publish(rig.call(account).start)
  await rig.received(`/${account}`)

  await openEdit(page, account, texts)
  expect(await limitsShown(page, texts)).toEqual({
    totalTimeout: '2000',
    concurrency: '4',
    ratePerSecond: '0.5',
    retryHorizon: '90',
    unit: 'minutes',
  })
  await setLimits(page, { concurrency: '', retryHorizon: '2', unit: 'hours' }, texts)
  await saveChange(page, texts)
  expect((await storedForm(account))['limits']).toEqual({
    total_timeout_ms: 2_000,
    rate_per_second: 0.5,
    retry_horizon_s: 7_200,
  })

  await openEdit(page, account, texts)
  expect(await limitsShown(page, texts)).toMatchObject({ concurrency: '', retryHorizon: '2', unit: 'hours' })
  await setLimits(page, { totalTimeout: '', ratePerSecond: '', retryHorizon: '' }, texts)
  await saveChange(page, texts)
  expect(await storedForm(account)).not.toHaveProperty('limits')
  await openEdit(page, account, texts)
  expect(await fieldOf(page, 'concurrency', texts).count()).toBe(0)
})

describe('a wrong number', () => {
  const wrong = [
    ['totalTimeout', { totalTimeout: '30001' }, { totalTimeout: '30000' }],
    ['concurrency', { concurrency: '1001' }, { concurrency: '1000' }],
    ['ratePerSecond', { ratePerSecond: '0' }, { ratePerSecond: '0.01' }],
    ['retryHorizon', { retryHorizon: '721', unit: 'hours' }, { retryHorizon: '720', unit: 'hours' }],
  ] as const
  const told = {
    ru: [
      'Целое число миллисекунд от 1 до 30000.',
      'Целое число от 1 до 1000.',
      'Число от 0,01 до 10000.',
      'От 1 секунды до 30 суток (720 часов), без долей секунды.',
    ],
    en: [
      'Is 30001; allowed: a whole number of milliseconds from 1 to 30000.',
      'Is 1001; allowed: a whole number from 1 to 1000.',
      'Is 0; allowed: a number from 0.01 to 10000.',
      'Allowed: from 1 second to 30 days (720 hours), without parts of a second.',
    ],
  } as const

  it.each([
    ['ru', textsRu],
    ['en', textsEn],
  ] as const)(
    'is told beside its field, where the focus goes, until it is right (%s)',
    async (language, texts) => {
      const page = await rig.open('wrong', { language, hash: '#/webhooks/new' })
      await fillIn(page, { address: 'mysite.ru' }, texts)
      await openAdvanced(page, texts)
      for (const [index, [name, limits, mended]] of wrong.entries()) {
        await setLimits(page, limits, texts)
        await page.getByRole('button', { name: texts.form.add, exact: true }).click()
        const field = fieldOf(page, name, texts)
        await until(() => field.evaluate((element) => element === document.activeElement), 'the focus')
        await shown(page.getByText(texts.form.faults(1)))
        expect(await field.getAttribute('aria-invalid')).toBe('true')
        expect(await besideOf(page, texts.advanced[name])).toBe(told[language][index])
        await setLimits(page, mended, texts)
        expect(await field.getAttribute('aria-invalid')).toBeNull()
      }
      const everything = Object.assign({}, ...wrong.map(([, limits]) => limits)) as Partial<Shown>
      await setLimits(page, everything, texts)
      await page.getByRole('button', { name: texts.form.add, exact: true }).click()
      await shown(page.getByText(texts.form.faults(wrong.length)))
    },
  )

  it('that another service stored stands in the list, opens the form at its field, and is mended there', async () => {
    const limits = { total_timeout_ms: null, concurrency: 0, rate_per_second: null, retry_horizon_s: -60 }
    const record = { webhook_id: 'limits-broken', account_id: 'limits-broken', host: 'mysite.ru', port: 80 }
    await rig.publisher.webhook(webhookRecord({ ...record, path: 'broken', limits }))
    const page = await rig.open('limits-broken')
    const row = rowOf(page, 'broken')
    await shown(row.getByText(textsRu.list.invalid))
    expect(await row.innerText()).toContain(`${textsRu.advanced.concurrency}: Целое число от 1 до 1000.`)
    await openEdit(page, 'broken')
    await shown(page.getByText(textsRu.form.brokenBefore))
    expect(await limitsShown(page)).toMatchObject({
      concurrency: '0',
      retryHorizon: '-1',
      unit: 'minutes',
    })
    expect(await besideOf(page, textsRu.advanced.concurrency)).toBe('Целое число от 1 до 1000.')
    await setLimits(page, { concurrency: '1', retryHorizon: '1' })
    await saveChange(page)
    expect((await storedForm('limits-broken'))['limits']).toEqual({ concurrency: 1, retry_horizon_s: 60 })
  })
})

it('limits that another service stored stay, to the last digit, whatever else is changed here', async () => {
  const account = 'limits-kept'
  const limits = {
    total_timeout_ms: 1_234,
    concurrency: 7,
    rate_per_second: 1 / 3,
    retry_horizon_s: 100,
  }
  const record = { webhook_id: account, account_id: account, host: 'mysite.ru', port: 80 }
  await rig.publisher.webhook(webhookRecord({ ...record, path: 'before', limits }))
  const page = await rig.open(account)
  await openEdit(page, 'before')
  expect(await limitsShown(page)).toEqual({
    totalTimeout: '1234',
    concurrency: '7',
    ratePerSecond: String(1 / 3),
    retryHorizon: '100',
    unit: 'seconds',
  })
  await fillIn(page, { path: 'after' })
  await saveChange(page)
  expect(await storedForm(account)).toMatchObject({ path: 'after', limits })
  await page.getByRole('switch').click()
  await until(async () => (await storedForm(account))['enabled'] === false, 'the switch')
  expect(await storedForm(account)).toMatchObject({ path: 'after', limits })
})
