// What stands under config/kubernetes, as objects: for the tests that judge it, and for those that do to workers what
// it would.
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

export interface Manifest {
  /** Within the repository. */
  readonly file: string
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  // Its own schema says what is in it.
  readonly [field: string]: unknown
}

const root = new URL('../../', import.meta.url)
const folder = 'config/kubernetes'

/** Every document of every file, but for those that kustomize reads itself. */
export function readManifests(): readonly Manifest[] {
  return manifestFiles()
    .filter((file) => !file.endsWith('/kustomization.yaml'))
    .flatMap((file) => documentsOf(file).map((document) => ({ file, ...document }) as Manifest))
}

/** Paths within the repository. */
export function manifestFiles(): readonly string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`)
    .sort()
}

/** @throws on what is no YAML, and on what a parser of YAML 1.1, as those of Kubernetes are, would read otherwise. */
export function documentsOf(file: string): readonly object[] {
  const text = readFileSync(new URL(file, root), 'utf8')
  return (['1.1', '1.2'] as const)
    .map((version) =>
      parseAllDocuments(text, { version, strict: true, merge: true }).map((document) => {
        if (document.errors.length + document.warnings.length > 0)
          throw new Error(`${file}: ${[...document.errors, ...document.warnings].join('; ')}`)
        return document.toJS() as object
      }),
    )
    .reduce((one, other) => {
      if (JSON.stringify(one) !== JSON.stringify(other))
        throw new Error(`${file} is read otherwise as YAML 1.1`)
      return one
    })
}

export interface RollingUpdate {
  readonly minReadySeconds: number
  readonly terminationGracePeriodSeconds: number
  readonly maxSurge: number
  readonly maxUnavailable: number
  readonly replicas: number
}

/** How the manifests replace workers. */
export function rollingUpdateOfWorkers(): RollingUpdate {
  const found = readManifests().find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'call-webhook-worker',
  )
  const { minReadySeconds, replicas, strategy, template } = (found as unknown as WorkerDeployment).spec
  const { terminationGracePeriodSeconds } = template.spec
  return { minReadySeconds, replicas, terminationGracePeriodSeconds, ...strategy.rollingUpdate }
}

interface WorkerDeployment {
  readonly spec: {
    readonly minReadySeconds: number
    readonly replicas: number
    readonly strategy: {
      readonly rollingUpdate: { readonly maxSurge: number; readonly maxUnavailable: number }
    }
    readonly template: { readonly spec: { readonly terminationGracePeriodSeconds: number } }
  }
}
