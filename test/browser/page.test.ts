// What the page does beyond the description: it says what is wrong and where, shows what will be sent, tries it out,
// keeps secrets and other people's changes, and counts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { textsEn } from '../../src/console/page/texts.en.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { sampleEvent } from '../../src/domain/sample-event.ts'
import { freePort } from '../../src/local/stack-ports.ts'
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
  pick,
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

const { form, advanced, list, test, preview, conflict, notices } = textsRu

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()

describe('a fault', () => {
  it.each([
    ['Хост, порт и протокол', { address: 'ftp://mysite.ru' }, /Протокол может быть только http/],
    ['Хост, порт и протокол', { address: 'https://mysite.ru/path' }, /Путь указывается в поле «Путь»/],
    ['Хост, порт и протокол', { address: 'user:secret@mysite.ru' }, /Логин и пароль указываются ниже/],
    ['Хост, порт и протокол', { address: '' }, /Укажите домен или IP/],
    ['Путь', { path: 'file.php#part' }, /не может быть знака «#»/],
  ])('of %s stands beside it, and is where the focus goes', async (label, filling, text) => {
    const page = await rig.open('faults', { hash: '#/webhooks/new' })
    await fillIn(page, { address: 'mysite.ru', ...filling })
    await press(page, 'Добавить')
    await shown(page.getByText(form.faults(1)))
    expect(await besideOf(page, label)).toMatch(text)
    const field = page.getByLabel(label, { exact: true })
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await until(() => field.evaluate((element) => element === document.activeElement), 'the focus')
    await fillIn(page, { address: 'mysite.ru', path: '' })
    expect(await field.getAttribute('aria-invalid')).toBeNull()
  })

  it('of a row stands beside that row, also when others come and go', async () => {
    const page = await rig.open('faults', { hash: '#/webhooks/new' })
    const parameters = [
      ['a', 'city'],
      ['b', 'city'],
    ] as const
    await fillIn(page, { address: 'mysite.ru', method: 'POST', parameters })
    await press(page, form.addParameter)
    await page.getByLabel('Имя 3').fill('b')
    await page.getByLabel('Значение 3').fill('sity')
    await press(page, 'Добавить')
    await shown(page.getByText(form.faults(2)))
    expect(await besideOf(page, 'Имя 3')).toMatch(/Такое имя уже есть/)
    expect(await besideOf(page, 'Значение 3')).toMatch(/Возможно, нужен city\?/)
    await press(page, form.removeParameter('a'))
    expect(await besideOf(page, 'Имя 2')).toMatch(/Такое имя уже есть/)
    expect(await besideOf(page, 'Имя 1')).toBe('')
  })

  it('that appears while a button is pressed does not move it away from under the pointer', async () => {
    const page = await rig.open('faults', { hash: '#/webhooks/new' })
    await fillIn(page, { address: 'mysite.ru' })
    await page.getByLabel(form.valueOf(1), { exact: true }).fill('sity')
    await page.getByText(advanced.title, { exact: true }).hover()
    await page.mouse.down()
    // As long as a finger rests on it: until the field has been left.
    await until(
      () => page.evaluate(() => document.activeElement?.tagName !== 'INPUT'),
      'the field to be left',
    )
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    )
    await page.mouse.up()
    await shown(page.getByLabel(advanced.totalTimeout))
    expect(await besideOf(page, form.valueOf(1))).toMatch(/Возможно, нужен city\?/)
  })

  it('that only the server knows stands beside its field too, and goes with what it was about', async () => {
    const page = await rig.open('faults', { hash: '#/webhooks/new', expected: [422] })
    await fillIn(page, { address: 'mysite.ru:25' })
    await press(page, 'Добавить')
    await shown(page.getByText(form.faults(1)))
    expect(await besideOf(page, 'Хост, порт и протокол')).toMatch(/порт/i)
    expect(await page.getByLabel('Хост, порт и протокол').getAttribute('aria-invalid')).toBe('true')
    await fillIn(page, { address: 'mysite.ru:2525' })
    expect(await page.getByLabel('Хост, порт и протокол').getAttribute('aria-invalid')).toBeNull()
    await save(page)
  })
})

