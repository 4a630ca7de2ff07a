// The words of the log in Russian. Their type is what the other languages must fill in.
import type { EventType } from '../../../domain/call-event.ts'
import { reasonTextsRu } from './reason-texts.ru.ts'
import type { Health, LoggedOwner, LoggedResult } from './log-wire.ts'

const plural = new Intl.PluralRules('ru')

/** `one` for 1, 21, 31; `few` for 2 to 4; `many` for the rest. */
function form(count: number, one: string, few: string, many: string): string {
  const kind = plural.select(count)
  return kind === 'one' ? one : kind === 'few' ? few : many
}

const deliveries = (count: number, text: string): string =>
  `${text} ${form(count, 'доставка', 'доставки', 'доставок')}`

export const logTextsRu = {
  reasons: reasonTextsRu,
  title: 'Что произошло',
  callTitle: 'Звонок',
  edit: 'Изменить вебхук',
  editOf: (address: string) => `Изменить вебхук ${address}`,
  webhookGone: 'вебхук удалён',
  logOf: (address: string) => `Все попытки на ${address}`,
  attempts: 'Попытки',
  onlyFailed: 'Только недоставленные',
  shown: (shown: string, total: string | null) =>
    total === null ? `Показано ${shown}` : `Показано ${shown} из ${total}`,
  more: 'Показать ещё',
  hasNew: 'Есть новые попытки.',
  showNew: 'Показать новые',
  away: 'Связь прервалась: новые попытки сейчас не видны. Пробуем снова…',
  empty: 'Попыток пока не было.',
  emptyFailed: 'Недоставленных нет.',
  emptyCall: 'О таком звонке ничего не записано. Проверьте ID; старые записи удаляются.',
  sendAgain: 'Отправить ещё раз',
  sendAgainOf: (event: string, time: string) => `Отправить ещё раз: ${event}, ${time}`,
  sendAgainWindow: 'Отправить недоставленные ещё раз',
  details: 'Подробнее',
  attempt: (attempt: number) => `попытка ${attempt}`,
  noAttempt: 'без запроса',
  replayed: 'отправлено ещё раз',
  call: (id: string) => `Звонок ${id}`,
  nextAttempt: 'Следующая попытка',
  took: (time: string) => `за ${time}`,
  events: { call_start: 'Начало звонка', call_end: 'Завершение звонка', unknown: 'Событие' } satisfies Record<
    EventType | 'unknown',
    string
  > as Readonly<Record<EventType | 'unknown', string>>,
  results: {
    delivered: 'Доставлено',
    retry_scheduled: 'Не доставлено, повторим',
    deferred: 'Отложено',
    failed: 'Не доставлено',
    expired: 'Устарело',
    cancelled: 'Отменено',
    rejected: 'Не отправлено',
    shadowed: 'Пробный режим: не отправлялось',
    unknown: 'Неизвестно',
  } satisfies Record<LoggedResult, string> as Readonly<Record<LoggedResult, string>>,
  owner: 'На чьей стороне',
  owners: {
    receiver: 'ваш сервер',
    network: 'сеть на пути к серверу',
    config: 'настройки вебхука',
    blocked: 'запрещённый адрес',
    worker: 'наш сервис',
    unknown: 'неизвестно',
  } satisfies Record<LoggedOwner, string> as Readonly<Record<LoggedOwner, string>>,
  facts: {
    request: 'Запрос',
    queued: 'Ждало отправки',
    connect: 'Соединение',
    firstByte: 'До первого байта ответа',
    total: 'Всего',
    eventAge: 'После события прошло',
    cut: 'Сокращены, чтобы запрос поместился',
    callId: 'ID звонка',
    eventId: 'ID события',
    deliveryId: 'ID доставки (webhook-id)',
  },
  answer: 'Начало ответа сервера',
  health: {
    title: 'Как идёт доставка',
    hour: 'За последний час',
    day: 'За сутки',
    share: (percent: string) => `доставлено ${percent}`,
    of: (delivered: string, all: string) => `${delivered} из ${all}`,
    nothing: 'ничего не отправлялось',
    delay: 'Задержка от события',
    delayIs: (usual: string, slow: string) => `обычно ${usual}, у 5 % — от ${slow}`,
    requests: 'Запросы',
    breakers: {
      closed: 'идут',
      open: 'остановлены ненадолго: сервер много раз подряд их не принял',
      trying: 'пробуем, ответит ли сервер снова',
    } satisfies Record<Health['breaker'], string> as Readonly<Record<Health['breaker'], string>>,
    parked: 'Ждут следующей попытки',
    nextDue: 'ближайшая',
    nobody: 'ничего',
    chart: 'По часам за сутки',
    chartSays: (delivered: string, failed: string) =>
      `Столбцы по часам за сутки: доставлено ${delivered}, не доставлено ${failed}.`,
    asTable: 'Таблицей',
    from: 'Час',
    delivered: 'Доставлено',
    failed: 'Не доставлено',
  },
  suspension: {
    suspended: 'Доставка приостановлена',
    since: (time: string) => `С ${time} мы больше ничего сюда не отправляем.`,
    only_failures: (first: string, attempts: number) =>
      `С ${first} не удалась ни одна попытка: их было ${attempts}.`,
    gone: 'Сервер ответил, что этого адреса больше нет и не будет.',
    last: 'Последний ответ:',
    todo: 'Исправьте адрес или сервер. Изменение вебхука включает доставку само. Если исправлен сервер, включите её здесь. То, что не дошло, можно отправить ещё раз.',
    lift: 'Включить доставку снова',
    missed: 'Отправить пропущенное',
    lifted: 'Доставка снова включена. Пропущенное само не отправится.',
    watched: 'Не удаётся ни одна попытка',
    watchedSince: (time: string, attempts: number) =>
      `С ${time} все попытки неудачны: их было ${attempts}. Если так пойдёт и дальше, доставка будет приостановлена.`,
  },
  replay: {
    title: 'Отправить ещё раз',
    period: 'Что отправить',
    periods: {
      hour: 'Недоставленное за последний час',
      day: 'Недоставленное за сутки',
      week: 'Недоставленное за неделю',
      own: 'Недоставленное за другое время…',
    },
    since: 'С',
    until: 'До',
    wrongPeriod: 'Укажите начало раньше конца.',
    count: 'Посчитать',
    counting: 'Считаем…',
    willSend: (count: number, text: string) =>
      `Будет отправлено ещё раз: ${deliveries(count, text)}. Сервер получит их с прежними номерами webhook-id.`,
    nothing: 'Отправлять нечего: недоставленного нет.',
    off: 'Вебхук выключен: отправленное сейчас до сервера не дойдёт. Сначала включите его.',
    suspended: 'Доставка приостановлена: отправленное сейчас до сервера не дойдёт. Сначала включите её.',
    send: 'Отправить',
    sending: (sent: string, count: string) => `Отправлено ${sent} из ${count}…`,
    goesOn: 'Окно можно закрыть: отправка продолжится.',
    stop: 'Остановить',
    stopped: (count: number, text: string) => `Остановлено. Успели отправить: ${deliveries(count, text)}.`,
    sent: (count: number, text: string) =>
      `Отправлено: ${deliveries(count, text)}. Как они дойдут, видно среди попыток.`,
    passedOver: (text: string) => `Пропущено, потому что уже доставлено или отправляется: ${text}.`,
    unsent: (why: string, text: string) =>
      why === 'event_expired'
        ? `Не отправлено, потому что данные звонка уже удалены: ${text}.`
        : `Не отправлено, потому что данные звонка не читаются: ${text}.`,
    left: (text: string) => `Осталось не отправлено: ${text}. Попробуйте позже.`,
    failed: 'Не получилось: хранилище не ответило. Попробуйте позже.',
    busy: 'Сейчас уже идёт другая отправка вашего аккаунта. Подождите, пока она закончится.',
    full: 'Сейчас отправляют другие. Попробуйте через минуту.',
    anotherRuns: 'Сейчас отправляет наша поддержка. Ничего не отправлено, попробуйте позже.',
    forgotten: 'Подсчёт устарел. Посчитайте ещё раз.',
    again: 'Посчитать ещё раз',
    cancel: 'Отмена',
    close: 'Закрыть',
  },
}

export type LogTexts = typeof logTextsRu
