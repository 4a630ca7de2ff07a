// What stands around the values: address, path, headers, credentials, signatures, and limits.
import { end, literals, pairs, post, start } from './golden-case.ts'
import type { GoldenCase } from './golden-case.ts'

const json = post('application/json')
const one = { parameters: pairs('call=call_id') }
const secretOf = (byte: number): string => `whsec_${Buffer.alloc(24, byte).toString('base64')}`

const addressed = (title: string, address: string, path: string, note?: string): GoldenCase => ({
  title,
  ...(note !== undefined && { note }),
  webhook: { ...one, address, path },
  event: start,
})

const here = '127.0.0.1:{port}'

const addresses: readonly GoldenCase[] = [
  addressed('No path', here, ''),
  addressed('A path without its slash', here, 'path/to/file.php'),
  addressed('A path in Cyrillic with a space', here, 'приём/звонков новый'),
  addressed(
    'A path that is encoded already',
    here,
    '/%D0%BF%2F%20/a%zz',
    'Nothing is encoded twice, nothing decoded.',
  ),
  addressed('A path with dots and backslashes', here, '/a/./b/../c\\d', 'As a browser reads it.'),
  addressed('A path with all that a path may hold', here, "/a;b=1&c,d:e@f!$'()*+~"),
  addressed('A path with what it may not hold as it stands', here, '/"<>{}`|[]'),
  addressed('A path with an emoji and half of one', here, '/😀/\ud83d'),
  addressed('A path of slashes', here, '//a//'),
  addressed('A domain', 'mysite.ru', 'in', 'No port for the default one, here and below.'),
  addressed('A domain with https', 'https://mysite.ru/', 'in'),
  addressed('The default port, written out', 'https://mysite.ru:443', 'in'),
  addressed('The port of http with https', 'https://mysite.ru:80', 'in'),
  addressed('A port of its own', 'mysite.ru:8080', 'in'),
  addressed('A domain in Cyrillic', 'http://МойСайт.рф', 'звонок'),
  addressed('An IPv4 address', 'http://192.0.2.7:81', 'in'),
  addressed('An IPv4 address in disguise', 'http://0x7f.1:{port}', 'in'),
  addressed('An IPv6 address', '[2001:DB8:0::1]', 'in'),
  addressed('An IPv6 address with a port', 'https://[2001:db8::1]:8443', 'in'),
  {
    title: 'A POST to a domain in Cyrillic',
    webhook: { ...json, ...one, address: 'https://мойсайт.рф:8443', path: 'звонок' },
    event: end,
  },
]

const everything = {
  headers: [
    { name: 'X-Api-Key', value: 'k 1' },
    { name: 'x-lower', value: 'a,b; c="d"' },
    { name: '__proto__', value: '1' },
  ],
  authentication: { type: 'basic', username: 'anna', password: 'secret' },
  signing_secrets: [secretOf(1), secretOf(2)],
} as const

