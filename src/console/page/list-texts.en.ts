// The words of the list of webhooks in English; complete by type.
import type { ListTexts } from './list-texts.ru.ts'

export const listTextsEn: ListTexts = {
  address: 'Address',
  event: 'Event',
  method: 'Method',
  enabled: 'Enabled',
  failed: 'Failed',
  delivered: 'Delivered',
  lastAttempt: 'Last attempt',
  actions: 'Actions',
  never: 'none yet',
  edit: (address) => `Edit webhook ${address}`,
  remove: (address) => `Delete webhook ${address}`,
  toggle: (address) => `Enabled: ${address}`,
  search: 'Search addresses and parameters',
  found: (shown, total) => `Showing ${shown} of ${total}`,
  more: 'Show more',
  emptyTitle: 'No webhooks yet',
  empty:
    'Add the address of your server, and it will receive the data of each call as soon as it starts or ends.',
  nothingFound: 'Nothing found. Try another search.',
  invalid: 'Sends nothing: its settings have faults',
  mend: 'Mend the settings of this webhook first.',
  log: 'What happened',
  logOf: (address) => `What happened: ${address}`,
  failedOf: (count, address) => `Failed ${count}. What happened: ${address}`,
  deliveredOf: (count, address) => `Delivered ${count}. What happened: ${address}`,
  suspended: 'Deliveries are suspended',
  failing: 'Every attempt fails',
  callId: 'Call ID',
  findCall: 'Find the call',
}