describe('the preview', () => {
  it.each([
    ['GET', 'call_start', undefined],
    ['POST', 'call_end', 'application/x-www-form-urlencoded'],
  ] as const)('shows the %s that the server then gets', async (method, event, contentType) => {
    const account = `preview-${method}`
    const page = await rig.open(account)
    const parameters = [
      ['phone', 'client_number'],
      ['город', 'city'],
      ['sec', 'duration'],
    ] as const
    const more = contentType === undefined ? {} : { contentType }
    await addWebhook(page, { address: here, path: account, method, event, parameters, ...more })
    await openEdit(page, account)
    const previewed = await previewWith(page, 'webhook-id')
    await rig.publish(sampleEvent(event, account))
    const [request] = await rig.received(`/${account}`)
    const [head = '', body] = previewed.split('\n\n')
    const [line, ...headers] = head.split('\n')
    expect(line).toBe(`${request?.method} ${request?.target} HTTP/1.1`)
    expect(body ?? '').toBe(request?.body)
    expect(Object.fromEntries(headers.map((header) => header.split(/: (.*)/).slice(0, 2)))).toEqual(
      request?.headers,
    )
  })

  it('follows what is typed, and masks what is secret', async () => {
    const page = await rig.open('preview', { hash: '#/webhooks/new' })
    await fillIn(page, { address: 'mysite.ru', path: 'one' })
    await previewWith(page, 'GET /one HTTP/1.1')
    await page.getByText(advanced.title, { exact: true }).click()
    await press(page, advanced.addHeader)
    await page.getByLabel(advanced.headerName(1)).fill('X-Key')
    await page.getByLabel(advanced.headerValue(1), { exact: true }).fill('canary-header')
    await page.getByLabel(advanced.authenticationType).selectOption('bearer')
    await page.getByLabel(advanced.token, { exact: true }).fill('canary-token')
    await shown(page.getByText('ключи и пароли этого вебхука идут открыто'))
    const previewed = await previewWith(page, 'X-Key: ***')
    expect(previewed).not.toContain('canary')
    await fillIn(page, { path: 'two', method: 'POST', event: 'both', parameters: [['id', 'event_type']] })
    expect(await previewWith(page, '"call_start"')).toContain('POST /two HTTP/1.1')
    expect(await previewWith(page, '"call_end"')).toContain('POST /two HTTP/1.1')
    await fillIn(page, { address: 'a b' })
    await shown(page.getByText(preview.faulty))
  })
})

describe('a test request', () => {
  it('is sent, marked as one, and its answer shown', async () => {
    rig.answers.set('/trial', { status: 202, body: 'принято' })
    const page = await rig.open('trial', { hash: '#/webhooks/new' })
    await fillIn(page, { address: here, path: 'trial', event: 'both', parameters: [['id', 'event_id']] })
    await press(page, test.sendOf(textsRu.events.call_end))
    await shown(page.getByText(/Доставлено: сервер ответил 202 за \d+ мс/))
    await shown(page.getByRole('region', { name: test.title }).getByText('принято'))
    const [request] = await rig.received('/trial')
    expect(request?.headers['webhook-test']).toBe('1')
    expect(request?.target).toMatch(/^\/trial\?id=test-/)
  })

  it.each([
    ['404', { status: 404 }, test.words.not_found(404)],
    ['401', { status: 401 }, test.words.refused(401)],
    ['500', { status: 500 }, test.words.server_fault(500)],
  ] as const)('answered with %s says what to change', async (name, answer, text) => {
    rig.answers.set(`/answers-${name}`, answer)
    const page = await rig.open('trials', { hash: '#/webhooks/new' })
    await fillIn(page, { address: here, path: `answers-${name}` })
    await press(page, test.send)
    await shown(page.getByText(text))
  })

  it('answered with a redirect offers its address', async () => {
    rig.answers.set('/moved', (response) =>
      response.writeHead(301, { location: `http://localhost:${rig.receiver.port}/secret-place` }).end(),
    )
    const page = await rig.open('moved', { hash: '#/webhooks/new' })
    await fillIn(page, { address: here, path: 'moved' })
    await press(page, test.send)
    await shown(page.getByText(/Сервер отвечает 301 и перенаправляет на http:\/\/localhost/))
    expect(await page.getByRole('main').innerText()).not.toContain('secret-place')
    await page.getByRole('button', { name: /^Заменить адрес на/ }).click()
    expect(await page.getByLabel('Хост, порт и протокол').inputValue()).toBe(
      `http://localhost:${rig.receiver.port}`,
    )
    expect(await rig.received('/moved')).toHaveLength(1)
  })

  it('that reaches nobody, and one of a form with faults, say so', async () => {
    const page = await rig.open('nobody', { hash: '#/webhooks/new' })
    await press(page, test.send)
    await shown(page.getByText(test.faulty))
    await fillIn(page, { address: `127.0.0.1:${await freePort()}` })
    await press(page, test.send)
    await shown(page.getByText(test.words.unreachable()))
  })
})

