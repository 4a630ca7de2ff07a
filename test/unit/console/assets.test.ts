// What a browser gets of the page: bundled, only what the page reaches, and nothing that it must not.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { preparePageAssets } from '../../../src/console/assets.ts'
import type { PageAssets } from '../../../src/console/assets.ts'

const template = `<!doctype html>
<html lang="{language}">
  <head>
    <link rel="icon" href="/assets/icon.svg" />
    <link rel="stylesheet" href="/assets/styles.css" />
    <!-- module preload -->
    <script type="module" src="/assets/main.ts"></script>
  </head>
</html>
`
const lateText = "import { one } from '../../domain/one.ts'\nexport const late: number = one + 1\n"

let folder: string
let root: URL
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'))
  root = pathToFileURL(`${folder}/`)
  await write('console/page/index.html', template)
  await write('console/page/icon.svg', '<svg xmlns="http://www.w3.org/2000/svg" />\n')
  await write('console/page/styles.css', "@import '@picocss/pico/css/pico.min.css';\n@import './more.css';\n")
  await write('console/page/more.css', '/* why */\n.from-more { color: red }\n')
  await write('console/page/unused.ts', "export const secret = 'unused-text'\n")
  await write(
    'console/page/main.ts',
    "// A comment.\nimport { render } from 'preact'\nimport type { Gone } from './gone.ts'\nimport {\n  one,\n} from '../../domain/one.ts'\nconst text: string = 'от страницы'\nconst shown = (given: Gone) => [render, one, text, given]\nconsole.log(shown, import('./late.ts'))\n",
  )
  await write('console/page/late.ts', lateText)
  await write('domain/one.ts', "export const one: number = Number('41')\n")
  await write('kafka/codec.ts', "export const codec = 'of another room'\n")
})
afterAll(() => rm(folder, { recursive: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

/** By their names without hashes. */
const namesOf = ({ files }: PageAssets): readonly string[] =>
  files.map(({ path }) => path.replace(/-[A-Z0-9]{8}(?=\.)/, '')).sort()
const textOf = ({ files }: PageAssets, name: string): string =>
  String(files.find(({ path }) => path.startsWith(`/assets/${name}-`))?.bodies.identity)

describe('the files of the page', () => {
  it('are what it loads at once, what it loads later, what both need, its styles and its picture', async () => {
    expect(namesOf(await preparePageAssets(root))).toEqual([
      '/assets/chunk.js',
      '/assets/icon.svg',
      '/assets/late.js',
      '/assets/main.js',
      '/assets/styles.css',
    ])
  })

  it('are without types, comments and what nobody needs, with texts as they are', async () => {
    const assets = await preparePageAssets(root)
    const main = textOf(assets, 'main')
    expect(main).toContain('от страницы')
    expect(main).not.toMatch(/Gone|A comment/)
    expect(textOf(assets, 'styles')).toMatch(/--pico-.*\.from-more\{color:red\}/s)
    const all = assets.files.map(({ bodies }) => String(bodies.identity)).join('\n')
    expect(all).not.toMatch(/unused-text|sourceMappingURL|@import/)
  })

  it('come in every encoding the same, and say what they are', async () => {
    const assets = await preparePageAssets(root)
    for (const { contentType, bodies } of [...assets.files, assets.pages.ru]) {
      expect(contentType).toMatch(/^(text\/(javascript|css|html)|image\/svg\+xml); charset=utf-8$/)
      expect(gunzipSync(bodies.gzip).equals(bodies.identity)).toBe(true)
      expect(brotliDecompressSync(bodies.br).equals(bodies.identity)).toBe(true)
    }
  })

  it('change their names with their content, and only then', async () => {
    const pathsOf = async () => (await preparePageAssets(root)).files.map(({ path }) => path)
    const before = await pathsOf()
    expect(await pathsOf()).toEqual(before)
    await write('console/page/more.css', '.from-more { color: blue }\n')
    const gone = before.filter((path) => path.startsWith('/assets/styles-'))
    const after = await pathsOf()
    expect(before.filter((path) => !after.includes(path))).toEqual(gone)
    await write('console/page/more.css', '.from-more { color: red }\n')
  })

  it.each([
    ["import '../../kafka/codec.ts'\n", 'the page imports kafka/codec.ts'],
    ["import { v4 } from 'uuid'\nconsole.log(v4)\n", 'uuid'],
    ["export { join } from 'node:path'\n", 'console/page/late.ts:1: Could not resolve "node:path"'],
    ["import './nowhere.ts'\n", 'console/page/late.ts:1: Could not resolve "./nowhere.ts"'],
    ['const = 1\n', 'console/page/late.ts:1: Expected identifier'],
    ["import '../../../../../../../../etc/passwd'\n", 'etc/passwd'],
  ])('hold nothing foreign and nothing broken: %j', async (text, fault) => {
    await write('console/page/late.ts', text)
    const error: unknown = await preparePageAssets(root).catch((thrown: unknown) => thrown)
    await write('console/page/late.ts', lateText)
    expect(error).toMatchObject({ code: 'CONSOLE_REFUSED', message: expect.stringContaining(fault) })
    expect(String(error)).not.toContain('\n')
  })
})

describe('the page itself', () => {
  it('knows its language and its files, and preloads what its script loads at once', async () => {
    const { pages, files } = await preparePageAssets(root)
    for (const language of ['ru', 'en'] as const) {
      const html = String(pages[language].bodies.identity)
      expect(html).toContain(`<html lang="${language}">`)
      const named = Array.from(html.matchAll(/<(\w+ \w+="\w+").*? (?:href|src)="([^"]+)"/g), (match) =>
        match.slice(1),
      )
      const pathOf = (name: string) => files.find(({ path }) => path.startsWith(`/assets/${name}-`))?.path
      expect(named).toEqual([
        ['link rel="icon"', pathOf('icon')],
        ['link rel="stylesheet"', pathOf('styles')],
        ['link rel="modulepreload"', pathOf('chunk')],
        ['script type="module"', pathOf('main')],
      ])
    }
    expect(pages.ru.etag).not.toBe(pages.en.etag)
  })

  it('needs at most 80 KB with form and log, headers not counted', async () => {
    const { files, pages } = await preparePageAssets()
    const bytes = [...files, pages.ru].reduce((sum, { bodies }) => sum + bodies.br.length, 0)
    expect(bytes).toBeLessThanOrEqual(80 * 1_024)
  })
})

// Which processes there are is read where Linux tells it.
const whereToldOf = process.platform === 'linux' ? it : it.skip

whereToldOf(
  'leaves no bundler running, also where several are prepared at once and one is faulty',
  async () => {
    const assets = fileURLToPath(new URL('../../../src/console/assets.ts', import.meta.url))
    const script = `
    const { preparePageAssets } = await import(${JSON.stringify(assets)})
    const nowhere = new URL('file:///nowhere/')
    const ends = await Promise.allSettled([preparePageAssets(), preparePageAssets(nowhere), preparePageAssets()])
    const { readdirSync, readFileSync } = await import('node:fs')
    const children = readdirSync('/proc').filter((id) => /^\\d+$/.test(id)).filter((id) => {
      try {
        const [, state, parent] = readFileSync('/proc/' + id + '/stat', 'utf8').replace(/^.*\\) /, ') ').split(' ')
        return Number(parent) === process.pid && state !== 'Z'
      } catch { return false }
    })
    console.log(JSON.stringify([ends.map(({ status }) => status), children, process.getActiveResourcesInfo()]))`
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)))
    const [code] = await once(child, 'close')
    expect([code, out.slice(0, 41)]).toEqual([0, '[["fulfilled","rejected","fulfilled"],[],'])
  },
)
