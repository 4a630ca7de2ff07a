// The page is for everyone: without a mouse, with a screen reader, on a narrow screen, in the dark, over a slow line,
// and in either language.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { textsEn } from '../../src/console/page/texts.en.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import { until } from '../harness/until.ts'
import { webhookRecord } from '../harness/worker-rig.ts'
import { expectAccessible } from './accessible.ts'
import { addWebhook, fillIn, gone, openNewForm, rowOf, shown } from './webhook-form.ts'

let rig: PageRig
let here: string
beforeAll(async () => {
  rig = await startPageRig()
  here = `127.0.0.1:${rig.receiver.port}`
})
afterEach(() => rig.endTest())
afterAll(() => rig.stop())

const { form, advanced, list, preview } = textsRu

async function untilFocused(page: Page, name: string): Promise<void> {
  const focused = () => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 300) ?? '')
  await until(
    async () =>
      await page
        .getByLabel(name, { exact: true })
        .or(page.getByRole('button', { name, exact: true }))
        .evaluateAll((all) => all.includes(document.activeElement as HTMLElement)),
    `the focus on ${name}`,
    5_000,
  ).catch(async (error: unknown) => {
    throw new Error(`the focus is on ${await focused()}`, { cause: error })
  })
}

/** As often as it takes. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByLabel(name, { exact: true }).or(page.getByRole('button', { name, exact: true }))
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluateAll((all) => all.includes(document.activeElement as HTMLElement))) return
  }
  throw new Error(`${name} is not reached by Tab`)
}

describe('without a mouse', () => {
  it('a webhook is added: every field is reached, the picker listens to arrows, letters, Enter and Escape', async () => {
    const page = await rig.open('keys')
    await shown(page.getByText(list.emptyTitle))
    const { keyboard } = page
    await tabTo(page, textsRu.addAddress)
    await keyboard.press('Enter')
    await shown(page.getByRole('heading', { name: form.newTitle }))
    await tabTo(page, form.address)
    await keyboard.type(here)
    await tabTo(page, form.path)
    await keyboard.type('keys')
    await tabTo(page, form.nameOf(1))
    await keyboard.type('phone')
    await tabTo(page, form.valueOf(1))
    const options = page.getByRole('listbox').getByRole('option')
    await keyboard.press('ArrowDown')
    await shown(options.first())
    await keyboard.press('Escape')
    await gone(options.first())
    expect(await page.getByLabel(form.valueOf(1)).inputValue()).toBe('')
    await keyboard.type('клиента номер')
    await shown(
      page.getByRole('listbox').getByRole('option', { selected: true }).filter({ hasText: 'client_number' }),
    )
    await keyboard.press('Enter')
    expect(await page.getByLabel(form.valueOf(1)).inputValue()).toBe('client_number')
    await tabTo(page, form.addParameter)
    await keyboard.press('Enter')
    await untilFocused(page, form.nameOf(2))
    await keyboard.type('second')
    await keyboard.press('Tab')
    await keyboard.press('ArrowDown')
    await keyboard.press('ArrowDown')
    const chosen = page.getByRole('listbox').getByRole('option', { selected: true })
    await shown(chosen)
    const name = await chosen.locator('.name').textContent()
    await keyboard.press('Enter')
    expect(await page.getByLabel(form.valueOf(2)).inputValue()).toBe(name)
    await tabTo(page, form.method)
    await keyboard.type('POST')
    await tabTo(page, form.eventType)
    await keyboard.press('ArrowDown')
    await tabTo(page, form.add)
    await keyboard.press('Enter')
    await shown(page.getByText(textsRu.notices.added))
    const row = page.getByRole('row').filter({ hasText: '/keys' })
    await shown(row.filter({ hasText: textsRu.events.call_end }).filter({ hasText: 'POST' }))
    await rig.publish(rig.call('keys').end)
    const [request] = await rig.received('/keys')
    expect(JSON.parse(request?.body ?? '')).toHaveProperty('phone')
  })

  it('one is deleted, and the focus is never lost', async () => {
    const page = await rig.open('focus')
    await addWebhook(page, { address: 'mysite.ru', path: 'focus' })
    const bin = list.remove('http://mysite.ru/focus')
    await tabTo(page, bin)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await shown(dialog)
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await gone(dialog)
    await untilFocused(page, bin)
    await page.keyboard.press('Enter')
    await shown(dialog)
    await page.keyboard.press('Tab')
    await untilFocused(page, textsRu.remove.yes)
    await page.keyboard.press('Enter')
    await shown(page.getByText(textsRu.notices.removed))
    await until(
      () => page.evaluate(() => document.activeElement?.tagName === 'H1'),
      'the focus on the heading',
    )
  })

  it('what is typed as soon as a view shows stays where it was typed: its heading has the focus from the first moment', async () => {
    const page = await rig.open('first-moment')
    const add = page
      .getByRole('link', { name: textsRu.addAddress })
      .or(page.getByRole('button', { name: textsRu.addAddress }))
    await shown(add.first())
    // A microtask after the heading was put in: no key can come between.
    const focused = page.evaluate(
      (title) =>
        new Promise<string>((resolve) => {
          const watch = new MutationObserver(() => {
            if (document.querySelector('h1')?.textContent !== title) return
            watch.disconnect()
            resolve(document.activeElement?.tagName ?? 'none')
          })
          watch.observe(document.body, { childList: true, subtree: true, characterData: true })
        }),
      form.newTitle,
    )
    await add.first().click()
    expect(await focused).toBe('H1')
  })

  it('a view that replaces another is announced by its heading, and a row that goes leaves the focus beside', async () => {
    const page = await rig.open('heading')
    await openNewForm(page)
    await until(() => page.evaluate(() => document.activeElement?.tagName === 'H1'), 'the heading')
    await fillIn(page, {
      parameters: [
        ['a', 'city'],
        ['b', 'city'],
      ],
    })
    await page.getByRole('button', { name: form.removeParameter('a') }).press('Enter')
    await untilFocused(page, form.nameOf(1))
    expect(await page.getByLabel(form.nameOf(1), { exact: true }).inputValue()).toBe('b')
  })
})

/** Runs in the page: words that stand on two lines. */
function brokenWords(cells: readonly Element[]): readonly string[] {
  return cells.flatMap((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    const broken: string[] = []
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      for (const { index, 0: word } of (node.nodeValue ?? '').matchAll(/\S+/g)) {
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        if (range.getClientRects().length > 1) broken.push(word)
      }
    }
    return broken
  })
}