describe('a webhook that somebody else changes meanwhile', () => {
  it('is not overwritten, and what was typed is not lost', async () => {
    const page = await rig.open('conflict', { expected: [412] })
    await addWebhook(page, { address: 'mysite.ru', path: 'first' })
    const other = await rig.open('conflict')
    await openEdit(page, 'first')
    await openEdit(other, 'first')
    await fillIn(other, { path: 'theirs' })
    await saveChange(other)
    await fillIn(page, { path: 'mine', address: 'https://mysite.ru' })
    await press(page, 'Сохранить')
    await shown(page.getByText(conflict.body))
    expect(await page.getByLabel('Путь', { exact: true }).inputValue()).toBe('mine')
    await press(page, conflict.load)
    await until(
      async () => (await page.getByLabel('Путь', { exact: true }).inputValue()) === 'theirs',
      'the current version',
    )
    await press(page, conflict.restore)
    await saveChange(page)
    await shown(rowOf(page, 'https://mysite.ru/mine'))
  })

  it('is neither switched off nor deleted by mistake', async () => {
    const page = await rig.open('conflict-list', { expected: [412] })
    await addWebhook(page, { address: 'mysite.ru', path: 'listed' })
    await page.getByRole('button', { name: /^Удалить вебхук/ }).click()
    const { body } = await rig.console.ask('conflict-list', 'GET', '/api/webhooks')
    const [{ webhook, etag }] = body.webhooks
    await rig.console.ask('conflict-list', 'PUT', `/api/webhooks/${webhook.webhook_id}`, {
      body: { ...webhook, path: 'changed' },
      headers: { 'if-match': etag },
    })
    await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
    await shown(page.getByText(conflict.list))
    await shown(rowOf(page, '/changed'))
    await page.getByRole('switch').click()
    await until(async () => {
      const [now] = (await rig.console.ask('conflict-list', 'GET', '/api/webhooks')).body.webhooks
      return now.webhook.enabled === false && now.webhook.path === 'changed'
    }, 'the switch')
  })

  it('and is deleted, leads back to the list', async () => {
    const page = await rig.open('conflict-gone', { expected: [404] })
    await addWebhook(page, { address: 'mysite.ru', path: 'gone' })
    await openEdit(page, 'gone')
    const { body } = await rig.console.ask('conflict-gone', 'GET', '/api/webhooks')
    await rig.publisher.deleteWebhook(body.webhooks[0].webhook.webhook_id)
    await until(
      async () => (await rig.console.ask('conflict-gone', 'GET', '/api/webhooks')).body.total === 0,
      'the deletion',
    )
    await fillIn(page, { path: 'too-late' })
    await press(page, 'Сохранить')
    await shown(page.getByText(notices.gone))
    await page.reload()
    await shown(page.getByText(notices.gone))
    await page.getByRole('link', { name: notices.backToList }).click()
    await shown(page.getByText(list.emptyTitle))
  })
})

