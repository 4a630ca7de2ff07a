// The description that clients are given, sentence by sentence, done in the page as it says, and proved where it counts:
// by the requests that reach the client's server.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'

import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { textsEn } from '../../src/console/page/texts.en.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import {
  addWebhook,
  fillIn,
  gone,
  openNewForm,
  pick,
  previewWith,
  rowOf,
  save,
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

/** As they are stored, newest first. */
async function stored(account: string): Promise<readonly Record<string, unknown>[]> {
  const { body } = await rig.console.ask(account, 'GET', '/api/webhooks')
  return body.webhooks.map(({ webhook }: { webhook: Record<string, unknown> }) => webhook)
}

describe('«в личном кабинете перейдите в раздел «Вебхуки»»', () => {
  it.each([
    ['ru', textsRu.integrations, textsRu.webhooks, 'Интеграции', 'Вебхуки'],
    ['en', textsEn.integrations, textsEn.webhooks, 'Integrations', 'Webhooks'],
  ] as const)('%s: the menu leads there by either name', async (language, first, second, ...words) => {
    expect([first, second]).toEqual(words)
    const page = await rig.open('menu', { language, hash: '#/webhooks/new' })
    for (const name of [second, first]) {
      await page.getByRole('navigation').getByRole('link', { name }).click()
      await shown(page.getByRole('heading', { level: 1, name: second }))
      expect(await page.title()).toBe(second)
      await page.goBack()
    }
  })
})

it('«здесь будут отображаться все настроенные вебхуки»', async () => {
  const page = await rig.open('all')
  await shown(page.getByText('Вебхуков пока нет'))
  await addWebhook(page, { address: 'https://mysite.ru', path: 'one.php', method: 'POST' })
  await addWebhook(page, { address: '1.2.3.4', path: 'two.php', event: 'both' })
  expect(await rowOf(page, 'https://mysite.ru/one.php').innerText()).toMatch(
    /Начало звонка\s+POST\s+0\s+0\s+ещё не было/,
  )
  expect(await rowOf(page, 'http://1.2.3.4/two.php').innerText()).toMatch(
    /Начало и завершение звонка\s+GET\s/,
  )
  await page.reload()
  await shown(rowOf(page, 'https://mysite.ru/one.php'))
  expect(await page.getByRole('row').count()).toBe(1 + 2)
})

it('«для добавления нового вебхука нажмите «+ Адрес»»', async () => {
  const page = await rig.open('new')
  await page.getByRole('button', { name: '+ Адрес' }).click()
  for (const label of ['Хост, порт и протокол', 'Путь', 'HTTP метод', 'Тип события']) {
    await shown(page.getByLabel(label, { exact: true }))
  }
  await shown(page.getByRole('group', { name: 'Параметры запроса' }))
  await shown(page.getByRole('button', { name: 'Добавить', exact: true }))
})

describe('«хост — доменное имя сервера или его IP, порт — 80, другой указывается через двоеточие после домена, протокол — http/https»', () => {
  it.each([
    ['mysite.ru', 'http, порт 80, хост mysite.ru', 'http://mysite.ru', 'mysite.ru'],
    ['https://mysite.ru', 'https, порт 443, хост mysite.ru', 'https://mysite.ru', 'mysite.ru'],
    ['mysite.ru:8080', 'http, порт 8080, хост mysite.ru', 'http://mysite.ru:8080', 'mysite.ru:8080'],
    ['1.2.3.4', 'http, порт 80, хост 1.2.3.4', 'http://1.2.3.4', '1.2.3.4'],
    ['[::1]:81', 'http, порт 81, хост [::1]', 'http://[::1]:81', '[::1]:81'],
    ['пример.рф', 'http, порт 80, хост пример.рф', 'http://xn--e1afmkfd.xn--p1ai', 'xn--e1afmkfd.xn--p1ai'],
  ])('%s means %s', async (typed, means, address, host) => {
    const account = `host-${address.replaceAll(/[^a-z0-9]/g, '-')}`
    const page = await rig.open(account)
    await openNewForm(page)
    await fillIn(page, { address: typed })
    await shown(page.getByText(means))
    expect(await previewWith(page, 'host: ')).toContain(`\nhost: ${host}\n`)
    await save(page)
    expect(await stored(account)).toMatchObject([{ address }])
  })

  it('a port after a colon is the one that gets the request', async () => {
    const page = await rig.open('port')
    await addWebhook(page, { address: here, path: 'port', event: 'call_start' })
    await rig.publish(rig.call('port').start)
    const [request] = await rig.received('/port')
    expect(request?.headers.host).toBe(here)
  })
})

