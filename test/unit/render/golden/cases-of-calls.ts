// Calls as platforms tell of them, the odd ones included.
import { end, pairs, post, start } from './golden-case.ts'
import type { EventDifferences, GoldenCase } from './golden-case.ts'

const json = post('application/json')
const course = pairs(
  'event_type',
  'call_status',
  'is_answered',
  'time_received',
  'time_start',
  'time_answer',
  'time_end',
  'duration',
  'wait_duration',
  'total_duration',
  'record_status',
  'record_url',
)

/** What a call has that nobody answered. */
const unanswered: EventDifferences = {
  ...end,
  time_answer: null,
  is_answered: false,
  hold_duration: null,
  is_target: false,
  record_status: 'none',
  record_url: null,
}

const ofCourse = (title: string, event: EventDifferences, note?: string): GoldenCase => ({
  title,
  ...(note !== undefined && { note }),
  webhook: { ...json, parameters: course },
  event,
})

export const casesOfCalls: readonly GoldenCase[] = [
  ofCourse('An answered call, at its start', start, 'What only the end knows is null, never 0 or false.'),
  ofCourse('An answered call, at its end', end),
  ofCourse(
    'A missed call',
    { ...unanswered, call_status: 'missed', hangup_cause: 'no_answer', hangup_code: 480 },
    'It has only an end; it began when it reached the number, and nobody talked: 0 is known here.',
  ),
  ofCourse('A busy operator', {
    ...unanswered,
    call_status: 'busy',
    hangup_cause: 'user_busy',
    hangup_code: 486,
  }),
  {
    title: 'A client who hung up before the answer, as a query',
    webhook: { parameters: course },
    event: { ...unanswered, call_status: 'cancelled', time_end: '2026-03-14T09:15:09Z' },
  },
  ofCourse('A call that went to voicemail', {
    ...unanswered,
    call_status: 'voicemail',
    record_status: 'ready',
    record_url: 'https://records.example.com/r/voicemail',
  }),
  ofCourse('A blocked client', { ...unanswered, call_status: 'blocked', time_end: '2026-03-14T09:15:02Z' }),
  {
    title: 'An anonymous client, as JSON',
    webhook: { ...json, parameters: pairs('client_number', 'client_number_digits', 'is_anonymous') },
    event: { ...end, client_number: null, is_anonymous: true },
  },
  {
    title: 'An anonymous client, as a query',
    webhook: { parameters: pairs('client_number', 'client_number_digits', 'is_anonymous') },
    event: { ...start, client_number: null, is_anonymous: true },
  },
  {
    title: 'A client whose platform calls hidden numbers "Anonymous"',
    note: 'What is no E.164 number passes as it came; its digits are not known.',
    webhook: { parameters: pairs('client_number', 'client_number_digits') },
    event: { ...end, client_number: 'Anonymous' },
  },
  {
    title: 'A SIP address as operator, as a query',
    webhook: { parameters: pairs('manager_number', 'manager_number_digits', 'manager_extension') },
    event: { ...end, manager_number: 'sip:anna+1@vpbx400.example.ru;transport=tls', manager_extension: null },
  },
  {
    title: 'A SIP address as operator, as JSON',
    webhook: { ...json, parameters: pairs('manager_number', 'manager_number_digits') },
    event: { ...end, manager_number: 'sip:anna+1@vpbx400.example.ru;transport=tls' },
  },
  {
    title: 'Extensions with leading zeros stay texts',
    webhook: {
      ...json,
      parameters: pairs('manager_number', 'manager_number_digits', 'manager_extension', 'dtmf_pressed'),
    },
    event: { ...end, manager_number: '0042', manager_extension: '007', dtmf_pressed: '00*#' },
  },
  {
    title: 'Ids that no double can hold stay texts',
    webhook: {
      ...json,
      parameters: pairs('yclid', 'ym_client_id', 'ga_clid', 'gclid', 'account_id', 'user_id'),
    },
    event: end,
  },
  {
    title: 'A call without a visit, at its start',
    webhook: {
      parameters: pairs(
        'session_id',
        'source_type',
        'utm_source',
        'keyword',
        'ga_clid',
        'ip',
        'city',
        'landing_page',
      ),
    },
    event: { ...start, ...withoutVisit() },
  },
  {
    title: 'A call without a visit, at its end',
    webhook: {
      ...json,
      parameters: pairs(
        'session_id',
        'source_type',
        'utm_source',
        'keyword',
        'ga_clid',
        'ip',
        'city',
        'landing_page',
      ),
    },
    event: { ...end, ...withoutVisit() },
  },
  {
    title: 'A recording that is still being made',
    note: 'Nothing waits for it: the link is stable, or there is none.',
    webhook: { ...json, parameters: pairs('record_status', 'record_url') },
    event: { ...end, record_status: 'processing', record_url: null },
  },
  {
    title: 'A recording that is still being made and has its link already',
    webhook: { parameters: pairs('record_status', 'record_url') },
    event: { ...end, record_status: 'processing' },
  },
  {
    title: 'A recording whose link has a query of its own',
    webhook: { parameters: pairs('record_url') },
    event: { ...end, record_url: 'https://records.example.com/get?id=7&sign=a+b%2Fc==#t=0' },
  },
  {
    title: 'A call that was transferred twice',
    note: 'One start and one end; the operator is the last one.',
    webhook: {
      ...json,
      parameters: pairs('call_id', 'parent_call_id', 'transfer_count', 'manager_name', 'hold_duration'),
    },
    event: { ...end, transfer_count: 2, manager_name: 'Пётр Сидоров', hold_duration: 31 },
  },
  {
    title: 'A call back: the operator was called first',
    webhook: { ...json, parameters: pairs('call_type', 'direction', 'client_number', 'wait_duration') },
    event: { ...start, call_type: 'callback', direction: 'outbound' },
  },
  ofCourse(
    'A call of no length: answered and ended in the same second',
    { ...end, time_answer: '2026-03-14T09:15:02Z', time_end: '2026-03-14T09:15:02.900Z', is_target: false },
    'Seconds are whole, rounded down.',
  ),
  ofCourse('A call that ended hours later, after midnight', { ...end, time_end: '2026-03-15T00:00:01Z' }),
  ofCourse(
    'Clocks that contradict each other',
    { ...end, time_answer: '2026-03-14T09:18:00Z' },
    'The answer lies after the end: how long they talked is not known.',
  ),
  ofCourse(
    'A platform that writes the year 1 for times that it does not know',
    { ...end, time_answer: '0001-01-01T00:00:00Z' },
    'A time before 1970 is not known, and neither is how long it is ago.',
  ),
  {
    title: 'A corrected end is another event of the same call',
    note: 'Another webhook-id: it is no repeat.',
    webhook: { ...json, parameters: pairs('call_id', 'event_id', 'duration') },
    event: { ...end, event_id: '0198f1c9-0000-7e51-b0c2-1a2b3c4d5e6f', time_end: '2026-03-14T09:17:45Z' },
  },
  ofCourse(
    'A platform that does not say whether anybody answered',
    { ...end, is_answered: null, time_answer: null, call_status: null },
    'What follows from it is not known either.',
  ),
  {
    title: "A platform's own words, in Cyrillic",
    webhook: { parameters: pairs('call_status', 'call_type', 'hangup_cause', 'hangup_code') },
    event: {
      ...end,
      call_status: 'Абонент не ответил',
      call_type: 'Динамический коллтрекинг',
      hangup_cause: '1111: клиент не дождался',
      hangup_code: 1111,
    },
  },
  {
    title: 'A status that is a pair of codes',
    webhook: { ...json, parameters: pairs('status=call_status') },
    event: { ...end, call_status: '200/487' },
  },
  {
    title: 'An event that says nothing but its ids',
    webhook: {
      ...json,
      parameters: pairs(
        'call_id',
        'event_id',
        'event_type',
        'account_id',
        'client_number',
        'is_answered',
        'duration',
        'tags',
      ),
    },
    event: { ...start, ...nothing() },
  },
  {
    title: 'A visitor with an IPv6 address',
    webhook: { parameters: pairs('ip') },
    event: { ...start, ip: '2001:db8::7' },
  },
  {
    title: 'No tags, and an empty list of them',
    note: 'An empty list is known: in JSON it is no null.',
    webhook: { ...json, parameters: pairs('tags', 'city') },
    event: { ...end, tags: [], city: '' },
  },
  {
    title: 'Tags with commas, as a form',
    webhook: { ...post('application/x-www-form-urlencoded'), parameters: pairs('tags') },
    event: { ...end, tags: ['a,b', 'c d', ''] },
  },
]

function withoutVisit(): Record<string, null> {
  const fields =
    'session_id source_type source keyword utm_source utm_medium utm_campaign utm_term utm_content gclid yclid ga_clid ' +
    'ym_client_id landing_page call_page referrer ip device country region city'
  return Object.fromEntries(fields.split(' ').map((name) => [name, null]))
}

function nothing(): Record<string, null> {
  const fields =
    'call_type direction parent_call_id external_call_id client_number is_anonymous calltracking_number manager_number ' +
    'manager_extension time_received time_answer manager_name office_name dtmf_pressed host company_name tags is_unique ' +
    'is_answered custom_1 custom_2 custom_3'
  return { ...withoutVisit(), ...Object.fromEntries(fields.split(' ').map((name) => [name, null])) }
}
