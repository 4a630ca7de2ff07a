import { createRequire } from 'node:module'
import { expect, it } from '@jest/globals'
import { formatAddress, parseAddress } from '../../../src/domain/webhook-address.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { badPorts, defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { secretText } from './webhook-fault-rows.ts'

/** Written back, or what is wrong. */
function read(text: string, rules = defaultWebhookRules): string {
  const reading = parseAddress(text, rules)
  return reading.kind === 'fault' ? faultText(reading.fault) : formatAddress(reading)
}

it.each([
  ['mysite.ru', { protocol: 'http', host: 'mysite.ru', port: 80 }],
  ['https://mysite.ru', { protocol: 'https', host: 'mysite.ru', port: 443 }],
  ['mysite.ru:8080', { protocol: 'http', host: 'mysite.ru', port: 8080 }],
  ['1.2.3.4', { protocol: 'http', host: '1.2.3.4', port: 80 }],
  ['[::1]:81', { protocol: 'http', host: '[::1]', port: 81 }],
] as const)('%s has the three parts that a client means', (text, parts) => {
  expect(parseAddress(text, defaultWebhookRules)).toEqual({ kind: 'address', ...parts })
})

it.each([
  ['http://mysite.ru', 'http://mysite.ru'],
  ['http://mysite.ru:80', 'http://mysite.ru'],
  ['https://mysite.ru:443', 'https://mysite.ru'],
  ['https://mysite.ru:80', 'https://mysite.ru:80'],
  ['mysite.ru:443', 'http://mysite.ru:443'],
  ['mysite.ru:08080', 'http://mysite.ru:8080'],
  ['mysite.ru:65535', 'http://mysite.ru:65535'],
  ['HTTPS://MySite.RU:8443', 'https://mysite.ru:8443'],
  ['  mysite.ru\r\n', 'http://mysite.ru'],
  ['\u00a0https://mysite.ru/ ', 'https://mysite.ru'],
  ['mysite.ru:8080/', 'http://mysite.ru:8080'],
  ['mysite.ru.', 'http://mysite.ru.'],
  ['localhost:3000', 'http://localhost:3000'],
  ['http:3000', 'http://http:3000'],
  ['мойсайт.рф', 'http://xn--80arbjktj.xn--p1ai'],
  ['https://bücher.example:8443/', 'https://xn--bcher-kva.example:8443'],
  ['::1', 'http://[::1]'],
  ['2001:DB8::1', 'http://[2001:db8::1]'],
  ['https://2001:db8::1', 'https://[2001:db8::1]'],
  ['https://[2001:db8:0:0:0:0:0:1]', 'https://[2001:db8::1]'],
  ['::ffff:127.0.0.1', 'http://[::ffff:7f00:1]'],
  // What is written back is what is dialled, so that whatever judges addresses later sees through the disguise.
  ['2130706433', 'http://127.0.0.1'],
  ['0x7f000001:81', 'http://127.0.0.1:81'],
  ['0x7f.1', 'http://127.0.0.1'],
  ['0177.0.0.1', 'http://127.0.0.1'],
  ['127.1', 'http://127.0.0.1'],
  ['1.2.3.4.', 'http://1.2.3.4'],
  ['0', 'http://0.0.0.0'],
  ['①②⑦.0.0.1', 'http://127.0.0.1'],
  ['ｅvil.example', 'http://evil.example'],
  ['evil。example', 'http://evil.example'],
  ['ev\u00adil\u200b.example', 'http://evil.example'],
])('%j is %s', (text, written) => {
  expect(read(text)).toBe(written)
  expect(read(written)).toBe(written)
})

const form = 'a domain or an IP address, with http:// or https:// before it and :port behind it where needed'
const noHost = `address is not a host; allowed: ${form}`
const empty = `address is empty; allowed: ${form}`
const hostless = `address has no host; allowed: ${form}`
const protocol = 'address has a protocol that is not known; allowed: http:// or https://'
const slashes = `address has no "//" after its protocol; allowed: ${form}`
const userInfo =
  'address contains "@"; allowed: the host alone; credentials belong into the field "authentication"'
