// The words of the list of webhooks in Russian. Their type is what the other languages must fill in.

export const listTextsRu = {
  address: 'Адрес',
  event: 'Событие',
  method: 'Метод',
  enabled: 'Включён',
  failed: 'Не доставлено',
  delivered: 'Доставлено',
  lastAttempt: 'Последняя попытка',
  actions: 'Действия',
  never: 'ещё не было',
  edit: (address: string) => `Редактировать вебхук ${address}`,
  remove: (address: string) => `Удалить вебхук ${address}`,
  toggle: (address: string) => `Включён: ${address}`,
  search: 'Поиск по адресу и параметрам',
  found: (shown: number, total: number) => `Показано ${shown} из ${total}`,
  more: 'Показать ещё',
  emptyTitle: 'Вебхуков пока нет',
  empty:
    'Добавьте адрес своего сервера, и данные о звонках будут приходить на него сразу после начала или завершения звонка.',
  nothingFound: 'Ничего не найдено. Измените запрос.',
  invalid: 'Не отправляется: ошибка в настройках',
  mend: 'Сначала исправьте ошибки в настройках этого вебхука.',
  log: 'Что произошло',
  logOf: (address: string) => `Что произошло: ${address}`,
  failedOf: (count: string, address: string) => `Не доставлено ${count}. Что произошло: ${address}`,
  deliveredOf: (count: string, address: string) => `Доставлено ${count}. Что произошло: ${address}`,
  suspended: 'Доставка приостановлена',
  failing: 'Не удаётся ни одна попытка',
  callId: 'ID звонка',
  findCall: 'Найти звонок',
}

export type ListTexts = typeof listTextsRu
