// The JSON Schema of the form in which webhooks are written, made from the same rules as their validation.
// Invariant: it refuses nothing that validation accepts. What a schema cannot say (names that repeat, hosts, zones,
// bytes once encoded) is left to validation.
import { eventTypes } from '../../src/domain/call-event.ts'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { timeTextPattern } from '../../src/domain/time-text.ts'
import type { webhookFormFields } from '../../src/domain/webhook-form-record.ts'
import { requiredFormFields } from '../../src/domain/webhook-form-record.ts'
import * as rules from '../../src/domain/webhook-rules.ts'
import { contentTypes } from '../../src/domain/webhook.ts'

type Schema = Readonly<Record<string, unknown>>

const { webhookLimits: limits, webhookPatterns: patterns, mask, sealedMark } = rules
const controls = String.raw`\u0000-\u001f\u007f-\u009f`
const base64Characters = (bytes: number): number => Math.ceil(bytes / 3) * 4

const id = { type: 'string', minLength: 1, maxLength: limits.idLength, pattern: `^[^${controls}]*$` }

/** Plain, so neither the mask of a hidden value nor what begins as a sealed one does; or sealed. */
function secret(plain: Schema): Schema {
  const not = { anyOf: [{ const: mask }, { pattern: `^${sealedMark}` }] }
  return { type: 'string', anyOf: [{ ...plain, not }, { pattern: patterns.sealed }] }
}

const name = {
  title: 'Name',
  description: 'The name under which the receiver wants the value.',
  type: 'string',
  minLength: 1,
  maxLength: limits.parameterNameLength,
}

const parameter: Schema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name,
    parameter: {
      title: 'Call parameter',
      description: 'The call parameter whose value is sent.',
      type: ['string', 'null'],
      enum: [...parameterCatalogue.map((one) => one.name), null],
    },
    literal: {
      title: 'Literal',
      description: 'A fixed text that is sent as it stands.',
      type: ['string', 'null'],
      maxLength: limits.literalLength,
    },
  },
  oneOf: [
    { required: ['parameter'], properties: { parameter: { type: 'string' }, literal: { type: 'null' } } },
    { required: ['literal'], properties: { literal: { type: 'string' }, parameter: { type: 'null' } } },
  ],
}

const header: Schema = {
  type: 'object',
  required: ['name', 'value'],
  additionalProperties: false,
  properties: {
    name: {
      title: 'Name',
      description: 'Any but those that HTTP and the worker set.',
      type: 'string',
      maxLength: limits.headerNameLength,
      pattern: patterns.headerName,
      not: { pattern: reservedPattern() },
    },
    value: {
      title: 'Value',
      description: 'Visible ASCII, with blanks and tabs inside. A secret, plain or sealed.',
      ...secret({ maxLength: limits.headerValueLength, pattern: patterns.headerValue }),
    },
  },
}

const basic: Schema = {
  title: 'User name and password',
  type: 'object',
  required: ['type', 'username', 'password'],
  additionalProperties: false,
  properties: {
    type: { const: 'basic' },
    username: {
      type: 'string',
      maxLength: limits.usernameLength,
      pattern: `^[^:${controls}]*$`,
    },
    password: {
      description: 'A secret, plain or sealed.',
      ...secret({ maxLength: limits.passwordLength, pattern: `^[^${controls}]*$` }),
    },
    token: { type: 'null' },
  },
}

const bearer: Schema = {
  title: 'Token',
  type: 'object',
  required: ['type', 'token'],
  additionalProperties: false,
  properties: {
    type: { const: 'bearer' },
    username: { type: 'null' },
    password: { type: 'null' },
    token: {
      description: 'A secret, plain or sealed.',
      ...secret({ maxLength: limits.tokenLength, pattern: patterns.token }),
    },
  },
}

