// The page's sources as a browser loads them: bundled in memory, without types and comments, named by their content.
// Invariants: what goes in stands in the page's folder, in the domain, or in a package that is named here, and a start
// refuses all else; the bundler is a process of its own, and none is left behind.
import { realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'
import type { BuildOptions, BuildResult, Metafile } from 'esbuild'
import { ConsoleRefused } from './console-refused.ts'

export interface BundledFile {
  /** With its hash: `app-3KXQ7LZ5.js`. */
  readonly name: string
  readonly text: string
}

export interface PageBundle {
  readonly files: readonly BundledFile[]
  /** The name of the file that an entry became. */
  readonly nameOf: ReadonlyMap<string, string>
  /** Names of the scripts that the entries load at once, themselves included, and not those that come later. */
  readonly atOnce: readonly string[]
}

export const pageFolder = 'console/page'

/** What the page may take from outside. */
const packages = ['preact', 'htm', '@github/combobox-nav', '@picocss/pico']
const packagesFolder = new URL('../../node_modules', import.meta.url)

const options = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: 'es2022',
  platform: 'browser',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  loader: { '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  // Said here, so that no file of settings beside the sources changes what is served.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
} satisfies BuildOptions

/**
 * `entries`: names of files in the page's folder; `src`: the folder of the rooms.
 * @throws ConsoleRefused, with one line, where the page cannot be bundled
 */
export async function bundlePage(entries: readonly string[], src: URL): Promise<PageBundle> {
  const root = await realpath(fileURLToPath(src))
  const given = {
    ...options,
    absWorkingDir: root,
    outdir: root,
    entryPoints: entries.map((entry) => join(root, pageFolder, entry)),
    nodePaths: [fileURLToPath(packagesFolder)],
  }
  const { outputFiles, metafile } = await bundled(given)
  await refuseForeign(Object.keys(metafile.inputs), root)
  const nameOf = new Map<string, string>()
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    const entry = entries.find((one) => `${pageFolder}/${one}` === entryPoint)
    if (entry !== undefined) nameOf.set(entry, basename(path))
  }
  const files = outputFiles.map(({ path, text }) => ({ name: basename(path), text }))
  return { files, nameOf, atOnce: loadedAtOnce([...nameOf.values()], metafile) }
}

type Bundled = BuildResult<{ readonly write: false; readonly metafile: true }>

/** How many wait for the bundler: it is one process for all, and goes with the last. */
let underWay = 0

async function bundled(given: BuildOptions & typeof options): Promise<Bundled> {
  underWay += 1
  try {
    return await build(given)
  } catch (error) {
    throw new ConsoleRefused(`the page cannot be bundled: ${firstFault(error)}`, { cause: error })
  } finally {
    underWay -= 1
    if (underWay === 0) await stop()
  }
}

/** Of several, each with its place, or of a bundler that is not there. */
function firstFault(error: unknown): string {
  const { errors, message } = Object(error) as Partial<BuildResult> & { readonly message?: unknown }
  const [first] = errors ?? []
  const place = first?.location
  const where = place === null || place === undefined ? '' : `${place.file}:${place.line}: `
  return `${where}${first?.text ?? String(message)}`.replace(/\n.*/s, '')
}

/** Paths are relative to `root`. */
async function refuseForeign(inputs: readonly string[], root: string): Promise<void> {
  const outside = await realpath(fileURLToPath(packagesFolder))
  const allowed = [
    join(root, pageFolder),
    join(root, 'domain'),
    ...packages.map((name) => join(outside, ...name.split('/'))),
  ]
  const foreign = inputs.find((path) => !allowed.some((one) => join(root, path).startsWith(one + sep)))
  if (foreign === undefined) return
  throw new ConsoleRefused(
    `the page imports ${foreign}, which is neither its own nor of the domain, and of no package that it may use`,
  )
}

function loadedAtOnce(entries: readonly string[], { outputs }: Metafile): readonly string[] {
  const imports = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output.imports]))
  const reached = new Set(entries.filter((name) => name.endsWith('.js')))
  for (const name of reached) {
    for (const { kind, path, external } of imports.get(name) ?? []) {
      if (kind === 'import-statement' && external !== true) reached.add(basename(path))
    }
  }
  return [...reached]
}
