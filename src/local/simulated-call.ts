// Calls as a platform would report them: made up, but consistent in themselves. The nth call is always the same
// but for its ids and times, so that a run can be told over again.
import { randomUUID } from 'node:crypto'
import type { CallEventRecord } from '../domain/records.ts'

export interface SimulatedCall {
  /** Null for a missed call: it was never connected. */
  readonly start: CallEventRecord | null
  readonly end: CallEventRecord
}

const cities = ['Москва', 'Казань', 'Санкт-Петербург', 'Екатеринбург']
const managers = ['Иванова Анна', 'Пётр Сидоров', "Mary O'Neil & Co", 'Ольга Ёлкина']
const keywords = ['купить окна', 'окна + балкон 50%', 'window repair']

/** `index` from 0; every fifth call is missed. `nowMs`: epoch milliseconds of the start (of the end, if missed). */
export function simulateCall(index: number, accountId: string, nowMs: number): SimulatedCall {
  const missed = index % 5 === 4
  const waitMs = (3 + (index % 9)) * 1_000
  const talkMs = (20 + ((index * 37) % 300)) * 1_000
  const common = { ...blankEvent, ...visitOf(index), call_id: randomUUID(), account_id: accountId }
  if (missed) {
    const end = { ...common, ...endOf(missed), event_id: randomUUID(), occurred_at: nowMs, time_end: nowMs }
    return { start: null, end: { ...end, time_received: nowMs - waitMs } }
  }
  const times = { time_received: nowMs - waitMs, time_answer: nowMs }
  const start: CallEventRecord = {
    ...common,
    ...times,
    event_type: 'call_start',
    event_id: randomUUID(),
    occurred_at: nowMs,
    is_answered: true,
    manager_number: '+74957654321',
    manager_name: pick(managers, index),
  }
  // The demo does not wait for the talk to be over: the end is reported at once, with the times it would have.
  const end: CallEventRecord = {
    ...start,
    ...endOf(missed),
    event_id: randomUUID(),
    occurred_at: nowMs,
    time_received: nowMs - waitMs - talkMs,
    time_answer: nowMs - talkMs,
    time_end: nowMs,
    hold_duration: 0,
    record_url: `https://records.example.com/r/${common.call_id}`,
    record_status: 'ready',
  }
  return { start, end }
}

function endOf(missed: boolean): Partial<CallEventRecord> & Pick<CallEventRecord, 'event_type'> {
  return {
    event_type: 'call_end',
    call_status: missed ? 'missed' : 'answered',
    is_answered: !missed,
    hangup_cause: missed ? 'no_answer' : 'normal_clearing',
    hangup_code: missed ? 480 : 200,
    transfer_count: 0,
    is_target: !missed,
    record_status: 'none',
  }
}

function visitOf(index: number): Partial<CallEventRecord> {
  return {
    call_type: 'dynamic',
    direction: 'inbound',
    client_number: `+7916${String(1_000_000 + index).padStart(7, '0')}`,
    is_anonymous: false,
    calltracking_number: '+74951234567',
    office_name: 'Офис на Тверской',
    city: pick(cities, index),
    region: pick(cities, index),
    country: 'RU',
    device: index % 2 === 0 ? 'mobile' : 'desktop',
    ip: `203.0.113.${index % 250}`,
    host: 'okna.example.ru',
    source_type: 'cpc',
    source: 'yandex',
    keyword: pick(keywords, index),
    utm_source: 'yandex',
    utm_medium: 'cpc',
    utm_campaign: 'okna_msk',
    ga_clid: '345345353.1700000000',
    company_name: 'Окна Москва',
    tags: ['целевой', 'новый'],
    is_unique: true,
  }
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? ''
}

/** Every field that a call need not have. */
const blankEvent: CallEventRecord = {
  event_id: '',
  event_type: 'call_end',
  call_id: '',
  account_id: '',
  occurred_at: 0,
  call_type: null,
  direction: null,
  parent_call_id: null,
  external_call_id: null,
  client_number: null,
  is_anonymous: null,
  calltracking_number: null,
  manager_number: null,
  manager_extension: null,
  time_received: null,
  time_answer: null,
  time_end: null,
  hold_duration: null,
  call_status: null,
  is_answered: null,
  hangup_cause: null,
  hangup_code: null,
  manager_name: null,
  office_name: null,
  dtmf_pressed: null,
  transfer_count: null,
  record_url: null,
  record_status: null,
  session_id: null,
  source_type: null,
  source: null,
  keyword: null,
  utm_source: null,
  utm_medium: null,
  utm_campaign: null,
  utm_term: null,
  utm_content: null,
  gclid: null,
  yclid: null,
  ga_clid: null,
  ym_client_id: null,
  landing_page: null,
  call_page: null,
  referrer: null,
  ip: null,
  device: null,
  country: null,
  region: null,
  city: null,
  host: null,
  company_name: null,
  tags: null,
  is_unique: null,
  is_target: null,
  custom_1: null,
  custom_2: null,
  custom_3: null,
}
