import { describe, expect, it } from '@jest/globals'
import { addressText, pathText } from '../../../../src/console/page/address-text.ts'
import { shownAddress } from '../../../../src/console/page/host-text.ts'
import { exactTime, relativeTime } from '../../../../src/console/page/relative-time.ts'
import { callPath, editPath, logPath, routeOf } from '../../../../src/console/page/router.ts'
import { answerText } from '../../../../src/console/page/test-words.ts'
import { textsEn } from '../../../../src/console/page/texts.en.ts'
import { textsRu } from '../../../../src/console/page/texts.ru.ts'

describe('an address', () => {
  it.each([
    'http://пример.рф:8080',
    'https://bücher.example',
    'https://例え.テスト',
    'https://кто.это.сделал.рф',
    'http://mañana.com:81',
  ])('%s is shown as its owner writes it', (shown) => {
    const [, before = '', host = '', behind = ''] = /^(https?:\/\/)([^:]+)(.*)$/.exec(shown) ?? []
    const ascii = `${before}${new URL(`http://${host}`).hostname}${behind}`
    expect(ascii).toContain('xn--')
    expect(shownAddress(ascii)).toBe(shown)
  })

  it.each([
    'https://crm.example.com',
    'http://1.2.3.4:81',
    'http://[::1]:81',
    '***',
    'http://xn--.com',
    'http://xn--99999999999.com',
    'http://xn--a.com',
    'http://xn--i-7iq.ws:0',
    '',
  ])('%j that cannot be decoded, or would lead elsewhere, stays', (address) => {
    const shown = shownAddress(address)
    const host = (text: string) => URL.parse(text)?.hostname
    expect(shown === address || host(shown) === host(address)).toBe(true)
  })

  it.each([
    ['', ''],
    ['/', ''],
    ['a/b', '/a/b'],
    ['/a/b', '/a/b'],
    ['0198f1c2-7b1e-7c3a-9a10-5d2f6b7e8a90/token', '/0198f1c2-7b1e-7c3a-9a10-…90/token'],
  ])('with the path %j is followed by %j', (path, shown) => {
    expect(pathText(path)).toBe(shown)
    expect(addressText({ address: 'http://a.ru', path })).toBe(`http://a.ru${shown}`)
  })
})

describe('a time', () => {
  const nowMs = Date.UTC(2026, 2, 14, 12)
  it.each([
    [0, 'now', 'сейчас'],
    [999, 'now', 'сейчас'],
    [-60_000, 'now', 'сейчас'],
    [5_000, '5 seconds ago', '5 секунд назад'],
    [59_999, '59 seconds ago', '59 секунд назад'],
    [120_000, '2 minutes ago', '2 минуты назад'],
    [3 * 3_600_000, '3 hours ago', '3 часа назад'],
    [86_400_000, 'yesterday', 'вчера'],
    [400 * 86_400_000, '400 days ago', '400 дней назад'],
  ])('%i ms ago', (agoMs, english, russian) => {
    expect(relativeTime(nowMs - agoMs, nowMs, 'en')).toBe(english)
    expect(relativeTime(nowMs - agoMs, nowMs, 'ru')).toBe(russian)
  })

  it('is told to the second', () => {
    expect(exactTime(Date.UTC(2026, 2, 14, 12, 5, 7), 'en')).toMatch(/March 1[345], 2026.*05:07/)
  })
})

describe('a route', () => {
  it.each([
    '',
    '#',
    '#/webhooks',
    '#/integrations',
    '#/nonsense',
    '#/webhooks/by-id/',
    '#/webhooks/by-id/%',
    '#/webhooks/by-id/%/deliveries',
    '#/calls/',
    '#/calls/%',
  ])('%j is the list', (hash) => {
    expect(routeOf(hash)).toEqual({ kind: 'list' })
  })

  it('leads back to any id', () => {
    for (const id of ['new', 'a/b?c#d', 'идентификатор', '%41', 'x/deliveries', 'deliveries']) {
      expect(routeOf(editPath(id))).toEqual({ kind: 'edit', webhookId: id })
      expect(routeOf(logPath(id))).toEqual({ kind: 'log', webhookId: id })
      expect(routeOf(callPath(id))).toEqual({ kind: 'call', callId: id })
    }
    expect(routeOf('#/webhooks/new')).toEqual({ kind: 'new' })
  })
})

describe('the answer to a test', () => {
  const answer = {
    event_type: 'call_end',
    delivered: false,
    redirect_origin: null,
    total_ms: 12,
    excerpt: null,
  } as const
  it.each([
    [200, 'ok', 'Delivered: the server answered 200 within 12 ms.', 'ответил 200'],
    [401, 'http_status', 'Check authentication', 'авторизацию'],
    [403, 'http_status', 'Check authentication', 'авторизацию'],
    [404, 'http_status', 'Check the path', 'Проверьте путь'],
    [405, 'http_status', 'Choose the other', 'метод'],
    [415, 'http_status', 'content type', 'Content type'],
    [429, 'http_status', 'too many requests', 'слишком много'],
    [500, 'http_status', 'on its side', 'на его стороне'],
    [418, 'http_status', '200 to 299 is needed', 'от 200 до 299'],
    [301, 'redirect', 'change the address', 'измените адрес'],
    [null, 'unreachable', 'cannot be reached', 'недоступен'],
    [null, 'url_too_long', 'Choose POST', 'Выберите POST'],
    [null, 'body_too_large', 'too large', 'слишком большое'],
  ] as const)('%s %s says what to change', (status, reason, english, russian) => {
    const told = { ...answer, status_code: status, reason }
    expect(answerText(told, textsEn.test.words)).toContain(english)
    expect(answerText(told, textsRu.test.words)).toContain(russian)
  })

  it('names where a redirect leads', () => {
    const told = { ...answer, status_code: 301, reason: 'redirect', redirect_origin: 'https://a.ru' } as const
    expect(answerText(told, textsEn.test.words)).toContain('answers 301 to https://a.ru')
    expect(answerText(told, textsRu.test.words)).toContain('отвечает 301 и перенаправляет на https://a.ru')
  })
})