describe('secrets', () => {
  const secretOf = (page: Page, position: number) =>
    page.getByLabel(advanced.secret(position), { exact: true })

  it('are sent, never shown again, kept by a change of something else, and replaced', async () => {
    const page = await rig.open('secrets')
    await openNewForm(page)
    await fillIn(page, { address: here, path: 'secrets' })
    await page.getByText(advanced.title, { exact: true }).click()
    await press(page, advanced.addHeader)
    await page.getByLabel(advanced.headerName(1)).fill('X-Key')
    await page.getByLabel(advanced.headerValue(1), { exact: true }).fill('canary-one')
    await page.getByLabel(advanced.authenticationType).selectOption('basic')
    await page.getByLabel(advanced.username).fill('robot')
    await page.getByLabel(advanced.password, { exact: true }).fill('canary-pass')
    await save(page)
    await rig.publish(rig.call('secrets').start)
    const basic = `Basic ${Buffer.from('robot:canary-pass').toString('base64')}`
    const [first] = await rig.received('/secrets')
    expect(first?.headers).toMatchObject({ 'x-key': 'canary-one', authorization: basic })

    await openEdit(page, 'secrets')
    await fillIn(page, { path: 'secrets-kept' })
    await previewWith(page, '/secrets-kept')
    expect(await page.content()).not.toContain('canary')
    expect(await page.getByLabel(advanced.headerValue(1), { exact: true }).inputValue()).toContain(
      advanced.stored,
    )
    await saveChange(page)
    await rig.publish(rig.call('secrets').start)
    const [kept] = await rig.received('/secrets-kept')
    expect(kept?.headers).toMatchObject({ 'x-key': 'canary-one', authorization: basic })

    await openEdit(page, 'secrets-kept')
    await press(page, advanced.replaceOf(advanced.headerValue(1)))
    await page.getByLabel(advanced.headerValue(1), { exact: true }).fill('canary-two')
    await fillIn(page, { path: 'secrets-replaced' })
    await saveChange(page)
    await rig.publish(rig.call('secrets').start)
    const [replaced] = await rig.received('/secrets-replaced')
    expect(replaced?.headers).toMatchObject({ 'x-key': 'canary-two', authorization: basic })
  })

  it('that sign are made, rotated without an unsigned request, and the old one goes', async () => {
    const page = await rig.open('signing')
    const signedBy = async (path: string, ...secrets: string[]) => {
      const { start } = rig.call('signing')
      rig.secrets.set(path, secrets)
      const before = rig.receiver.requests.filter(({ target }) => target === path).length
      await rig.publish(start)
      return (await rig.received(path, before + 1)).at(-1)?.signature
    }
    await openNewForm(page)
    await fillIn(page, { address: here, path: 'signed' })
    await page.getByText(advanced.title, { exact: true }).click()
    await press(page, advanced.generate)
    const old = await secretOf(page, 1).inputValue()
    expect(old).toMatch(/^whsec_.{40,}$/)
    await save(page)
    expect(await signedBy('/signed', old)).toBe('valid')

    await openEdit(page, 'signed')
    await press(page, advanced.generate)
    const fresh = await secretOf(page, 2).inputValue()
    expect(fresh).not.toBe(old)
    expect(await page.content()).not.toContain(old)
    await saveChange(page)
    expect(await signedBy('/signed', old)).toBe('valid')
    expect(await signedBy('/signed', fresh)).toBe('valid')

    await openEdit(page, 'signed')
    await press(page, advanced.removeSecret(1))
    await shown(page.getByText(advanced.secretRemoved))
    await saveChange(page)
    expect(await signedBy('/signed', old)).toBe('invalid')
    expect(await signedBy('/signed', fresh)).toBe('valid')
  })
})