const proofs: readonly GoldenCase[] = [
  { title: 'Headers of the own', webhook: { ...json, ...one, headers: everything.headers }, event: end },
  { title: 'Headers of the own, on a GET', webhook: { ...one, headers: everything.headers }, event: start },
  {
    title: 'An authorization header of the own',
    webhook: { ...one, headers: [{ name: 'Authorization', value: 'ApiKey 0123' }] },
    event: start,
  },
  { title: 'Basic', webhook: { ...json, ...one, authentication: everything.authentication }, event: end },
  {
    title: 'Basic in Cyrillic, with a colon in its password',
    webhook: { ...one, authentication: { type: 'basic', username: 'Анна', password: 'па:роль' } },
    event: start,
  },
  {
    title: 'Basic without a password',
    webhook: { ...one, authentication: { type: 'basic', username: 'key', password: '' } },
    event: start,
  },
  {
    title: 'Bearer',
    webhook: { ...json, ...one, authentication: { type: 'bearer', token: 'eyJhbGciOi.J9~-_+/=' } },
    event: end,
  },
  { title: 'A signed POST', webhook: { ...json, ...one, signing_secrets: [secretOf(1)] }, event: end },
  {
    title: 'A signed POST with two secrets, in Cyrillic',
    webhook: {
      ...post('text/plain'),
      parameters: pairs('город=city'),
      signing_secrets: everything.signing_secrets,
    },
    event: end,
  },
  {
    title: 'A signed POST of nothing',
    webhook: { ...post('application/x-www-form-urlencoded'), signing_secrets: [secretOf(1)] },
    event: end,
  },
  {
    title: 'A signed GET with two secrets',
    webhook: {
      parameters: pairs('город=city', 'phone=client_number'),
      signing_secrets: everything.signing_secrets,
    },
    event: start,
  },
  { title: 'A signed GET of nothing', webhook: { path: '', signing_secrets: [secretOf(1)] }, event: start },
  {
    title: 'The third attempt',
    note: 'The id is that of the first.',
    webhook: { ...json, ...one, signing_secrets: [secretOf(1)] },
    event: end,
    sent: { attempt: 3 },
  },
  {
    title: 'A test request',
    webhook: { ...one, signing_secrets: [secretOf(1)] },
    event: { ...start, event_id: 'test-0001', call_id: 'test-0002' },
    sent: { purpose: 'test', deliveryId: 'test-0003' },
  },
  {
    title: 'A test request as XML',
    webhook: { ...post('application/xml'), ...one },
    event: { ...end, event_id: 'test-0001', call_id: 'test-0002' },
    sent: { purpose: 'test', deliveryId: 'test-0003' },
  },
  {
    title: 'Everything at once, JSON',
    webhook: {
      ...json,
      ...everything,
      parameters: pairs('call=call_id', 'at=time_start', 'город=city', 'метки=tags'),
      time_zone: 'Asia/Yekaterinburg',
      missing_values: 'omit',
    },
    event: { ...end, city: null },
  },
  { title: 'Everything at once, GET', webhook: { ...one, ...everything }, event: start },
]

const keyword = 'я'.repeat(70)

const limits: readonly GoldenCase[] = [
  {
    title: 'A query that is too long: the longest texts end earlier',
    note: 'Both at one length, the greatest that fits into 480 bytes. A shorter text stays whole.',
    webhook: { parameters: pairs('utm_term', 'call_id', 'keyword', 'city') },
    event: { ...start, utm_term: 'k'.repeat(200), keyword: 'b'.repeat(190) },
    sent: { maxTargetBytes: 480 },
  },
  {
    title: 'A query that is too long: no text gets shorter than 64 letters, so the longest link goes',
    note: 'What that frees goes back to the text.',
    webhook: { parameters: pairs('keyword', 'landing_page', 'referrer', 'client_number') },
    event: { ...start, keyword, landing_page: `https://okna.example.ru/?${'p'.repeat(90)}` },
    sent: { maxTargetBytes: 540 },
  },
  {
    title: 'A query that is too long: a link that is left out',
    webhook: { missing_values: 'omit', parameters: pairs('keyword', 'landing_page', 'client_number') },
    event: { ...start, keyword },
    sent: { maxTargetBytes: 440 },
  },
  {
    title: 'A query that is too long: an emoji is cut off whole',
    webhook: { parameters: pairs('manager_name') },
    event: { ...start, manager_name: '😀'.repeat(66) },
    sent: { maxTargetBytes: 800 },
  },
  {
    title: 'A query that no cut makes fit',
    webhook: { parameters: [...pairs('keyword'), ...literals(['fixed', 'x'.repeat(60)])] },
    event: { ...start, keyword },
    sent: { maxTargetBytes: 400 },
  },
  {
    title: 'A query that just fits',
    webhook: one,
    event: start,
    sent: { maxTargetBytes: 48 },
  },
  {
    title: 'A body is never cut',
    webhook: { ...json, parameters: pairs('keyword') },
    event: { ...start, keyword },
    sent: { maxTargetBytes: 20, maxBodyBytes: 154 },
  },
  {
    title: 'A body that is too large by a byte',
    webhook: { ...json, parameters: pairs('keyword') },
    event: { ...start, keyword },
    sent: { maxBodyBytes: 153 },
  },
]

export const casesOfRequests: readonly GoldenCase[] = [...addresses, ...proofs, ...limits]
