// What a webhook may be, in numbers, lists and patterns: the one place from which validation, the JSON Schema and
// pages take them. Invariant: a text that passes validation matches the pattern that stands here for it.
import type { Unseal } from './unseal.ts'

/** What an operator decides about the webhooks of all clients. */
export interface WebhookRules {
  /** Ports to which nothing is sent: what listens there speaks something else than HTTP. */
  readonly blockedPorts: ReadonlySet<number>
  /** Whether a webhook may ask that its receiver's certificate is not verified. */
  readonly unverifiedTls: 'allowed' | 'refused'
  /** Opens secrets that are sealed; left out: those cannot be used. */
  readonly unseal?: Unseal
}

/** The bad ports of the Fetch standard ("port blocking"), which browsers refuse too. Port 0 is out of range anyway. */
export const badPorts: readonly number[] = [
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]

export const defaultWebhookRules: WebhookRules = {
  blockedPorts: new Set(badPorts),
  unverifiedTls: 'refused',
}

/** Lengths are in UTF-16 units, as JavaScript counts them, where no unit is named. */
export const webhookLimits = {
  idLength: 200,
  addressLength: 512,
  /** DNS's own, in ASCII. */
  hostLength: 253,
  minPort: 1,
  maxPort: 65_535,
  /** Percent-encoded, with its leading slash. Its text as configured has no more characters than that either. */
  pathBytes: 2_048,
  /** Of a GET's path and query: common servers refuse request lines beyond 8 KB. */
  targetBytes: 8_000,
  /** Entries; each type counts once however often it is named. */
  eventTypes: 10,
  parameters: 200,
  parameterNameLength: 256,
  literalLength: 2_048,
  headers: 20,
  headerNameLength: 100,
  headerValueLength: 2_048,
  usernameLength: 256,
  passwordLength: 1_024,
  tokenLength: 4_096,
  signingSecrets: 5,
  minSecretBytes: 24,
  maxSecretBytes: 64,
  timeZoneLength: 64,
  maxTotalTimeoutMs: 30_000,
  /** Requests at once. What the operator allows may be less, as with the next two. */
  maxConcurrency: 1_000,
  /** One request in 100 seconds; slower, a rate would be a schedule. */
  minRatePerSecond: 0.01,
  maxRatePerSecond: 10_000,
  /** 30 days. */
  maxRetryHorizonS: 2_592_000,
  /** The last millisecond of the year 9999; a time begins with 1970. */
  maxTimeMs: 253_402_300_799_999,
} as const

/** Each matches a whole text; written without flags, as JSON Schema has them. */
export const webhookPatterns = {
  /** RFC 9110's token. */
  headerName: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  /** Visible ASCII; blanks and tabs only inside. */
  headerValue: String.raw`^[!-~](?:[\t -~]*[!-~])?$`,
  /** Visible ASCII without blanks. */
  token: '^[!-~]+$',
  /** The Base64 of RFC 4648, padded, without stray bits behind the last byte. */
  signingSecret:
    '^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$',
  /** Version, key id, and the base64url of nonce, ciphertext and tag: 28 bytes more than the secret's own. */
  sealed: '^sealed:v1:[A-Za-z0-9._-]{1,64}:[A-Za-z0-9_-]{38,5499}$',
  /** Names only: an offset such as `+03:00` is no zone. */
  timeZone: '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$',
} as const

export const signingSecretPrefix = 'whsec_'

/** Begins a value that is sealed, and no other. */
export const sealedMark = 'sealed:'

/** Stands for a hidden value where a webhook is shown; it is never taken for a value itself. */
export const mask = '***'

/** Lower case. What the worker or HTTP itself sets, or what would change how a request is framed. */
export const reservedHeaderNames: readonly string[] = [
  'host',
  'connection',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'keep-alive',
  'accept',
  'accept-encoding',
  'user-agent',
  'traceparent',
  'tracestate',
  'baggage',
]

/** Lower case; every name that begins with one of them is reserved. */
export const reservedHeaderPrefixes: readonly string[] = ['proxy-', 'webhook-']

export const protocols = ['http', 'https'] as const
export const httpMethods = ['GET', 'POST'] as const
export const tlsVerifications = ['on', 'off'] as const
export const missingValues = ['empty', 'omit'] as const
export const authenticationTypes = ['basic', 'bearer'] as const

export type TlsVerification = (typeof tlsVerifications)[number]
export type Protocol = (typeof protocols)[number]

export const defaultPorts: Readonly<Record<Protocol, number>> = { http: 80, https: 443 }
