// Every parameter, in every way of sending, and values that are hard to send.
import { parameterCatalogue } from '../../../../src/domain/parameter-catalogue.ts'
import { end, literals, pairs, post, start, ways } from './golden-case.ts'
import type { GoldenCase } from './golden-case.ts'

const every = { parameters: pairs(...parameterCatalogue.map(({ name }) => name)) }
const json = post('application/json')
/** The other XML is written as application/xml is. */
const waysButOne = ways.filter(([name]) => name !== 'text/xml')

/** One value of each kind. */
const kinds = {
  parameters: pairs(
    'call=call_id',
    'телефон=client_number',
    'sec=duration',
    'answered=is_answered',
    'from=time_start',
    'link=record_url',
    'operator=manager_name',
    'метки=tags',
  ),
}

const everyParameter: readonly GoldenCase[] = [
  { title: 'Every call parameter in a query, at the end', webhook: every, event: end },
  { title: 'Every call parameter in a query, at the start', webhook: every, event: start },
  { title: 'Every call parameter as JSON, at the end', webhook: { ...json, ...every }, event: end },
  { title: 'Every call parameter as JSON, at the start', webhook: { ...json, ...every }, event: start },
]

const everyWay: readonly GoldenCase[] = ways.flatMap(([name, way]) => [
  { title: `One value of each kind, ${name}, at the end`, webhook: { ...way, ...kinds }, event: end },
  { title: `One value of each kind, ${name}, at the start`, webhook: { ...way, ...kinds }, event: start },
])

const unknown = { of: 'call_end', city: null, tags: null, manager_name: '' } as const
const mostlyUnknown = pairs('city', 'tags', 'manager_name', 'country')

const missing: readonly GoldenCase[] = waysButOne.flatMap(([name, way]) => [
  {
    title: `Values that are not known, ${name}, sent empty`,
    webhook: { ...way, missing_values: 'empty', parameters: mostlyUnknown },
    event: unknown,
  },
  {
    title: `Values that are not known, ${name}, left out`,
    note: 'An empty text is known.',
    webhook: { ...way, missing_values: 'omit', parameters: mostlyUnknown },
    event: unknown,
  },
])

const nothingLeft: readonly GoldenCase[] = waysButOne.map(([name, way]) => ({
  title: `Nothing is left to send, ${name}`,
  webhook: { ...way, missing_values: 'omit', parameters: pairs('city') },
  event: unknown,
}))

const odd = literals(
  ['plus', '1+1 = 2'],
  ['encoded', '%2B%20&amp;'],
  ['url', 'a&b=c;d#e?f/../g'],
  ['quotes', `"it's" \\ <b>]]>`],
  ['lines', 'a\r\nX-Evil: 1\n\tb\u0085c\u2028d'],
  ['controls', '\u0000\u001b[31m\u007f\u009f'],
  ['lone', 'a\ud83dЯ\ude00'],
  ['emoji', '👩‍👩‍👧 🇷🇺 é'],
  ['invisible', '\ufeff\u202eא\u200b\ufffe\u{10ffff}'],
  ['empty', ''],
  ['blank', '  '],
  ['boundary', '--webhook-41178cf5-94e2-55b6-afff-ea8f530279fa--'],
)

const hardTexts: readonly GoldenCase[] = waysButOne.map(([name, way]) => ({
  title: `Texts that are hard to send, ${name}`,
  ...(name === 'multipart' && { note: 'No value may begin with the boundary, so the boundary gives way.' }),
  webhook: { ...way, parameters: odd },
  event: end,
  sent: { deliveryId: '41178cf5-94e2-55b6-afff-ea8f530279fa' },
}))

const oddNames = literals(
  ['__proto__', '1'],
  ['constructor', '2'],
  ['10', '3'],
  ['2', '4'],
  ['phones[]', '5'],
  ['a b+c&d', '6'],
  ['имя "в\\кавычках"', '7'],
  ["<tag attr='x'>", '8'],
  ['a\r\nb\ud83d', '9'],
  [' ', '10'],
)