it('«путь — всё, что идёт в строке до знака вопроса»', async () => {
  const page = await rig.open('path')
  await openNewForm(page)
  await fillIn(page, { address: here, path: 'path/to/file.php?a=1', parameters: [['id', 'call_id']] })
  await page.getByRole('button', { name: 'Добавить', exact: true }).click()
  await shown(page.getByText('Путь заканчивается перед знаком вопроса'))
  expect(await page.getByLabel('Путь', { exact: true }).getAttribute('aria-invalid')).toBe('true')
  await fillIn(page, { path: 'path/to/file.php' })
  await save(page)
  const { start } = rig.call('path')
  await rig.publish(start)
  const [request] = await rig.received('/path/to/file.php')
  expect(request?.target).toBe(`/path/to/file.php?id=${start.call_id}`)
})

it('«их список вы можете увидеть, щёлкнув по полю «Значение»»', async () => {
  const page = await rig.open('picker')
  await openNewForm(page)
  await page.getByLabel('Значение 1').click()
  const options = page.getByRole('listbox').getByRole('option')
  const names = await options.locator('.name').allTextContents()
  expect(names).toEqual(parameterCatalogue.map(({ name }) => name))
  expect(names).toEqual(
    expect.arrayContaining(['client_number', 'duration', 'record_url', 'utm_source', 'ga_clid']),
  )
  await pick(page, 1, 'utm_campaign')
  expect(await page.getByLabel('Значение 1').inputValue()).toBe('utm_campaign')
  await gone(page.getByRole('listbox'))
})

it('«вы можете дать своё название, которое будет соответствовать нашим предустановленным параметрам в звонках»', async () => {
  const page = await rig.open('names')
  const parameters = [
    ['телефон клиента', 'client_number'],
    ['city[]', 'city'],
  ] as const
  await addWebhook(page, { address: here, path: 'names', method: 'GET', event: 'call_end', parameters })
  const { end } = rig.call('names', 1)
  await rig.publish(end)
  const [request] = await rig.received('/names')
  const query = new URL(request?.target ?? '', rig.receiver.origin).searchParams
  expect([...query]).toEqual([
    ['телефон клиента', end.client_number],
    ['city[]', end.city],
  ])
})

describe('«HTTP метод»', () => {
  const parameters = [
    ['phone', 'client_number'],
    ['city', 'city'],
  ] as const

  it('«get — все параметры передаются в самой строке»', async () => {
    const page = await rig.open('get')
    await openNewForm(page)
    await fillIn(page, { address: here, path: 'get', method: 'GET', parameters })
    expect(await page.getByLabel('Content type').count()).toBe(0)
    await save(page)
    const { start } = rig.call('get')
    await rig.publish(start)
    const [request] = await rig.received('/get')
    expect([request?.method, request?.body]).toEqual(['GET', ''])
    expect(request?.headers).not.toHaveProperty('content-type')
    expect(request?.target).toBe(
      `/get?phone=${encodeURIComponent(String(start.client_number))}&city=${encodeURIComponent(String(start.city))}`,
    )
  })

  it('«post — данные не видно явно из строки, передаются в теле запроса»', async () => {
    const page = await rig.open('post')
    await addWebhook(page, { address: here, path: 'post', method: 'POST', parameters })
    const { start } = rig.call('post')
    await rig.publish(start)
    const [request] = await rig.received('/post')
    expect([request?.method, request?.target]).toEqual(['POST', '/post'])
    expect(JSON.parse(request?.body ?? '')).toEqual({ phone: start.client_number, city: start.city })
  })
})

