import { describe, expect, it } from '@jest/globals'
import { logTextsEn } from '../../../../../src/console/page/log/log-texts.en.ts'
import { logTextsRu } from '../../../../../src/console/page/log/log-texts.ru.ts'
import type { LoggedReason } from '../../../../../src/console/page/log/log-wire.ts'
import { explained } from '../../../../../src/console/page/log/reason-text.ts'
import { faultOwners, outcomeReasons } from '../../../../../src/domain/outcome.ts'

const reasons = Object.keys(outcomeReasons) as LoggedReason[]
const statuses = [400, 401, 403, 404, 405, 408, 409, 410, 415, 418, 425, 429, 500, 502, 503] as const
const cases = [
  ...reasons.map((reason) => [reason, reason === 'redirect' ? 301 : null] as const),
  ...statuses.map((status) => ['http_status', status] as const),
]

/** Latin words that Russians write as they are. */
const international = /\b(?:HTTP|GET|POST|DNS|Content type|https?)\b/g

describe('a reason', () => {
  it.each(cases)('%s %s is told in both languages, with what to do about it', (reason, status) => {
    const told = { reason, status_code: status, redirect_origin: null }
    const russian = explained(told, logTextsRu.reasons)
    const english = explained(told, logTextsEn.reasons)
    expect(russian.what).toMatch(/^[А-ЯЁ][^]*\.$/)
    expect(`${russian.what}${russian.todo}`.replaceAll(international, '')).not.toMatch(/[A-Za-z$]/)
    expect(english.what).toMatch(/^[A-Z][^]*\.$/)
    expect(`${english.what}${english.todo}`).not.toMatch(/[а-яё]|undefined|null/i)
    if (reason === 'ok') return
    expect(russian.todo).toMatch(/^[А-ЯЁ][^]*\.$/)
    expect(english.todo).toMatch(/^[A-Z][^]*\.$/)
  })

  it.each([
    [401, 'Check the webhook’s authentication', 'Проверьте авторизацию'],
    [403, 'Check the webhook’s authentication', 'Проверьте авторизацию'],
    [404, 'Check the path', 'Проверьте путь'],
    [405, 'Choose the other HTTP method', 'другой HTTP метод'],
    [410, 'Enter a new address', 'новый адрес'],
    [415, 'another content type', 'другой Content type'],
    [429, 'Requests per second', 'Запросов в секунду'],
    [500, 'your server’s log', 'журнал своего сервера'],
  ])('of the status %i says what to change', (status, english, russian) => {
    const told = { reason: 'http_status', status_code: status } as const
    expect(explained(told, logTextsEn.reasons).todo).toContain(english)
    expect(explained(told, logTextsRu.reasons).todo).toContain(russian)
  })

  it('of a redirect names where it leads', () => {
    const told = { reason: 'redirect', status_code: 301, redirect_origin: 'https://a.ru' } as const
    expect(explained(told, logTextsEn.reasons).what).toBe('The server answers 301 to https://a.ru.')
    expect(explained(told, logTextsRu.reasons).what).toBe(
      'Сервер отвечает 301 и перенаправляет на https://a.ru.',
    )
    expect(explained(told, logTextsEn.reasons).todo).toContain('change the address')
  })

  it.each(['of_tomorrow', 'toString', '__proto__'])(
    '%s, which is not known here, has words all the same',
    (name) => {
      const told = { reason: name as LoggedReason, status_code: null }
      expect(explained(told, logTextsEn.reasons).what).toBe('This page does not know the reason.')
    },
  )

  it('and whoever owns the fault is named in both languages', () => {
    for (const { owners } of [logTextsRu, logTextsEn]) {
      expect(Object.keys(owners)).toEqual(expect.arrayContaining(Object.keys(faultOwners)))
    }
  })
})

describe('the words of the log', () => {
  it('are nowhere empty, but where nothing is to be done', () => {
    const blank = (texts: object, path: string): readonly string[] =>
      Object.entries(texts).flatMap(([name, text]: [string, unknown]) => {
        const here = `${path}.${name}`
        if (typeof text === 'string') return text.trim() === '' ? [here] : []
        return typeof text === 'object' && text !== null ? blank(text, here) : []
      })
    expect([...blank(logTextsRu, 'ru'), ...blank(logTextsEn, 'en')]).toEqual([
      'ru.reasons.ok.todo',
      'en.reasons.ok.todo',
    ])
  })

  it.each([
    [1, '1 доставка', '1 delivery'],
    [3, '3 доставки', '3 deliveries'],
    [11, '11 доставок', '11 deliveries'],
    [21, '21 доставка', '21 deliveries'],
  ])('count %i as people do', (count, russian, english) => {
    expect(logTextsRu.replay.willSend(count, String(count))).toContain(russian)
    expect(logTextsEn.replay.willSend(count, String(count))).toContain(english)
  })
})