const path = 'address contains a path; allowed: the host alone; a path belongs into the field "path"'
const query =
  'address contains "?"; allowed: the host alone; what is sent belongs into the field "parameters"'
const fragment = 'address contains "#"; allowed: the host alone'
const control = `address contains a control character; allowed: ${form}`
const backslash = `address contains a backslash; allowed: ${form}`
const portForm = 'allowed: a whole number from 1 to 65535'

it.each([
  ['', empty],
  [' \t\n ', empty],
  ['http://', hostless],
  ['https:///path', hostless],
  ['//mysite.ru', hostless],
  ['/path/to/file.php', hostless],
  [':80', hostless],
  ['?a', hostless],
  ['ftp://mysite.ru', protocol],
  ['ws://mysite.ru', protocol],
  ['://mysite.ru', protocol],
  [`${secretText}://mysite.ru`, protocol],
  ['http:mysite.ru', slashes],
  ['https:/mysite.ru', slashes],
  ['HTTPS:', slashes],
  [`https://user:${secretText}@mysite.ru`, userInfo],
  [`user:${secretText}@mysite.ru:80/path?a`, userInfo],
  ['@mysite.ru', userInfo],
  [`mailto:${secretText}@mysite.ru`, userInfo],
  [`mysite.ru/${secretText}`, path],
  [`https://mysite.ru/a@b/${secretText}?token`, path],
  ['mysite.ru//', path],
  [`mysite.ru?token=${secretText}`, query],
  [`mysite.ru/?token=${secretText}`, query],
  ['mysite.ru#', fragment],
  ['mysite.ru/#/top', fragment],
  ['mysite.ru\u0000', control],
  ['my\nsite.ru', control],
  ['mysite.ru\u0085x', control],
  ['mysite.ru\\evil.example', backslash],
  ['https:\\\\mysite.ru', backslash],
  ['mysite.ru:', `address has no port after its colon; ${portForm}`],
  ['[::1]:', `address has no port after its colon; ${portForm}`],
  [`mysite.ru:${secretText}`, `address has a port that is not a number; ${portForm}`],
  ['mysite.ru:8o8o', `address has a port that is not a number; ${portForm}`],
  ['mysite.ru:-1', `address has a port that is not a number; ${portForm}`],
  ['mysite.ru:+80', `address has a port that is not a number; ${portForm}`],
  ['mysite.ru:８０', `address has a port that is not a number; ${portForm}`],
  ['mysite.ru:0', `address has a port outside its range; ${portForm}`],
  ['mysite.ru:65536', `address has a port outside its range; ${portForm}`],
  [`mysite.ru:${'9'.repeat(400)}`, `address has a port outside its range; ${portForm}`],
  ['mysite.ru:25', 'address has port 25, which is blocked; allowed: a port on which HTTP is spoken'],
  ['my site.ru', noHost],
  ['my..site', noHost],
  ['mysite.ru:80:90', noHost],
  ['[::1', noHost],
  ['[::1]x:80', noHost],
  ['[mysite.ru]', noHost],
  ['256.1.1.1', noHost],
  ['mysite.ru／path', noHost],
  ['my%73ite.ru', noHost],
  [`${'abcdefghi.'.repeat(26)}ru`, 'address has a host that has 262 characters; allowed: at most 253'],
  [`${' '.repeat(512)}a`, 'address has 513 characters; allowed: at most 512'],
  ['a'.repeat(1_000_000), 'address has 1000000 characters; allowed: at most 512'],
])('%.60j is refused', (text, fault) => {
  expect(read(text)).toBe(fault)
  expect(fault).not.toContain(secretText)
})

it('opens ports that the operator does not block', () => {
  expect(read('mysite.ru:25', { ...defaultWebhookRules, blockedPorts: new Set() })).toBe(
    'http://mysite.ru:25',
  )
})

it('blocks the ports that the Fetch standard blocks, as undici has them', () => {
  const require = createRequire(import.meta.url)
  const inside: { badPorts: readonly string[] } = require('undici/lib/web/fetch/constants.js')
  expect(badPorts).toEqual(inside.badPorts.map(Number))
})