const properties: Readonly<Record<(typeof webhookFormFields)[number], Schema>> = {
  webhook_id: { title: 'Id', description: 'Identifies the webhook; the key of its record.', ...id },
  account_id: { title: 'Account', description: 'Whose calls it receives.', ...id },
  enabled: {
    title: 'Enabled',
    description: 'False: kept, but nothing is sent. Left out: true.',
    type: 'boolean',
    default: true,
  },
  address: {
    title: 'Host, port and protocol',
    description:
      'A domain or an IP address: http and port 80, unless https:// stands before it or another port behind a colon.',
    type: 'string',
    maxLength: limits.addressLength,
    pattern: String.raw`^\s*(?:[Hh][Tt][Tt][Pp][Ss]?://)?[^\s/?#@\\${controls}]+/?\s*$`,
    examples: ['mysite.ru', 'https://mysite.ru', 'mysite.ru:8080', '1.2.3.4', '[::1]:81'],
  },
  path: {
    title: 'Path',
    description: `All that stands before "?", at most ${limits.pathBytes} bytes once it is percent-encoded. A secret.`,
    type: ['string', 'null'],
    maxLength: limits.pathBytes,
    pattern: `^[^?#${controls}]*$`,
    not: { const: mask },
    examples: ['path/to/file.php'],
  },
  parameters: {
    title: 'Parameters',
    description: 'What is sent, in this order: in the query of a GET, in the body of a POST.',
    type: ['array', 'null'],
    maxItems: limits.parameters,
    items: parameter,
  },
  method: { title: 'HTTP method', enum: rules.httpMethods },
  event_types: {
    title: 'Event types',
    description: 'call_start: the connection was established. call_end: the call is over.',
    type: 'array',
    minItems: 1,
    maxItems: limits.eventTypes,
    items: { enum: eventTypes },
  },
  content_type: {
    title: 'Content type',
    description: 'How the body of a POST is written. Left out: application/json. A GET has none.',
    enum: [...contentTypes, null],
  },
  headers: {
    title: 'Headers',
    description: 'Headers of the client’s own, each name once.',
    type: ['array', 'null'],
    maxItems: limits.headers,
    items: header,
  },
  authentication: {
    title: 'Authentication',
    description: 'What the Authorization header is made of.',
    oneOf: [{ type: 'null' }, basic, bearer],
  },
  signing_secrets: {
    title: 'Signing secrets',
    description: `Each ${rules.signingSecretPrefix} and the Base64 of ${limits.minSecretBytes} to ${limits.maxSecretBytes} bytes; a request carries a signature for each.`,
    type: ['array', 'null'],
    maxItems: limits.signingSecrets,
    uniqueItems: true,
    items: secret({
      pattern: patterns.signingSecret,
      minLength: rules.signingSecretPrefix.length + base64Characters(limits.minSecretBytes),
      maxLength: rules.signingSecretPrefix.length + base64Characters(limits.maxSecretBytes),
    }),
  },
  tls_verification: {
    title: 'TLS verification',
    description:
      'Whether the receiver’s certificate is verified. Left out: on. off needs the operator’s permission (webhooks.unverifiedTls).',
    enum: [...rules.tlsVerifications, null],
  },
  missing_values: {
    title: 'Missing values',
    description: 'What becomes of a value that is not known: sent empty, or left out with its name.',
    enum: [...rules.missingValues, null],
  },
  time_zone: {
    title: 'Time zone',
    description: 'IANA name of the zone in which times are written. Left out: UTC.',
    type: ['string', 'null'],
    maxLength: limits.timeZoneLength,
    pattern: patterns.timeZone,
    examples: ['Europe/Moscow'],
  },
  limits: {
    title: 'Limits',
    description: 'What the receiver takes. A wish beyond the operator’s caps is cut to them.',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      total_timeout_ms: {
        description: 'Longest time of one attempt, in milliseconds.',
        type: ['integer', 'null'],
        minimum: 1,
        maximum: limits.maxTotalTimeoutMs,
      },
      concurrency: {
        description: 'Most requests at once, over all workers. Left out: the operator’s default.',
        type: ['integer', 'null'],
        minimum: 1,
        maximum: limits.maxConcurrency,
      },
      rate_per_second: {
        description:
          'Most requests begun per second, over all workers; fractions allowed. Left out: not limited.',
        type: ['number', 'null'],
        minimum: limits.minRatePerSecond,
        maximum: limits.maxRatePerSecond,
      },
      retry_horizon_s: {
        description:
          'How long after the event it is delivered, in seconds. Left out: the operator’s default for the event’s type.',
        type: ['integer', 'null'],
        minimum: 1,
        maximum: limits.maxRetryHorizonS,
      },
    },
  },
  created_at: {
    title: 'Added',
    description: 'ISO 8601.',
    type: ['string', 'null'],
    pattern: timeTextPattern,
  },
  updated_at: {
    title: 'Changed',
    description: 'ISO 8601.',
    type: ['string', 'null'],
    pattern: timeTextPattern,
  },
}

/** Text of schemas/webhook.schema.json, before formatting. */
export function renderWebhookSchema(): string {
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $comment: 'Generated by `npm run generate` from src/domain/webhook-rules.ts: change that, not this.',
    title: 'Webhook',
    description:
      'Where, how and for which events of an account a request is sent. Null is the same as left out.',
    type: 'object',
    required: requiredFormFields,
    additionalProperties: false,
    properties,
    allOf: [
      onlyWhere(
        { method: { const: 'POST' }, content_type: { const: 'text/plain' } },
        { parameters: { items: { properties: { name: { pattern: '^[^=]*$' } } } } },
      ),
      onlyWhere(
        { authentication: { type: 'object' } },
        {
          headers: { items: { properties: { name: { not: { pattern: `^${anyCase('authorization')}$` } } } } },
        },
      ),
    ],
  })
}

/** Where the first fields are so, the others are so too. */
function onlyWhere(given: Record<string, Schema>, others: Record<string, Schema>): Schema {
  return { anyOf: [{ not: { properties: given, required: Object.keys(given) } }, { properties: others }] }
}

function reservedPattern(): string {
  const names = rules.reservedHeaderNames.map((one) => `${anyCase(one)}$`)
  return `^(?:${[...names, ...rules.reservedHeaderPrefixes.map(anyCase)].join('|')})`
}

/** A pattern has no flags in JSON Schema. */
function anyCase(text: string): string {
  return text.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`)
}
