// What the manifests promise beyond their schemas: times that fit the settings, names that are settings, settings that load,
// pods without rights, a wall that is no lower than the guard's, and no more workers than there are partitions.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { readIpAddress } from '../../src/guard/ip-address.ts'
import { isWithin, readIpNetwork } from '../../src/guard/ip-network.ts'
import { isPublic } from '../../src/guard/public-address.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { settingsTree } from '../../src/settings/schema.ts'
import { listSettings } from '../../src/settings/setting.ts'
import { deniedHosts } from '../harness/address-rows.ts'
import type { Manifest } from '../harness/manifests.ts'
import { documentsOf, manifestFiles, readManifests, rollingUpdateOfWorkers } from '../harness/manifests.ts'

interface Variable {
  readonly name: string
  readonly value?: string
}

interface Container {
  readonly name: string
  readonly args: readonly string[]
  readonly env: readonly Variable[]
  readonly securityContext: object
  readonly resources: { readonly limits: Readonly<Record<string, string>> }
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}

interface Pod {
  readonly volumes: readonly {
    readonly name: string
    readonly secret?: { readonly secretName: string }
    readonly emptyDir?: object
  }[]
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifests = readManifests()
const named = (kind: string, name: string): Manifest => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}
const pods = manifests.flatMap((manifest) => {
  const template = Object(manifest['spec']).template as { readonly spec: Pod } | undefined
  return template === undefined ? [] : [[manifest.metadata.name, template.spec] as const]
})
const containers = pods.flatMap(([owner, { initContainers = [], containers }]) =>
  [...initContainers, ...containers].map((container) => [`${owner}/${container.name}`, container] as const),
)
const settingsFile = 'config/kubernetes/settings/settings.json'
const known = listSettings(settingsTree)
/** Read by Node.js before us. */
const ofNode = 'NODE_OPTIONS'
/** Of a variable: the setting that it gives, as a value or as a secret's file. */
const givenBy = ({ name }: Variable) => {
  const setting = known.find(({ environmentName }) => environmentName === name)
  if (setting !== undefined) return { kind: 'value' as const }
  const secret = known.find(({ environmentName }) => `${environmentName}_FILE` === name)
  return secret?.sensitive === true ? { kind: 'file' as const, of: secret.environmentName } : null
}
const environmentOf = ({ env }: Container): Readonly<Record<string, string>> =>
  Object.fromEntries(
    env.flatMap((variable): readonly (readonly [string, string])[] => {
      const given = givenBy(variable)
      if (given?.kind === 'file') return [[given.of, 'what stands in the file']]
      return given === null || variable.value === undefined ? [] : [[variable.name, variable.value]]
    }),
  )
const settingsOf = (container: Container) =>
  loadSettings({ files: [join(root, settingsFile)], environment: environmentOf(container) })
const worker = containers.find(([name]) => name === 'call-webhook-worker/worker')?.[1]
if (worker === undefined) throw new Error('there is no worker')

describe('the settings of the manifests', () => {
  it.each(containers)(
    'load in %s, from variables that are settings or name a secret’s file',
    (_, container) => {
      expect(() => settingsOf(container)).not.toThrow()
      const others = container.env.filter((variable) => givenBy(variable) === null)
      const names = others.map(({ name }) => name).filter((name) => name !== ofNode)
      expect(names).toEqual(['CONFIG_FILES'])
    },
  )

  it('name no file that is not mounted', () => {
    const settings = settingsOf(worker)
    const folders = worker.volumeMounts.map(({ mountPath }) => mountPath)
    const files = [
      settings.kafka.ssl.caFile,
      settings.secrets.keyringFile,
      ...worker.env.flatMap(({ name, value }) => (name.endsWith('FILE') && value ? [value] : [])),
    ]
    expect(files.map((file) => dirname(file)).filter((folder) => !folders.includes(folder))).toEqual([])
  })

  it('let probes and Prometheus in, at the port that the manifest names', () => {
    const settings = settingsOf(worker)
    expect(settings.ops.host).toBe('0.0.0.0')
    expect(Object(worker).ports).toEqual([{ name: 'ops', containerPort: settings.ops.port }])
  })
})