describe('on a narrow and a wide screen, in light and in dark', () => {
  /** Each ends with the page at rest. */
  const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    'the empty list': async (page) => {
      await shown(page.getByText(list.emptyTitle))
    },
    'the list': async (page) => {
      await shown(page.getByText(list.found(3, 3)))
    },
    'the question before deleting': async (page) => {
      await page
        .getByRole('button', { name: /^Удалить/ })
        .first()
        .click()
      await shown(page.getByRole('dialog'))
    },
    'the form with everything open': async (page) => {
      await openNewForm(page)
      await page.getByText(advanced.title, { exact: true }).click()
      await page.getByRole('button', { name: advanced.addHeader }).click()
      await page.getByRole('button', { name: advanced.generate }).click()
      await page.getByLabel(advanced.authenticationType).selectOption('basic')
      await fillIn(page, {
        address: 'https://a-rather-long-name-of-a-server.in-a-long-zone.example.com:8443',
        path: `path/${'to-a-token-without-any-break'.repeat(6)}`,
        method: 'POST',
        event: 'both',
        parameters: [
          ['seconds_of_the_call_in_their_own_words', 'duration'],
          ['b', 'record_url'],
        ],
      })
      await page.getByLabel(advanced.headerName(1), { exact: true }).fill('X-Key')
      await page.getByLabel(advanced.headerValue(1), { exact: true }).fill('k')
      await page.getByLabel(advanced.username).fill('robot')
      await page.getByLabel(advanced.password, { exact: true }).fill('secret')
      await shown(page.locator('.preview pre').nth(1))
    },
    'the form with faults': async (page) => {
      await openNewForm(page)
      await fillIn(page, { address: 'a b', path: '?' })
      await page.getByLabel(form.valueOf(1), { exact: true }).fill('sity')
      await page.getByRole('button', { name: form.add, exact: true }).click()
      await shown(page.getByText(form.faults(4)))
      await shown(page.getByText(preview.faulty))
    },
    'the open picker': async (page) => {
      await openNewForm(page)
      await page.getByLabel(form.valueOf(1), { exact: true }).click()
      await shown(page.getByRole('option').first())
    },
  }

  beforeAll(async () => {
    const record = (id: string, more: Parameters<typeof webhookRecord>[0]) =>
      rig.publisher.webhook({ ...webhookRecord(more), webhook_id: id })
    const common = { webhook_id: '', account_id: 'listed', port: 443, protocol: 'https' } as const
    await record('one', { ...common, host: 'crm.example.com', path: 'in/'.repeat(60) })
    await record('two', {
      ...common,
      host: 'a-rather-long-name-of-a-server.in-a-long-zone.example.com',
      enabled: false,
    })
    await record('three', { ...common, host: 'a b' })
    await until(
      async () => (await rig.console.ask('listed', 'GET', '/api/webhooks')).body.total === 3,
      'all to be listed',
    )
  })

  it.each(Object.entries(states))(
    '%s has no serious fault and nothing hidden at its side',
    async (name, reach) => {
      const page = await rig.open(name === 'the empty list' ? 'none' : 'listed')
      await reach(page)
      await expectAccessible(page)
    },
  )

  it.each([1_440, 1_200, 1_024, 900, 700, 360])(
    'at %d px an address has room in the list, and no word is broken',
    async (width) => {
      const page = await rig.open('listed', { width })
      await shown(page.getByText(list.found(3, 3)))
      const widths = await page
        .locator('.host')
        .evaluateAll((all) => all.map((host) => (host.parentElement ?? host).getBoundingClientRect().width))
      expect(Math.min(...widths)).toBeGreaterThan(200)
      // The head of the table is read aloud only, where rows are cards.
      const cells = page.locator(width < 832 ? 'td' : 'td, thead th')
      expect(await cells.evaluateAll(brokenWords)).toEqual([])
    },
  )

  it('is drawn in the colours that the system asks for', async () => {
    const background = async (scheme: 'light' | 'dark') => {
      const page = await rig.open('none', { scheme })
      await shown(page.getByText(list.emptyTitle))
      const colour = await page.evaluate(
        () =>
          getComputedStyle(document.body).backgroundColor +
          getComputedStyle(document.documentElement).backgroundColor,
      )
      return Number(/rgb\((\d+)/.exec(colour)?.[1])
    }
    expect(await background('light')).toBeGreaterThan(200)
    expect(await background('dark')).toBeLessThan(60)
  })
})

