import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { WebhookRules } from '../../../src/domain/webhook-rules.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'
import { webhookRulesOf } from '../../../src/settings/delivery-settings.ts'
import { InvalidSettings } from '../../../src/settings/invalid-settings.ts'
import { loadSettings } from '../../../src/settings/load.ts'
import { redactedSettings } from '../../../src/settings/redacted-settings.ts'
import { settingsTree } from '../../../src/settings/schema.ts'
import { listSettings } from '../../../src/settings/setting.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(content: unknown): string {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function faultsOf(sources: { files?: string[]; environment?: Record<string, string> }): readonly string[] {
  try {
    loadSettings({ files: sources.files ?? [], environment: sources.environment ?? {} })
  } catch (error) {
    if (error instanceof InvalidSettings) return error.faults
    throw error
  }
  return []
}

describe('loadSettings', () => {
  it('needs no file and no variable', () => {
    const settings = loadSettings({ files: [], environment: {} })
    expect(settings.kafka.brokers).toEqual(['127.0.0.1:9092'])
    expect(settings.http.userAgent).toMatch(/^call-webhook-worker\/\d+\.\d+\.\d+/)
    expect(settings.worker.id).toMatch(/^.+-\d+$/)
  })

  it('has defaults that pass their own formats', () => {
    const refused = listSettings(settingsTree).filter(
      ({ format, default: value }) => format.read(value) === undefined,
    )
    expect(refused).toEqual([])
  })

  it('takes the environment over later files over earlier files over defaults', () => {
    const first = file({ kafka: { clientId: 'one', maxWaitMs: 100 }, log: { level: 'debug' } })
    const second = file({ kafka: { clientId: 'two', maxWaitMs: 200 } })
    const settings = loadSettings({ files: [first, second], environment: { KAFKA_CLIENT_ID: 'three' } })
    expect(settings.kafka).toMatchObject({ clientId: 'three', maxWaitMs: 200, requestTimeoutMs: 10_000 })
    expect(settings.log.level).toBe('debug')
  })

  it('reads the files that CONFIG_FILES names, unless files are named directly', () => {
    const named = file({ group: { id: 'named' } })
    const direct = file({ group: { id: 'direct' } })
    const environment = { CONFIG_FILES: `${named}, ${file({ commit: { intervalMs: 99 } })}` }
    expect(loadSettings({ files: [], environment })).toMatchObject({
      group: { id: 'named' },
      commit: { intervalMs: 99 },
    })
    expect(loadSettings({ files: [direct], environment })).toMatchObject({
      group: { id: 'direct' },
      commit: { intervalMs: 500 },
    })
  })

  it('reads lists, flags and numbers from text', () => {
    const settings = loadSettings({
      files: [],
      environment: {
        KAFKA_BROKERS: 'a:1, b.example.com:65535,',
        HTTP_EXCERPTS: 'false',
        IN_FLIGHT_MAX_DELIVERIES: '7',
        RETRY_RETRIED_STATUSES: '429,5xx',
        WEBHOOKS_BLOCKED_PORTS: '25,6667',
        START_FROM: '2026-03-14T12:15:02+03:00',
      },
    })
    expect(settings.kafka.brokers).toEqual(['a:1', 'b.example.com:65535'])
    expect(settings.http.excerpts).toBe(false)
    expect(settings.inFlight.maxDeliveries).toBe(7)
    expect(settings.retry.retriedStatuses).toEqual(['429', '5xx'])
    expect(settings.webhooks.blockedPorts).toEqual([25, 6667])
    expect(settings.start.from).toBe('2026-03-14T12:15:02+03:00')
  })

  it('blocks the ports that browsers block, others, or none', () => {
    const unseal = (): never => {
      throw new Error('nothing is sealed')
    }
    const rulesOf = (environment: Record<string, string>): WebhookRules =>
      webhookRulesOf(loadSettings({ files: [], environment }), unseal)
    expect(rulesOf({})).toEqual({ ...defaultWebhookRules, unseal })
    expect(rulesOf({ WEBHOOKS_BLOCKED_PORTS: '25' })).toMatchObject({ blockedPorts: new Set([25]), unseal })
    expect(rulesOf({ WEBHOOKS_BLOCKED_PORTS: 'none' })).toMatchObject({ blockedPorts: new Set(), unseal })
  })

  it('refuses TLS without verification unless it is allowed', () => {
    const unseal = (): never => {
      throw new Error('nothing is sealed')
    }
    const rulesOf = (environment: Record<string, string>): WebhookRules =>
      webhookRulesOf(loadSettings({ files: [], environment }), unseal)
    expect(rulesOf({}).unverifiedTls).toBe('refused')
    expect(rulesOf({ WEBHOOKS_UNVERIFIED_TLS: 'allowed' }).unverifiedTls).toBe('allowed')
    expect(() => rulesOf({ WEBHOOKS_UNVERIFIED_TLS: 'true' })).toThrow(/one of refused, allowed/)
  })

  it('takes no user agent that no header can hold', () => {
    const environment = { HTTP_USER_AGENT: 'вебхуки/1' }
    expect(() => loadSettings({ files: [], environment })).toThrow(/HTTP_USER_AGENT.*visible ASCII/)
  })

  it('takes statuses as numbers in a file', () => {
    const settings = loadSettings({
      files: [file({ retry: { retriedStatuses: [429, '5xx'] } })],
      environment: {},
    })
    expect(settings.retry.retriedStatuses).toEqual(['429', '5xx'])
  })

  it('takes a variable that is set to nothing as not set', () => {
    expect(loadSettings({ files: [], environment: { KAFKA_BROKERS: '', OPS_PORT: '' } }).ops.port).toBe(9_464)
  })

  it('freezes the settings to the last leaf', () => {
    const settings = loadSettings({ files: [], environment: {} })
    expect(Object.isFrozen(settings)).toBe(true)
    expect(Object.isFrozen(settings.kafka.sasl)).toBe(true)
    expect(Object.isFrozen(settings.kafka.brokers)).toBe(true)
  })

  it('tells every fault at once, from every source', () => {
    const path = file({
      kafka: { brokers: 'localhost' },
      inFligt: { maxBytes: 5 },
      inFlight: { maxByte: 5 },
      http: 7,
      log: { level: 'loud' },
      ops: { port: { number: 3 } },
    })
    expect(
      faultsOf({
        files: [path, join(folder, 'none.json'), file('{oops')],
        environment: { IN_FLIGHT_MAX_DELIVERIES: 'many', FANOUT_LIMIT: '0', COMMIT_INTERVAL_MS: '12abc' },
      }),
    ).toEqual([
      `inFligt (${path}): no such setting; nearest: inFlight`,
      `inFlight.maxByte (${path}): no such setting; nearest: inFlight.maxBytes`,
      `http (${path}): not a section; allowed: an object with the settings http.…`,
      `${join(folder, 'none.json')}: the file cannot be read (ENOENT); name files with --config or CONFIG_FILES`,
      `${join(folder, `${files - 1}.json`)}: not JSON; allowed: one JSON object`,
      `kafka.brokers (${path}): "localhost" is text; allowed: a list of host:port, with commas between them`,
      `log.level (${path}): "loud" is text; allowed: one of debug, info, warn, error, silent`,
      `ops.port (${path}): {"number":3} is a section; allowed: a whole number from 0 to 65535`,
      'fanout.limit (FANOUT_LIMIT): 0 is a number; allowed: a whole number from 1 to 100000',
      'inFlight.maxDeliveries (IN_FLIGHT_MAX_DELIVERIES): "many" is text; allowed: a whole number from 1 to 100000',
      'commit.intervalMs (COMMIT_INTERVAL_MS): "12abc" is text; allowed: a whole number from 50 to 60000',
    ])
  })

  it('refuses a file that is no object, and says no more than that of its content', () => {
    const path = file(['kafka'])
    expect(faultsOf({ files: [path] })).toEqual([
      `${path}: allowed: one JSON object with sections, such as {"log": {"level": "info"}}`,
    ])
  })

  it('is not led astray by names that objects inherit', () => {
    const path = file('{"__proto__": {"log": 1}, "constructor": {"prototype": {"level": 1}}}')
    expect(faultsOf({ files: [path] })).toHaveLength(2)
    expect(Object.hasOwn(Object.prototype, 'level')).toBe(false)
  })

  it('has the code INVALID_SETTINGS', () => {
    expect(() => loadSettings({ files: [], environment: { OPS_PORT: 'x' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_SETTINGS', name: 'InvalidSettings' }),
    )
  })
})

describe('secrets', () => {
  const secret = 'correct horse'

  it('may stand in a file, whose content is trimmed', () => {
    const settings = loadSettings({
      files: [],
      environment: { KAFKA_SASL_PASSWORD_FILE: file(` ${secret}\n`) },
    })
    expect(settings.kafka.sasl.password).toBe(secret)
  })

  it('are refused when given twice, or when their file cannot be read', () => {
    expect(
      faultsOf({ environment: { KAFKA_SASL_PASSWORD: secret, KAFKA_SASL_PASSWORD_FILE: file('other') } }),
    ).toEqual([
      'kafka.sasl.password (KAFKA_SASL_PASSWORD_FILE): given twice; allowed: either KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE',
    ])
    const path = join(folder, 'absent')
    expect(faultsOf({ environment: { KAFKA_SASL_PASSWORD_FILE: path } })).toEqual([
      `kafka.sasl.password (KAFKA_SASL_PASSWORD_FILE): the file "${path}" cannot be read (ENOENT)`,
    ])
  })

  it('are in no fault', () => {
    const path = file({ kafka: { sasl: { password: 12_345 } } })
    expect(faultsOf({ files: [path] })).toEqual([
      `kafka.sasl.password (${path}): a hidden value is a number; allowed: text without control characters`,
    ])
    for (const [name, value] of [
      ['REGISTRY_URL', `http://user:${secret}@registry`],
      ['REGISTRY_URL', `http://user:${secret}/${secret}@registry`],
      ['REGISTRY_URL', `http://registry/?key=${secret}`],
      ['KAFKA_BROKERS', `user:${secret}@kafka-1:9092,kafka-2:9092`],
    ] as const) {
      const faults = faultsOf({ environment: { [name]: value } }).join()
      expect(faults).toContain(`(${name}): "`)
      expect(faults).not.toContain(secret)
    }
    expect(faultsOf({ files: [file(`{"kafka": {"sasl": {"password": "${secret}`)] }).join()).not.toContain(
      secret,
    )
  })

  it('show as *** where they are set, and only there', () => {
    const settings = loadSettings({
      files: [],
      environment: { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: secret },
    })
    const redacted = redactedSettings(settings)
    expect(JSON.stringify(redacted)).not.toContain(secret)
    expect(redacted).toMatchObject({
      kafka: { sasl: { username: 'u', password: '***' } },
      registry: { password: '' },
    })
    expect(Object.keys(redacted)).toEqual(Object.keys(settingsTree))
    expect(settings.kafka.sasl.password).toBe(secret)
  })
})

describe('settings that contradict each other', () => {
  it.each([
    [
      { KAFKA_HEARTBEAT_INTERVAL_MS: '5000' },
      'kafka.heartbeatIntervalMs (KAFKA_HEARTBEAT_INTERVAL_MS): 5000 is too long; allowed: below half of kafka.sessionTimeoutMs (8000)',
    ],
    [
      { HTTP_TOTAL_TIMEOUT_MS: '4000' },
      'http.totalTimeoutMs (HTTP_TOTAL_TIMEOUT_MS): 4000 is too short; allowed: at least http.connectTimeoutMs (5000)',
    ],
    [
      { SHUTDOWN_DRAIN_TIMEOUT_MS: '11999' },
      'shutdown.drainTimeoutMs (SHUTDOWN_DRAIN_TIMEOUT_MS): 11999 is too short; allowed: at least 12000, which is http.totalTimeoutMs and 2 s for writing what came of it',
    ],
    [
      { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' },
      'kafka.sasl.password (KAFKA_SASL_PASSWORD): missing, but kafka.sasl.mechanism is plain',
    ],
    [
      { KAFKA_SSL_CERT_FILE: 'a.pem' },
      'kafka.ssl.keyFile (KAFKA_SSL_KEY_FILE): missing; allowed: certificate and key together, or neither',
    ],
    [
      { REGISTRY_PASSWORD: 'p' },
      'registry.username (REGISTRY_USERNAME): missing, but registry.password is set',
    ],
    [
      { TOPICS_OUTCOMES_NAME: 'call-events' },
      'topics.outcomes.name (TOPICS_OUTCOMES_NAME): "call-events" is taken; allowed: a name other than topics.events.name',
    ],
    [
      { TOPICS_WEBHOOKS_REPLICATION_FACTOR: '1' },
      'topics.webhooks.replicationFactor (TOPICS_WEBHOOKS_REPLICATION_FACTOR): 1 is too few; allowed: at least topics.minInsyncReplicas (2)',
    ],
    [
      { TOPICS_EVENTS_MAX_MESSAGE_BYTES: '2097152', TOPICS_RETRIES_MAX_MESSAGE_BYTES: '2162688' },
      'topics.deadLetters.maxMessageBytes (TOPICS_DEAD_LETTERS_MAX_MESSAGE_BYTES): 1114112 is too small; allowed: at least 2162688, which is topics.events.maxMessageBytes and 64 KiB for the reason',
    ],
    [
      { TOPICS_EVENTS_MAX_MESSAGE_BYTES: '2097152', TOPICS_DEAD_LETTERS_MAX_MESSAGE_BYTES: '2162688' },
      'topics.retries.maxMessageBytes (TOPICS_RETRIES_MAX_MESSAGE_BYTES): 1114112 is too small; allowed: at least 2162688, which is topics.events.maxMessageBytes and 64 KiB for what is said of the delivery',
    ],
    [
      { TOPICS_RETRIES_REPLICATION_FACTOR: '1' },
      'topics.retries.replicationFactor (TOPICS_RETRIES_REPLICATION_FACTOR): 1 is too few; allowed: at least topics.minInsyncReplicas (2)',
    ],
    [
      { TOPICS_OUTCOMES_NAME: 'webhook-retries.5s' },
      'topics.outcomes.name (TOPICS_OUTCOMES_NAME): "webhook-retries.5s" looks like a retry topic; allowed: a name that does not begin with topics.retries.prefix ("webhook-retries") and a dot',
    ],
    [
      { HTTP_CONNECTIONS_PER_ORIGIN: '255' },
      'lanes.originConcurrency (LANES_ORIGIN_CONCURRENCY): 256 is too many; allowed: at most http.connectionsPerOrigin (255), or requests would wait for a connection with their time running',
    ],
    [
      { LANES_CONCURRENCY: '257' },
      'lanes.concurrency (LANES_CONCURRENCY): 257 is too many; allowed: at most lanes.originConcurrency (256)',
    ],
  ])('%j', (environment, fault) => {
    expect(faultsOf({ environment })).toEqual([fault])
  })
})

const config = (name: string) => new URL(`../../../config/${name}`, import.meta.url).pathname

describe('where requests may go', () => {
  it('is said by addresses, networks and host names, by commas or as a list', () => {
    const entries = ['10.0.0.0/8', '[fd00::5]:8080', 'crm.internal', '*.internal:443']
    const path = file({ http: { deniedAddresses: entries } })
    const settings = loadSettings({
      files: [path],
      environment: { HTTP_ALLOWED_ADDRESSES: entries.join(', '), HTTP_NO_PROXY: '.internal,10.0.0.0/8' },
    })
    expect(settings.http.allowedAddresses).toEqual(entries)
    expect(settings.http.deniedAddresses).toEqual(entries)
    expect(settings.http.noProxy).toEqual(['.internal', '10.0.0.0/8'])
  })

  it.each([
    ['HTTP_ALLOWED_ADDRESSES', 'http.allowedAddresses', '10.0.0.0/8,10.0.0.1/8', '10.0.0.1/8'],
    ['HTTP_DENIED_ADDRESSES', 'http.deniedAddresses', 'http://crm.internal', 'http://crm.internal'],
    ['HTTP_NO_PROXY', 'http.noProxy', 'crm.internal, *', '*'],
  ])('%s names the entry that is none', (environmentName, name, value, entry) => {
    const [fault = '', ...others] = faultsOf({ environment: { [environmentName]: value } })
    expect(others).toEqual([])
    expect(fault).toContain(`${name} (${environmentName}): the entry "${entry}" is none; allowed: a list of `)
  })

  it.each([
    'https://proxy.test',
    'proxy.test:3128',
    'http://proxy.test/path',
    'http://proxy.test?a=b',
    'http://a:%zz@proxy.test',
  ])('is no proxy’s URL: %s, and its password is in no fault', (value) => {
    const faults = faultsOf({ environment: { HTTP_PROXY_URL: value } })
    expect(faults).toEqual([
      expect.stringMatching(
        /^http\.proxyUrl \(HTTP_PROXY_URL\): a hidden value is text; allowed: an http URL/,
      ),
    ])
  })

  it('a proxy’s URL is shown as *** and may stand in a file', () => {
    const url = 'http://user:canary@proxy.test:3128'
    const settings = loadSettings({ files: [], environment: { HTTP_PROXY_URL_FILE: file(`${url}\n`) } })
    expect(settings.http.proxyUrl).toBe(url)
    expect(redactedSettings(settings)).toMatchObject({ http: { proxyUrl: '***' } })
  })
})

describe('the files in config/', () => {
  it('demo.json is valid and fits one broker', () => {
    const settings = loadSettings({ files: [config('demo.json')], environment: {} })
    expect(settings.start.from).toBe('earliest')
    expect(settings.topics).toMatchObject({
      minInsyncReplicas: 1,
      events: { partitions: 4, replicationFactor: 1 },
    })
  })

  it('production.example.json is valid once the passwords are given', () => {
    const settings = loadSettings({
      files: [config('production.example.json')],
      environment: { KAFKA_SASL_PASSWORD: 'k', REGISTRY_PASSWORD: 'r' },
    })
    expect(settings.kafka.ssl.enabled).toBe(true)
  })
})