describe('«тип события — начало или завершение звонка»', () => {
  it('«когда соединение будет установлено или после завершения звонка»', async () => {
    const page = await rig.open('when')
    const parameters = [['event', 'event_type']] as const
    await addWebhook(page, { address: here, path: 'at-start', event: 'call_start', parameters })
    await addWebhook(page, { address: here, path: 'at-end', event: 'call_end', parameters })
    await addWebhook(page, { address: here, path: 'at-both', event: 'both', parameters })
    const targets = async (eventId: string): Promise<readonly string[]> => {
      const outcomes = await rig.finalsOf(eventId, 2)
      const ids = outcomes.map(({ delivery_id }) => delivery_id)
      return rig.receiver.requests
        .filter(({ deliveryId }) => ids.includes(deliveryId))
        .map(({ target }) => target)
        .sort()
    }
    const { start, end } = rig.call('when')
    await rig.publish(start)
    expect(await targets(start.event_id)).toEqual(['/at-both?event=call_start', '/at-start?event=call_start'])
    await rig.publish(end)
    expect(await targets(end.event_id)).toEqual(['/at-both?event=call_end', '/at-end?event=call_end'])
  })

  it('«при отправке в начале звонка мы не сможем передать некоторые данные (например, duration)»', async () => {
    const page = await rig.open('duration')
    await openNewForm(page)
    await page.getByLabel('Значение 1').click()
    const duration = page.getByRole('option').filter({ has: page.getByText('duration', { exact: true }) })
    expect(await duration.innerText()).toContain('только по завершении')
    await page.getByLabel('Тип события').selectOption('Завершение звонка')
    await page.getByLabel('Значение 1').click()
    expect(await duration.innerText()).not.toContain('только по завершении')
    await page.keyboard.press('Escape')
    const parameters = [
      ['sec', 'duration'],
      ['id', 'call_id'],
    ] as const
    await fillIn(page, { address: here, path: 'duration', event: 'both', parameters })
    await shown(page.getByText('в вебхуке о начале звонка оно придёт пустым'))
    await save(page)
    const { start, end } = rig.call('duration')
    await rig.publish(start)
    await rig.received('/duration')
    await rig.publish(end)
    const seconds = (Number(end.time_end) - Number(end.time_answer)) / 1_000
    expect((await rig.received('/duration', 2)).map(({ target }) => target)).toEqual([
      `/duration?sec=&id=${start.call_id}`,
      `/duration?sec=${seconds}&id=${start.call_id}`,
    ])
  })
})

it('«Content type — http-заголовок, который определяет тип содержимого тела запроса»', async () => {
  const page = await rig.open('content-type')
  const types = [
    ['application/json', /^\{"key":"\+7\d+"\}$/],
    ['application/x-www-form-urlencoded', /^key=%2B7\d+$/],
    ['multipart/form-data', /name="key"\r\n\r\n\+7\d+\r\n/],
    ['application/xml', /<param name="key">\+7\d+<\/param>/],
    ['text/xml', /<param name="key">\+7\d+<\/param>/],
    ['text/plain', /^key=\+7\d+\n$/],
  ] as const
  await openNewForm(page)
  await fillIn(page, { method: 'POST' })
  expect(await page.getByLabel('Content type').getByRole('option').allTextContents()).toEqual(
    types.map(([type]) => type),
  )
  await page.getByRole('button', { name: 'Отмена' }).click()
  await page.getByRole('button', { name: 'Уйти' }).click()
  const parameters = [['key', 'client_number']] as const
  for (const [contentType] of types) {
    await addWebhook(page, { address: here, path: contentType, method: 'POST', contentType, parameters })
  }
  await rig.publish(rig.call('content-type').start)
  for (const [type, body] of types) {
    const [request] = await rig.received(`/${type}`)
    expect(request?.headers['content-type']?.split(';')[0]).toBe(type)
    expect(request?.body).toMatch(body)
  }
})

it('«нажмите кнопку «Добавить». Все созданные пути сохранятся в разделе «Интеграции»»', async () => {
  const page = await rig.open('added')
  await openNewForm(page)
  await fillIn(page, { address: 'https://mysite.ru', path: 'added.php' })
  expect(await stored('added')).toEqual([])
  await page.getByRole('button', { name: 'Добавить', exact: true }).click()
  await shown(page.getByText('Вебхук добавлен.'))
  expect(await stored('added')).toMatchObject([{ address: 'https://mysite.ru', path: 'added.php' }])
  const another = await rig.open('added', { hash: '#/webhooks/new' })
  await another.getByRole('link', { name: 'Интеграции' }).click()
  await shown(rowOf(another, 'https://mysite.ru/added.php'))
})

it('«отредактировать, нажав на кнопку с карандашом»', async () => {
  const page = await rig.open('edited')
  await addWebhook(page, { address: here, path: 'before', method: 'GET', parameters: [['id', 'call_id']] })
  await page.getByRole('button', { name: /^Редактировать вебхук .*before/ }).click()
  await shown(page.getByRole('heading', { name: 'Редактирование вебхука' }))
  expect(await page.getByLabel('Путь', { exact: true }).inputValue()).toBe('before')
  expect(await page.getByLabel('Значение 1').inputValue()).toBe('call_id')
  await fillIn(page, { path: 'after', method: 'POST' })
  await pick(page, 1, 'city')
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await shown(page.getByText('Вебхук сохранён.'))
  await shown(rowOf(page, '/after'))
  expect(await rowOf(page, '/before').count()).toBe(0)
  const { start } = rig.call('edited')
  await rig.publish(start)
  const [request] = await rig.received('/after')
  expect([request?.method, request?.body]).toEqual(['POST', JSON.stringify({ id: start.city })])
  expect(await rig.finalsOf(start.event_id)).toHaveLength(1)
})

