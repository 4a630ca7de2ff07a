// The manifests against the schemas that Kubernetes, KEDA and the Prometheus operator publish, as a package brings them in two
// forms: validators, which know types and what is required but let unknown fields pass, and TypeScript types, which do not.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Manifest } from '../harness/manifests.ts'
import { readManifests } from '../harness/manifests.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const manifests = readManifests()
const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`

/** Where the package has the kind. */
function moduleOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  const [group = ''] = apiVersion.split('/')
  const packages: Readonly<Record<string, string>> = {
    'keda.sh': '@kubernetes-models/keda',
    'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  }
  return `${packages[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`
}

type Model = new (content: unknown) => { validate(): void }

async function validate(manifest: Manifest): Promise<void> {
  const { file: _, ...content } = manifest
  const models = (await import(moduleOf(manifest))) as Readonly<Record<string, Model>>
  const Kind = models[manifest.kind]
  if (Kind === undefined) throw new Error(`there is no ${manifest.kind}`)
  new Kind(content).validate()
}

describe('what stands where a type is known', () => {
  it.each(manifests.map((manifest) => [nameOf(manifest), manifest] as const))('%s', async (_, manifest) => {
    await validate(manifest)
  })

  it('is refused where it is of another', async () => {
    const worker = manifests.find((each) => nameOf(each) === 'Deployment call-webhook-worker')
    const broken = structuredClone(worker) as Manifest & { spec: { minReadySeconds: unknown } }
    broken.spec.minReadySeconds = '10'
    await expect(validate(broken)).rejects.toThrow(/minReadySeconds must be integer/)
  })
})

describe('fields', () => {
  /** A literal for each manifest, and behind it the same with a field that nobody knows, in each of its objects in turn. */
  const literals = manifests.flatMap((manifest) => [
    { manifest, known: true },
    ...withUnknownField(manifest).map((broken) => ({ manifest: broken, known: false })),
  ])
  let refused: ReadonlySet<number>
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'manifests-'))
    symlinkSync(modules, join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const lines = literals.map(({ manifest }, index) => {
      const { file: _, ...content } = manifest
      const type = `import(${JSON.stringify(moduleOf(content))}).I${content.kind}`
      return `export const manifest${index}: ${type} = ${JSON.stringify(content)}`
    })
    writeFileSync(join(folder, 'manifests.ts'), `${lines.join('\n')}\n`)
    refused = linesRefused(folder)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are all known to the schema', () => {
    const wrong = literals.filter(({ known }, index) => known && refused.has(index + 1))
    expect(wrong.map(({ manifest }) => nameOf(manifest))).toEqual([])
  })

  it('that are not known are refused, wherever they stand', () => {
    const passed = literals.filter(({ known }, index) => !known && !refused.has(index + 1))
    expect(passed.map(({ manifest }) => JSON.stringify(manifest))).toEqual([])
    expect(literals.length).toBeGreaterThan(200)
  })
})

/** Numbers of lines, from 1. */
function linesRefused(folder: string): ReadonlySet<number> {
  const compiler = join(modules, 'typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--pretty', 'false', '--types', '']
  const resolution = ['--module', 'nodenext', '--target', 'es2024']
  try {
    execFileSync(process.execPath, [compiler, ...options, ...resolution, 'manifests.ts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return new Set()
  } catch (error) {
    const output = String(Object(error).stdout)
    const found = [...output.matchAll(/^manifests\.ts\((\d+),\d+\): error TS(\d+): (.*)$/gm)]
    const others = output
      .split('\n')
      .filter((line) => /error TS/.test(line) && !line.startsWith('manifests.ts('))
    if (others.length > 0 || found.length === 0)
      throw new Error(output || 'the compiler did not run', { cause: error })
    return new Set(found.map(([, line]) => Number(line)))
  }
}

/** One for each object in it that has a field more, but for those that hold names of somebody's choosing. */
function withUnknownField(content: Manifest): readonly Manifest[] {
  const broken: Manifest[] = []
  const walk = (path: readonly string[], value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value) && !isOpen(content.kind, path.join('.'))) {
      const copy = structuredClone(content)
      const place = path.reduce<object>((inner, key) => Object(inner)[key] as object, copy)
      Object.assign(place, { fieldThatNobodyKnows: {} })
      broken.push(copy)
    }
    for (const [key, inner] of Object.entries(value)) walk([...path, key], inner)
  }
  const { file: _, ...fields } = content
  walk([], fields)
  return broken
}

function isOpen(kind: string, path: string): boolean {
  if (/\b(labels|matchLabels|requests|limits)$/.test(path)) return true
  return (
    (kind === 'Service' && path === 'spec.selector') ||
    (kind === 'ScaledObject' && /^spec\.triggers\.\d+\.metadata$/.test(path))
  )
}
