// What the demo shows: a webhook as its owner filled it in, beside the request that came of it.
import type { ReceivedRequest } from './receiver.ts'
import type { DemoWebhook } from './demo-webhooks.ts'

const dim = (text: string): string => paint('2', text)
const bold = (text: string): string => paint('1', text)

/** Colours only where a person looks on. */
function paint(code: string, text: string): string {
  return process.stdout.isTTY ? `\u001B[${code}m${text}\u001B[0m` : text
}

export function showWebhook({ title, record }: DemoWebhook): string {
  const parameters = record.parameters.map(
    ({ name, source }) => `${name}=${source.parameter ?? source.literal}`,
  )
  const way = [record.method, record.content_type ?? [], record.event_types.join(' + ')].flat()
  return [
    bold(`■ ${title}`),
    `  ${record.protocol}://${record.host}:${record.port}${record.path}   ${way.join('   ')}`,
    `  ${dim('parameters')} ${parameters.join('  ')}`,
  ].join('\n')
}

export function showRequest(what: string, request: ReceivedRequest): string {
  const { method, target, headers, body, signature } = request
  const shown = ['webhook-id', 'webhook-attempt', 'webhook-signature', 'content-type', 'user-agent']
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...shown.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`])),
    ...(body === '' ? [] : ['', body]),
  ]
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  const [encoded, decoded] = isForm
    ? [body, percentDecoded(body.replaceAll('+', ' '))]
    : [target, percentDecoded(target)]
  const remarks = [
    ...(decoded === encoded ? [] : [dim(`(decoded: ${decoded})`)]),
    ...(signature === 'unsigned' ? [] : [`(signature checked with the secret: ${signature})`]),
  ]
  return [
    bold(`▸ received: ${what}`),
    ...lines.map((line) => `  │ ${line}`),
    ...remarks.map((remark) => `    ${remark}`),
  ].join('\n')
}

/** For reading only: what is not UTF-8 underneath is shown as it came. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function heading(text: string): string {
  return `\n${bold(`── ${text} `.padEnd(78, '─'))}`
}