it('«удалить вебхуки, нажав на значок мусорного ведра»', async () => {
  const page = await rig.open('deleted')
  await addWebhook(page, { address: 'https://mysite.ru', path: 'kept' })
  await addWebhook(page, { address: 'https://mysite.ru', path: 'gone' })
  const bin = page.getByRole('button', { name: 'Удалить вебхук https://mysite.ru/gone' })
  await bin.click()
  await shown(page.getByRole('dialog').getByText('https://mysite.ru/gone'))
  await page.getByRole('dialog').getByRole('button', { name: 'Отмена' }).click()
  expect(await stored('deleted')).toHaveLength(2)
  await bin.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
  await shown(page.getByText('Вебхук удалён.'))
  await gone(rowOf(page, '/gone'))
  await shown(rowOf(page, '/kept'))
  expect(await stored('deleted')).toMatchObject([{ path: 'kept' }])
})

describe('what is saved', () => {
  /** Publishes a call every 50 ms from `act` on, and says when, in milliseconds after it. */
  async function callsFrom(act: () => Promise<void>, account: string) {
    const calls: { readonly id: string; readonly sentMs: number }[] = []
    const begunMs = performance.now()
    const acted = act()
    while (performance.now() - begunMs < allowedMs + 400) {
      const { start } = rig.call(account)
      calls.push({ id: start.event_id, sentMs: performance.now() - begunMs })
      await rig.publisher.callEvent(start)
      await delay(50)
    }
    await acted
    return calls
  }

  const allowedMs = 1_000

  it('delivers calls from 1 s after the click on, and what is deleted none from then on', async () => {
    const page = await rig.open('at-once')
    const filling = { address: here, event: 'call_start' } as const
    // Its outcomes say that a call was dealt with, whatever becomes of the other webhook.
    await addWebhook(page, { ...filling, path: 'kept' })
    await openNewForm(page)
    await fillIn(page, { ...filling, path: 'at-once' })
    await rig.untilApplied()
    const isLate = ({ sentMs }: { readonly sentMs: number }): boolean => sentMs >= allowedMs
    const deliveredOf = async (eventId: string, count: number): Promise<readonly string[]> => {
      const ids = (await rig.finalsOf(eventId, count)).map(({ delivery_id }) => delivery_id)
      const requests = rig.receiver.requests.filter(({ deliveryId }) => ids.includes(deliveryId))
      return requests.map(({ target }) => target).sort()
    }

    const added = await callsFrom(() => save(page), 'at-once')
    const late = added.filter(isLate)
    expect(late.length).toBeGreaterThan(1)
    for (const { id } of late) expect(await deliveredOf(id, 2)).toEqual(['/at-once', '/kept'])
    const both = await Promise.all(added.map(async ({ id }) => (await deliveredOf(id, 1)).length === 2))
    const fromMs = added[both.indexOf(true)]?.sentMs

    await page.getByRole('button', { name: /^Удалить вебхук .*at-once/ }).click()
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Удалить' })
    await shown(confirm)
    const deleted = await callsFrom(() => confirm.click(), 'at-once')
    const finals = await Promise.all(deleted.map(({ id }) => deliveredOf(id, 1)))
    for (const [index, call] of deleted.entries()) if (isLate(call)) expect(finals[index]).toEqual(['/kept'])
    const lastMs = deleted[finals.findLastIndex((targets) => targets.length === 2)]?.sentMs
    process.stdout.write(
      `delivered from ${fromMs?.toFixed(0)} ms after the click on; after a deletion until ${lastMs?.toFixed(0) ?? 0} ms\n`,
    )
  })
})

describe('in English', () => {
  it('a webhook is added, delivered to and deleted', async () => {
    const page = await rig.open('english', { language: 'en' })
    const filling = { address: here, path: 'english', method: 'POST', event: 'call_end' } as const
    await addWebhook(page, { ...filling, parameters: [['status', 'call_status']] }, textsEn)
    const { end } = rig.call('english')
    await rig.publish(end)
    const [request] = await rig.received('/english')
    expect(request?.body).toBe('{"status":"answered"}')
    await page.getByRole('button', { name: 'Delete webhook' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await shown(page.getByText('No webhooks yet'))
  })
})