describe('the list', () => {
  it('shows a webhook that another service wrote with faults, and lets it be mended', async () => {
    await rig.publisher.webhook(
      webhookRecord({ webhook_id: 'broken', account_id: 'broken', host: 'a b', port: 80, path: 'broken' }),
    )
    const page = await rig.open('broken')
    const row = rowOf(page, 'broken')
    await shown(row.getByText(list.invalid))
    await row.getByRole('button', { name: /^Редактировать/ }).click()
    await shown(page.getByText(form.brokenBefore))
    expect(await page.getByLabel('Хост, порт и протокол').getAttribute('aria-invalid')).toBe('true')
    await fillIn(page, { address: here, path: 'mended', event: 'call_end' })
    await saveChange(page)
    await rig.publish(rig.call('broken').end)
    await rig.received('/mended')
    expect(await rowOf(page, '/mended').innerText()).not.toContain(list.invalid)
  })

  it('leads to the fault of a stored secret, which the server alone can judge', async () => {
    const broken = { webhook_id: 'secret', account_id: 'broken-secret', host: 'mysite.ru', port: 80 }
    await rig.publisher.webhook(webhookRecord({ ...broken, path: 'broken', signing_secrets: ['short'] }))
    const page = await rig.open('broken-secret', { expected: [422] })
    await openEdit(page, 'broken')
    await shown(page.getByText(form.brokenBefore))
    expect(await besideOf(page, advanced.secret(1))).toMatch(/whsec_/)
    await press(page, advanced.removeSecret(1))
    await saveChange(page)
    expect(await rowOf(page, 'broken').innerText()).not.toContain(list.invalid)
  })

  it('counts what was delivered and what was not, while somebody looks', async () => {
    const page = await rig.open('counts')
    const filling = { address: here, event: 'call_start' } as const
    await addWebhook(page, { ...filling, path: 'counts-good' })
    await addWebhook(page, { ...filling, path: 'counts-bad' })
    rig.answers.set('/counts-bad', { status: 410 })
    const counts = async (path: string) => {
      const numbers = rowOf(page, path).locator('td.number > :not(.cell-label)')
      return (await numbers.allInnerTexts()).join(' ')
    }
    for (let nth = 0; nth < 2; nth += 1) await rig.publish(rig.call('counts', nth).start)
    await until(async () => (await counts('/counts-good')) === '0 2', 'what was delivered')
    await until(async () => (await counts('/counts-bad')) === '2 0', 'what was not')
    expect(await rowOf(page, '/counts-good').innerText()).toMatch(/секунд|сейчас/)
  })

  it('finds one among many, and shows the rest when asked', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      webhookRecord({
        webhook_id: `many-${index}`,
        account_id: 'many',
        host: `host-${index}.example.com`,
        port: 80,
        created_at: 1_700_000_000_000 + index,
      }),
    )
    await Promise.all(many.map((record) => rig.publisher.webhook(record)))
    await until(
      async () => (await rig.console.ask('many', 'GET', '/api/webhooks')).body.total === many.length,
      'all to be listed',
    )
    const page = await rig.open('many')
    await shown(page.getByText(list.found(50, 120)))
    expect(await page.getByRole('row').nth(1).innerText()).toContain('host-119.example.com')
    await press(page, list.more)
    await shown(page.getByText(list.found(100, 120)))
    await press(page, list.more)
    await shown(page.getByText(list.found(120, 120)))
    expect(await page.getByRole('button', { name: list.more }).count()).toBe(0)
    await shown(rowOf(page, 'host-0.example.com'))
    const search = page.getByRole('searchbox', { name: list.search })
    await search.fill('HOST-77.')
    await shown(page.getByText(list.found(1, 1)))
    await shown(rowOf(page, 'host-77.example.com'))
    await search.fill('nowhere')
    await shown(page.getByText(list.nothingFound))
    await search.fill('')
    await shown(page.getByText(list.found(120, 120)))
  })

  it('switches a webhook off and on again', async () => {
    const page = await rig.open('switch')
    await addWebhook(page, { address: here, path: 'switch', event: 'call_start' })
    const enabled = async () =>
      (await rig.console.ask('switch', 'GET', '/api/webhooks')).body.webhooks[0].webhook.enabled
    await page.getByRole('switch').click()
    await until(async () => (await enabled()) === false, 'off')
    await page.getByRole('switch', { checked: false }).click()
    await until(async () => (await enabled()) === true, 'on')
    await shown(page.getByRole('switch', { checked: true }))
  })
})

describe('what was typed', () => {
  it('is lost only after a question, and outlives a change of language', async () => {
    const page = await rig.open('typed', { hash: '#/webhooks/new' })
    await fillIn(page, { address: 'mysite.ru', path: 'typed' })
    await press(page, textsEn.languageShort)
    await shown(page.getByRole('heading', { name: 'New webhook' }))
    expect(await page.getByLabel('Path', { exact: true }).inputValue()).toBe('typed')
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
    expect(await page.getByLabel('Path', { exact: true }).inputValue()).toBe('typed')
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await shown(page.getByText('No webhooks yet'))
  })

  it('may be the client’s own text, sent as it is', async () => {
    const page = await rig.open('literal', { hash: '#/webhooks/new' })
    await fillIn(page, { address: here, path: 'literal' })
    await page.getByLabel('Имя 1').fill('key')
    await page.getByLabel('Значение 1').click()
    await page.getByRole('option', { name: form.asLiteral('') }).click()
    await page.getByLabel('Значение 1').fill('a+b c')
    await press(page, form.addParameter)
    await page.getByLabel('Имя 2').fill('id')
    await pick(page, 2, 'call_id')
    await save(page)
    const { start } = rig.call('literal')
    await rig.publish(start)
    const [request] = await rig.received('/literal')
    expect(request?.target).toBe(`/literal?key=a%2Bb%20c&id=${start.call_id}`)
  })
})
