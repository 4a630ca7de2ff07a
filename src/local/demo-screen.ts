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
  return [
    bold(`■ ${title}`),
    `  ${record.protocol}://${record.host}:${record.port}${record.path}   ${record.method}   ${record.event_types.join(' + ')}`,
    `  ${dim('parameters')} ${parameters.join('  ')}`,
  ].join('\n')
}

export function showRequest(what: string, { method, target, headers, body }: ReceivedRequest): string {
  const shown = ['webhook-id', 'webhook-attempt', 'content-type', 'user-agent']
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...shown.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`])),
    ...(body === '' ? [] : ['', body]),
  ]
  const decoded = decodedTarget(target)
  const readable = decoded === target ? [] : [dim(`(decoded: ${decoded})`)]
  return [
    bold(`▸ received: ${what}`),
    ...lines.map((line) => `  │ ${line}`),
    ...readable.map((line) => `    ${line}`),
  ].join('\n')
}

/** For reading only: a target that is not UTF-8 underneath is shown as it came. */
function decodedTarget(target: string): string {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}

export function heading(text: string): string {
  return `\n${bold(`── ${text} `.padEnd(78, '─'))}`
}
