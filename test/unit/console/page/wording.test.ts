import { describe, expect, it } from '@jest/globals'
import { fieldLabel } from '../../../../src/console/page/field-label.ts'
import { parameterMeaning } from '../../../../src/console/page/parameter-meaning.ts'
import { pickerGroups } from '../../../../src/console/page/picker-options.ts'
import { textsEn } from '../../../../src/console/page/texts.en.ts'
import { textsRu } from '../../../../src/console/page/texts.ru.ts'
import { wordings } from '../../../../src/console/page/wording.ts'
import { parameterCatalogue } from '../../../../src/domain/parameter-catalogue.ts'
import { readWebhookForm } from '../../../../src/domain/webhook-form.ts'
import { limitNames } from '../../../../src/domain/webhook-limits.ts'
import { webhookLimits } from '../../../../src/domain/webhook-rules.ts'
import { warningsOf } from '../../../../src/domain/webhook-warnings.ts'

const good = {
  webhook_id: 'w',
  account_id: 'a',
  address: 'mysite.ru',
  method: 'POST',
  event_types: ['call_end'],
}
const twice = [
  { name: 'a', parameter: 'city' },
  { name: 'a', parameter: 'city' },
]

/** Whole forms, each with faults that a client can bring about in the page. */
const faulty: readonly Readonly<Record<string, unknown>>[] = [
  ...[
    '',
    'http://',
    'ftp://mysite.ru',
    'https:mysite.ru',
    'a@b.ru',
    'a.ru/b',
    'a.ru?b',
    'a.ru#b',
    'a.ru:',
  ].map((address) => ({ ...good, address })),
  ...[
    'a.ru:x',
    'a.ru:0',
    'a.ru:99999',
    'a.ru:25',
    'a b',
    'a\\b',
    'a\u0007',
    `${'a'.repeat(300)}.ru`,
    'a'.repeat(600),
  ].map((address) => ({ ...good, address })),
  ...['a?b', 'a#b', 'a\u0007', 'x'.repeat(3_000), 'я'.repeat(1_000)].map((path) => ({ ...good, path })),
  { ...good, method: 'PUT', event_types: [], content_type: 'image/png' },
  { ...good, parameters: twice },
  {
    ...good,
    parameters: [{ name: '' }, { name: 'x', parameter: 'durration' }, { name: 'y', parameter: '%%%' }],
  },
  { ...good, parameters: [{ name: 'n'.repeat(300), literal: 'x'.repeat(3_000) }] },
  { ...good, parameters: Array.from({ length: 201 }, () => ({ name: 'n', literal: '' })) },
  { ...good, content_type: 'text/plain', parameters: [{ name: 'a=b', literal: '' }] },
  {
    ...good,
    method: 'GET',
    parameters: Array.from({ length: 5 }, () => ({ name: 'n', literal: 'x'.repeat(2_000) })),
  },
  {
    ...good,
    headers: [
      { name: 'Host', value: 'x' },
      { name: 'a b', value: ' x' },
      { name: '', value: '' },
    ],
  },
  {
    ...good,
    headers: [
      { name: 'A', value: 'sealed:v1:x' },
      { name: 'a', value: 'я' },
      { name: 'b', value: '***' },
    ],
  },
  { ...good, headers: Array.from({ length: 21 }, (_, index) => ({ name: `h${index}`, value: 'x' })) },
  { ...good, authentication: { type: 'basic', username: 'a:b', password: '\u0007' } },
  { ...good, authentication: { type: 'basic' }, headers: [{ name: 'Authorization', value: 'x' }] },
  { ...good, authentication: { type: 'bearer', token: 'a b' } },
  { ...good, authentication: { type: 'bearer', token: '' } },
  { ...good, authentication: { type: 'digest' } },
  { ...good, signing_secrets: ['x', 'whsec_AAAA', 'whsec_AAAA', '***'] },
  { ...good, signing_secrets: Array.from({ length: 6 }, () => 'x') },
  {
    ...good,
    time_zone: 'Moscow',
    missing_values: 'zero',
    tls_verification: 'pinned',
    limits: { total_timeout_ms: '5 s', concurrency: '4', rate_per_second: 'one', retry_horizon_s: '1 h' },
  },
  { ...good, tls_verification: 'off' },
  { ...good, limits: { total_timeout_ms: 0, concurrency: 0, rate_per_second: 0, retry_horizon_s: 0 } },
]

