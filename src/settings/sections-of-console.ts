// The settings of the console: where it listens, and how it knows whose webhooks it shows.
import * as is from './formats.ts'
import { setting } from './setting.ts'

export const sectionsOfConsole = {
  console: {
    host: setting(
      is.filledText,
      '127.0.0.1',
      'Address on which the console is served; beyond this machine only with an authentication',
    ),
    port: setting(is.wholeNumber(0, 65_535), 8_070, 'Its port; 0: a free one'),
    authentication: setting(
      is.oneOf('none', 'proxy', 'token'),
      'none',
      'Who says which account asks: nobody (one account, on this machine), a proxy’s header, or a bearer token',
    ),
    accountHeader: setting(
      is.headerName,
      'x-account-id',
      'With `proxy`: the header that names the account; the proxy must overwrite what a client sends',
    ),
    trustedProxies: setting(
      is.networkList,
      ['127.0.0.1/32', '::1/128'],
      'With `proxy`: from where that header is believed',
    ),
    tokensFile: setting(is.text, '', 'With `token`: JSON file, an object of accounts by token'),
    account: setting(is.filledText, 'demo', 'With `none`: whose webhooks are shown'),
    storeFile: setting(
      is.filledText,
      'webhook-console.sqlite',
      'File in which deliveries are counted and logged; built anew from the topic of outcomes when it is lost',
    ),
    logRetentionMs: setting(
      is.wholeNumber(3_600_000, 3_650 * 86_400_000),
      604_800_000,
      'How long the log of deliveries keeps an outcome; more than the topic of outcomes keeps cannot be shown after its file was lost',
    ),
    logRows: setting(
      is.wholeNumber(1_000, 1_000_000_000),
      5_000_000,
      'Outcomes in that log at most, some 400 bytes each; then the oldest go before their time',
    ),
    replayPerSecond: setting(
      is.wholeNumber(1, 10_000),
      100,
      'Deliveries a second that are sent again from the page, of all accounts together',
    ),
    requestsPerMinute: setting(is.wholeNumber(1, 1_000_000), 600, 'Requests of one account in a minute'),
    testsPerMinute: setting(is.wholeNumber(1, 10_000), 10, 'Test requests of one account in a minute'),
  },
}
