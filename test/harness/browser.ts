// Chromium for a test file: started once, a context of its own for every page. Invariant: what goes wrong in a page
// fails its test, also where nobody looked for it: an error in the console, a script that was refused by the content
// security policy, a request that failed or was answered with a fault that the test did not name, a dialog.
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

export interface Browsing {
  /** In a context of its own, with nothing of an earlier page. */
  open(url: string, options?: PageOptions): Promise<Page>
  /** Closes all pages. @throws what went wrong in them */
  endTest(): Promise<void>
  stop(): Promise<void>
}

export interface PageOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Default `ru`. */
  readonly language?: 'ru' | 'en'
  /** Default `light`. */
  readonly scheme?: 'light' | 'dark'
  /** CSS pixels, default 1440. */
  readonly width?: number
  /** Answers of 400 and more that belong to the test. Default: none. */
  readonly expected?: readonly number[]
  /** What may stand in the console. Default: nothing. */
  readonly expectedErrors?: RegExp
}

const locales = { ru: 'ru-RU', en: 'en-US' }
const height = 900
/** For a control to be there: slow machines, and tests that run beside. */
const waitMs = 15_000

export async function startBrowsing(): Promise<Browsing> {
  const browser = await launch()
  let contexts: BrowserContext[] = []
  let troubles: string[] = []
  return {
    async open(url, options = {}) {
      const { headers = {}, language = 'ru', scheme = 'light', width = 1_440 } = options
      const context = await browser.newContext({
        locale: locales[language],
        colorScheme: scheme,
        viewport: { width, height },
        extraHTTPHeaders: { ...headers },
        timezoneId: 'Europe/Moscow',
        reducedMotion: 'reduce',
      })
      context.setDefaultTimeout(waitMs)
      contexts.push(context)
      const page = await context.newPage()
      watch(page, options, (trouble) => troubles.push(trouble))
      await page.goto(url)
      return page
    },
    async endTest() {
      const [closing, found] = [contexts, troubles]
      contexts = []
      await Promise.all(closing.map((context) => context.close()))
      troubles = []
      if (found.length > 0) throw new Error(`in the browser:\n${found.join('\n')}`)
    },
    stop: () => browser.close(),
  }
}

/** Neither single process nor without the same-origin rule, as the package would start it: the tests rest on both. */
function launch(): Promise<Browser> {
  const folder = process.env['TEST_CHROMIUM'] ?? ''
  if (folder === '') throw new Error('TEST_CHROMIUM is missing: the folder of an unpacked Chromium')
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    // Containers run as root and have no namespaces to give.
    args: ['--no-sandbox', '--font-render-hinting=none'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      FONTCONFIG_PATH: join(folder, 'etc'),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    },
  })
}

function watch(page: Page, options: PageOptions, told: (trouble: string) => void): void {
  const { expected = [], expectedErrors } = options
  page.on('console', (message) => {
    const text = message.text()
    // Told by the answer itself, with its status.
    if (message.type() !== 'error' || text.startsWith('Failed to load resource')) return
    if (expectedErrors?.test(text) !== true) told(`console: ${text}`)
  })
  page.on('pageerror', (error) => told(`error: ${error.stack ?? error.message}`))
  page.on('crash', () => told('the page crashed'))
  page.on('dialog', (dialog) => {
    // The browser's own question before a form is left for another page.
    if (dialog.type() === 'beforeunload') {
      dialog.accept().catch(() => {})
      return
    }
    told(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => {})
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400 && !expected.includes(status)) {
      told(`${status}: ${response.request().method()} ${response.url()}`)
    }
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // The page calls off what it no longer asks.
    if (why !== 'net::ERR_ABORTED') told(`${why}: ${request.method()} ${request.url()}`)
  })
}
