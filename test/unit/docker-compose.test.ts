// Two files say what the stack consists of, one for Docker and one for Java. This holds them together: who starts
// it one way must meet the same broker and registry as who starts it the other.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { registryBasePath } from '../../src/local/registry-node.ts'
import { defaultKafkaPort, defaultRegistryPort } from '../../src/local/stack-ports.ts'
import { settingsTree } from '../../src/settings/schema.ts'
import { listSettings } from '../../src/settings/setting.ts'

interface Service {
  image?: string
  build?: string
  ports?: string[]
  environment?: Record<string, string>
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const pom = read('config/local-stack/pom.xml')
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
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