describe('a roll-out', () => {
  it('gives a worker the time to drain, and some for its last writes and its farewell', () => {
    const { drainTimeoutMs } = settingsOf(worker).shutdown
    const graceMs = rollingUpdateOfWorkers().terminationGracePeriodSeconds * 1_000
    expect(graceMs).toBeGreaterThanOrEqual(drainTimeoutMs + 10_000)
  })

  it('gives a start the time to wait for a registry that is away', () => {
    const { startupProbe } = Object(worker)
    const startedWithinMs = startupProbe.periodSeconds * startupProbe.failureThreshold * 1_000
    expect(startedWithinMs).toBeGreaterThan(settingsOf(worker).registry.startWithinMs)
  })

  it('never has fewer workers than wanted, nor leaves a disruption more than one', () => {
    expect(rollingUpdateOfWorkers()).toMatchObject({ maxSurge: 1, maxUnavailable: 0 })
    expect(named('PodDisruptionBudget', 'call-webhook-worker')['spec']).toMatchObject({ maxUnavailable: 1 })
  })
})

describe('pods', () => {
  it.each(containers)('%s has no rights and writes nothing but what is mounted for it', (_, container) => {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(Object.keys(container.resources.limits)).toEqual(['memory'])
  })

  it.each(pods)('%s runs as the image’s user, without a token for the cluster', (_, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    })
  })

  it('do not share logins: workers, page and setup have a secret each', () => {
    const secrets = pods.flatMap(([, { volumes }]) =>
      volumes.flatMap(({ secret }) => secret?.secretName ?? []),
    )
    expect(new Set(secrets).size).toBe(secrets.length)
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([])
  })
})

describe('the number of workers', () => {
  const scaled = named('ScaledObject', 'call-webhook-worker')['spec'] as {
    readonly maxReplicaCount: number
    readonly minReplicaCount: number
    readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[]
  }

  it('is at most that of partitions, and counted by the lag of the worker’s own group on events', () => {
    const { topics, group, kafka } = settingsOf(worker)
    expect(scaled.maxReplicaCount).toBe(topics.events.partitions)
    expect(scaled.minReplicaCount).toBe(rollingUpdateOfWorkers().replicas)
    expect(scaled.triggers.map(({ metadata }) => metadata)).toEqual([
      expect.objectContaining({
        topic: topics.events.name,
        consumerGroup: group.id,
        bootstrapServers: kafka.brokers.join(),
      }),
    ])
  })
})

describe('the wall around the guard', () => {
  const { spec } = named('NetworkPolicy', 'call-webhook-receivers') as unknown as {
    readonly spec: {
      readonly egress: readonly {
        readonly to: readonly {
          readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] }
        }[]
      }[]
    }
  }
  const passes = (text: string): boolean => {
    const address = readIpAddress(text)
    const isIn = (network: string): boolean => {
      const range = readIpNetwork(network)
      if (range === null) throw new Error(`${network} is no network`)
      return address !== null && isWithin(address, range)
    }
    return spec.egress
      .flatMap(({ to }) => to)
      .some(({ ipBlock }) => isIn(ipBlock.cidr) && !ipBlock.except.some(isIn))
  }

  it('lets nothing through that the guard denies', () => {
    const addresses = deniedHosts
      .map((host) => host.replace(/^\[(.*)\]$/, '$1'))
      .filter((text) => readIpAddress(text) !== null)
    expect(addresses.length).toBeGreaterThan(60)
    expect(addresses.filter(passes)).toEqual([])
  })

  it('lets the public internet through', () => {
    const addresses = ['1.1.1.1', '9.255.255.255', '172.32.0.0', '2606:4700::1111', '2a00:1450::1']
    expect(addresses.filter((text) => !passes(text))).toEqual([])
    expect(addresses.map((text) => readIpAddress(text)).every((one) => one !== null && isPublic(one))).toBe(
      true,
    )
  })
})

describe('what kustomize is told', () => {
  const kustomizations = manifestFiles()
    .filter((file) => file.endsWith('/kustomization.yaml'))
    .map((file) => [file, documentsOf(file)[0] as Kustomization] as const)

  interface Kustomization {
    readonly resources?: readonly string[]
    readonly components?: readonly string[]
    readonly images?: readonly { readonly name: string; readonly newTag: string }[]
    readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[]
  }

  it('leads to every manifest, and to nothing that is not there', () => {
    const named = kustomizations.flatMap(([file, { resources = [], components = [] }]) =>
      [...resources, ...components].map((name) => join(dirname(file), name)),
    )
    const there = [...manifestFiles(), ...kustomizations.map(([file]) => dirname(file))]
    expect(named.filter((path) => !there.includes(path))).toEqual([])
    expect(manifests.filter(({ file }) => !named.includes(file))).toEqual([])
    const files = kustomizations.flatMap(([file, { configMapGenerator = [] }]) =>
      configMapGenerator.flatMap(({ files }) => files.map((name) => join(dirname(file), name))),
    )
    expect(files).toEqual([settingsFile])
  })

  it('is the version of this package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const tags = kustomizations.flatMap(([, { images = [] }]) => images.map(({ newTag }) => newTag))
    expect(tags).toEqual([version, version])
  })
})