const faults = faulty.flatMap((form) => {
  const reading = readWebhookForm(form)
  return reading.kind === 'invalid' ? reading.faults : []
})

/** Latin words that Russians write as they are. */
const international =
  /\b(?:https?|IP|GET|POST|HTTP|UTC|mysite|ru|Europe|Moscow|whsec_|Base64|Authorization|webhook|text|plain|duration)\b|whsec_/g

describe('faults in Russian', () => {
  it('has forms with faults only to try them on', () => {
    expect(faulty.filter((form) => readWebhookForm(form).kind === 'valid')).toEqual([])
    expect(new Set(faults.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(9)
  })

  it.each(faults.map((fault) => [fault.path, fault.rule, fault.found.slice(0, 60), fault] as const))(
    '%s %s %s',
    (_path, _rule, _found, fault) => {
      const text = wordings.ru.faultText(fault)
      expect(text).toMatch(/^[А-ЯЁ].*[.?]$/)
      expect(text.replaceAll(international, '')).not.toMatch(/[A-Za-z$]/)
    },
  )

  it.each([
    ['a.ru/b', 'Здесь только хост. Путь указывается в поле «Путь».'],
    ['a.ru:25', 'Порт 25 закрыт: его занимает не HTTP. Укажите другой порт.'],
    ['a.ru:0', 'Порт — целое число от 1 до 65535.'],
    ['', 'Укажите домен или IP-адрес сервера.'],
  ])('the address %j', (address, text) => {
    const reading = readWebhookForm({ ...good, address })
    expect(reading.kind === 'invalid' && reading.faults.map(wordings.ru.faultText)).toEqual([text])
  })

  it.each([
    ['concurrency', 0, 'Целое число от 1 до 1000.', 'Is 0; allowed: a whole number from 1 to 1000.'],
    ['rate_per_second', 0.001, 'Число от 0,01 до 10000.', 'Is 0.001; allowed: a number from 0.01 to 10000.'],
    [
      'retry_horizon_s',
      2_592_060,
      'От 1 секунды до 30 суток (720 часов), без долей секунды.',
      'Allowed: from 1 second to 30 days (720 hours), without parts of a second.',
    ],
  ])('of the limit %s, %d', (name, value, russian, english) => {
    const reading = readWebhookForm({ ...good, limits: { [name]: value } })
    const told = reading.kind === 'invalid' ? reading.faults : []
    expect(told.map(wordings.ru.faultText)).toEqual([russian])
    expect(told.map(wordings.en.faultText)).toEqual([english])
  })

  it('asks for a stored secret anew where the address is another', () => {
    const fault = {
      path: 'headers[0].value',
      rule: 'conflict',
      found: 'was stored for another address',
      allowed: 'the value, given anew',
    } as const
    expect(wordings.ru.faultText(fault)).toBe(
      'Сохранено для другого адреса и на новый не передаётся. Введите заново.',
    )
    expect(wordings.en.faultText(fault)).toBe(
      'Was stored for another address; allowed: the value, given anew.',
    )
  })

  it('says the same of a stored port, which is no field of its own here', () => {
    const fault = { path: 'port', rule: 'range', found: 'is 0', allowed: 'a whole number' } as const
    expect(wordings.ru.faultText(fault)).toBe('Порт — целое число от 1 до 65535.')
    expect(fieldLabel('port', textsRu)).toBe('Хост, порт и протокол')
    expect(fieldLabel('parameters[1].source.parameter', textsEn)).toBe('Request parameters, 2')
  })
})

it('says faults in English as sentences without the field’s path', () => {
  const reading = readWebhookForm({ ...good, address: 'a.ru:0' })
  expect(reading.kind === 'invalid' && reading.faults.map(wordings.en.faultText)).toEqual([
    'Has a port outside its range; allowed: a whole number from 1 to 65535.',
  ])
})

it('has Russian words for every warning', () => {
  const reading = readWebhookForm({
    ...good,
    event_types: ['call_start'],
    parameters: [{ name: 'len', parameter: 'duration' }],
    headers: [{ name: 'X-Key', value: 'x' }],
  })
  const warnings = reading.kind === 'valid' ? warningsOf(reading.webhook) : []
  expect(warnings.map(({ rule }) => rule)).toEqual(['credentials_over_http', 'unknown_at_start'])
  for (const warning of warnings) expect(wordings.ru.warningText(warning)).toMatch(/^[А-ЯЁ][^$]*\.$/)
})

describe('the page’s words', () => {
  it('name the ranges of limits as they are', () => {
    const { maxConcurrency, minRatePerSecond, maxRatePerSecond, maxRetryHorizonS } = webhookLimits
    for (const { advanced } of [textsRu, textsEn]) {
      expect(advanced.totalTimeoutHint).toContain(String(webhookLimits.maxTotalTimeoutMs))
      expect(advanced.concurrencyHint).toContain(String(maxConcurrency))
      expect(advanced.ratePerSecondHint.replace(',', '.')).toContain(String(minRatePerSecond))
      expect(advanced.ratePerSecondHint).toContain(String(maxRatePerSecond))
      expect(advanced.retryHorizonHint).toContain(` ${maxRetryHorizonS / 86_400} `)
    }
  })

  it('call each limit as its field is called, where a fault stands in the list', () => {
    const labels = limitNames.map((name) => fieldLabel(`limits.${name}`, textsEn))
    const { totalTimeout, concurrency, ratePerSecond, retryHorizon } = textsEn.advanced
    expect(labels).toEqual([totalTimeout, concurrency, ratePerSecond, retryHorizon])
    expect(fieldLabel('limits', textsRu)).toBe('Ограничения')
  })

  it('are the description’s in Russian', () => {
    const { form } = textsRu
    expect([textsRu.integrations, textsRu.webhooks, textsRu.addAddress]).toEqual([
      'Интеграции',
      'Вебхуки',
      '+ Адрес',
    ])
    expect([form.address, form.path, form.parameters]).toEqual([
      'Хост, порт и протокол',
      'Путь',
      'Параметры запроса',
    ])
    expect([form.name, form.value, form.method]).toEqual(['Имя', 'Значение', 'HTTP метод'])
    expect([form.eventType, form.contentType, form.add]).toEqual(['Тип события', 'Content type', 'Добавить'])
  })

  it('are nowhere empty', () => {
    const blank = (texts: object, path: string): readonly string[] =>
      Object.entries(texts).flatMap(([name, text]: [string, unknown]) => {
        const here = `${path}.${name}`
        if (typeof text === 'string') return text.trim() === '' ? [here] : []
        return typeof text === 'object' && text !== null ? blank(text, here) : []
      })
    expect([...blank(textsRu, 'ru'), ...blank(textsEn, 'en')]).toEqual([])
  })

  it.each([
    [1, 'Проверьте форму: 1 ошибка.'],
    [3, 'Проверьте форму: 3 ошибки.'],
    [11, 'Проверьте форму: 11 ошибок.'],
    [21, 'Проверьте форму: 21 ошибка.'],
  ])('count %i as Russians do', (count, text) => {
    expect(textsRu.form.faults(count)).toBe(text)
  })
})

describe('the picker', () => {
  it.each(['ru', 'en'] as const)(
    'lists every name of the catalogue at first, with its meaning (%s)',
    (language) => {
      const options = pickerGroups('', language).flatMap(({ options }) => options)
      expect(options.map(({ name }) => name)).toEqual(parameterCatalogue.map(({ name }) => name))
      expect(options.filter(({ meaning }) => meaning.length < 3)).toEqual([])
      expect(new Set(options.map(({ meaning }) => meaning)).size).toBeGreaterThan(options.length - 4)
    },
  )

  it.each([
    ['dura', 'en', 'duration'],
    ['длительность', 'ru', 'duration'],
    ['НОМЕР клиента', 'ru', 'client_number'],
    ['клиента номер', 'ru', 'client_number'],
    ['tracking number dialled', 'en', 'calltracking_number'],
  ] as const)('finds %j (%s)', (typed, language, name) => {
    const [first] = pickerGroups(typed, language).flatMap(({ options }) => options)
    expect(first?.name).toBe(name)
  })

  it('finds nothing where nothing fits, and marks what is known only at the end', () => {
    expect(pickerGroups('no such thing', 'en')).toEqual([])
    const marked = pickerGroups('', 'en').flatMap(({ options }) =>
      options.filter(({ isEndOnly }) => isEndOnly),
    )
    expect(marked.map(({ name }) => name)).toContain('duration')
    expect(marked.map(({ name }) => name)).not.toContain('client_number')
  })

  it('speaks Russian of every parameter', () => {
    const foreign = parameterCatalogue.filter(({ name }) => !/[А-Яа-я]/.test(parameterMeaning(name, 'ru')))
    expect(foreign).toEqual([])
  })
})