const names: readonly GoldenCase[] = [
  ...waysButOne
    .filter(([name]) => name !== 'text/plain')
    .map(([name, way]) => ({
      title: `Names that are hard to send, ${name}`,
      webhook: { ...way, parameters: oddNames },
      event: end,
    })),
  {
    title: 'Names that are hard to send, text/plain',
    note: 'No name holds an equals sign there.',
    webhook: {
      ...post('text/plain'),
      parameters: oddNames.map((one) => ({ ...one, name: one.name.replaceAll('=', ':') })),
    },
    event: end,
  },
  ...waysButOne
    .filter(([name]) => name !== 'JSON')
    .map(([name, way]) => ({
      title: `A name that repeats keeps its places, ${name}`,
      webhook: {
        ...way,
        parameters: [...pairs('n=call_id', 'm=city', 'n=device'), ...literals(['n', 'last'])],
      },
      event: end,
    })),
  {
    title: 'A free text from the event is treated as a literal is',
    webhook: { parameters: pairs('keyword', 'manager_name', 'custom_1') },
    event: {
      of: 'call_start',
      keyword: 'окна + балкон 50%',
      manager_name: "Mary O'Neil & Co",
      custom_1: '\u0000\ud83d',
    },
  },
]

const atTime = (title: string, time_zone: string | null, time: string, note?: string): GoldenCase => ({
  title,
  ...(note !== undefined && { note }),
  webhook: { ...json, ...(time_zone !== null && { time_zone }), parameters: pairs('time_answer') },
  event: { of: 'call_start', time_answer: time },
})

const times: readonly GoldenCase[] = [
  atTime('A time without a zone is UTC', null, '2026-03-14T09:15:02.999Z', 'Whole seconds, not rounded up.'),
  atTime('A time in Moscow', 'Europe/Moscow', '2026-03-14T09:15:02Z'),
  atTime('A time in Moscow may be of the next day', 'Europe/Moscow', '2026-12-31T22:00:00Z'),
  atTime('New York, the second before summer time', 'America/New_York', '2026-03-08T06:59:59Z'),
  atTime('New York, the first second of summer time', 'America/New_York', '2026-03-08T07:00:00Z'),
  atTime('New York, half past one in summer time', 'America/New_York', '2026-11-01T05:30:00Z'),
  atTime('New York, half past one again an hour later', 'America/New_York', '2026-11-01T06:30:00Z'),
  atTime('Lord Howe moves its clocks by half an hour', 'Australia/Lord_Howe', '2026-04-04T15:00:00Z'),
  atTime('Kathmandu is off by three quarters of an hour', 'Asia/Kathmandu', '2026-03-14T23:59:59Z'),
  atTime('A zone that is UTC under another name', 'Etc/UTC', '2026-03-14T09:15:02Z'),
  atTime('London in winter is no UTC', 'Europe/London', '2026-01-14T09:15:02Z'),
  {
    title: 'The plus of a zone in a query and of a number',
    webhook: { time_zone: 'Europe/Moscow', parameters: pairs('time_answer', 'client_number') },
    event: start,
  },
  {
    title: 'The plus of a zone in a form and of a number',
    webhook: {
      ...post('application/x-www-form-urlencoded'),
      time_zone: 'Europe/Moscow',
      parameters: pairs('time_answer', 'client_number'),
    },
    event: start,
  },
  {
    title: 'A time that makes no sense is not known',
    webhook: { ...json, parameters: pairs('time_answer', 'time_received', 'time_end', 'total_duration') },
    event: { of: 'call_end', time_answer: -1, time_received: 253_402_300_800_000, time_end: 0 },
  },
]

export const casesOfValues: readonly GoldenCase[] = [
  ...everyParameter,
  ...everyWay,
  ...missing,
  ...nothingLeft,
  ...hardTexts,
  ...names,
  ...times,
]
