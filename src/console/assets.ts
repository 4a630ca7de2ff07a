// Everything that a browser loads, prepared once: bundled, compressed, named by its content.
// Invariant: what is served is this list and nothing else, so no part of an address reaches the file system.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { bundlePage, pageFolder } from './page-bundle.ts'

export interface Asset {
  /** As it stands in an address. */
  readonly path: string
  readonly contentType: string
  /** Names the content; an encoding of it is marked behind. */
  readonly etag: string
  readonly bodies: Readonly<Record<Encoding, Buffer>>
}

export type Encoding = 'identity' | 'gzip' | 'br'
export const languages = ['ru', 'en'] as const
export type Language = (typeof languages)[number]

export interface PageAssets {
  readonly pages: Readonly<Record<Language, Asset>>
  /** Each path is of one content for ever. */
  readonly files: readonly Asset[]
}

const ownSource = new URL('../', import.meta.url)

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
}

/** A file of the page's folder, where the page names it. */
const entryAddress = /(?<=")\/assets\/([\w.-]+)(?=")/g
const preloadPlace = '<!-- module preload -->'

/** `src`: the folder of the rooms. @throws ConsoleRefused where the page names or imports what it must not */
export async function preparePageAssets(src: URL = ownSource): Promise<PageAssets> {
  const template = await readFile(new URL(`${pageFolder}/index.html`, src), 'utf8')
  const entries = new Set(Array.from(template.matchAll(entryAddress), ([, entry = '']) => entry))
  const { files, nameOf, atOnce } = await bundlePage([...entries], src)
  const entryScripts = [...nameOf.values()]
  const preloads = atOnce
    .filter((name) => !entryScripts.includes(name))
    .map((name) => `<link rel="modulepreload" href="/assets/${name}" />`)
  const page = (language: Language): string =>
    template
      .replaceAll('{language}', language)
      .replaceAll(entryAddress, (_, entry: string) => `/assets/${nameOf.get(entry) ?? entry}`)
      .replace(preloadPlace, () => preloads.join('\n    '))
  return {
    pages: {
      ru: await prepared('/', '.html', page('ru')),
      en: await prepared('/', '.html', page('en')),
    },
    files: await Promise.all(files.map(({ name, text }) => prepared(`/assets/${name}`, extname(name), text))),
  }
}

const compress = {
  gzip: promisify(gzip),
  br: promisify(brotliCompress),
}

async function prepared(path: string, extension: string, text: string): Promise<Asset> {
  const contentType = contentTypes[extension]
  if (contentType === undefined) throw new Error(`${path} has no content type`)
  const identity = Buffer.from(text)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: identity.length,
    // No file is larger than this window, and all are compressed at once.
    [constants.BROTLI_PARAM_LGWIN]: 17,
  }
  const [zipped, br] = await Promise.all([
    compress.gzip(identity, { level: 9 }),
    compress.br(identity, { params }),
  ])
  const etag = createHash('sha256').update(identity).digest('base64url').slice(0, 22)
  return { path, contentType, etag, bodies: { identity, gzip: zipped, br } }
}