describe('in either language', () => {
  it.each([
    ['ru', 'Вебхуки'],
    ['en', 'Webhooks'],
  ] as const)('%s is what the browser asks for', async (language, heading) => {
    const page = await rig.open('none', { language })
    await shown(page.getByRole('heading', { level: 1, name: heading }))
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language)
  })

  it('is switched, and the choice is kept', async () => {
    const page = await rig.open('listed')
    await shown(rowOf(page, 'a b').or(rowOf(page, 'crm.example.com')).first())
    await page.getByRole('button', { name: textsEn.languageShort }).click()
    await shown(page.getByRole('columnheader', { name: 'Delivered' }))
    await page.reload()
    await shown(page.getByRole('columnheader', { name: 'Delivered' }))
    expect(await page.title()).toBe('Webhooks')
    await page.getByRole('button', { name: textsEn.addAddress }).click()
    await shown(page.getByLabel(textsEn.form.path, { exact: true }))
    expect(await page.getByRole('main').innerText()).not.toMatch(/[а-яё]/i)
  })
})

describe('the first load', () => {
  it('transfers at most 100 KB', async () => {
    const page = await rig.open('none', { at: 'about:blank#' })
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Network.enable')
    let bytes = 0
    let files = 0
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
      files += 1
    })
    await page.goto(rig.console.address)
    await shown(page.getByText(list.emptyTitle))
    await page.waitForLoadState('networkidle')
    process.stdout.write(`first load: ${(bytes / 1_024).toFixed(1)} KB in ${files} files, headers included\n`)
    expect(files).toBeGreaterThan(3)
    expect(bytes).toBeLessThanOrEqual(100 * 1_024)
  })
})
