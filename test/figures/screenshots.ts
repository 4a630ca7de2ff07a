// The pictures of the page that the README shows: an account as it may be, on the real console, with counts of requests
// that were really sent; the log of a webhook shows a day that is made up. Made anew with `npm run screenshots`.
import { mkdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { logTextsRu } from '../../src/console/page/log/log-texts.ru.ts'
import { callPath, logPath } from '../../src/console/page/router.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { addWebhook, fillIn, openNewForm, previewWith, shown } from '../browser/webhook-form.ts'
import type { Filling } from '../browser/webhook-form.ts'
import { startPageRig } from '../harness/page-rig.ts'
import type { PageRig } from '../harness/page-rig.ts'
import { until } from '../harness/until.ts'
import { writeOutcomes } from '../harness/written-values.ts'
import { unpackedChromium } from '../stack/chromium.ts'
import { onLocalStack } from './on-local-stack.ts'
import { outcomesOfDay } from './picture-outcomes.ts'

const account = 'okna-moskva'
/** The least at which the preview stands beside the form. */
const width = 1_300
const maxBytes = 150_000
const calls = 60
const folder = new URL('../browser/screenshots/', import.meta.url)

interface Example {
  /** Where it leads on the picture. */
  readonly address: string
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly event: NonNullable<Filling['event']>
  /** What the nth request to it is answered. */
  status(nth: number): number
  readonly enabled?: false
}

const ok = (): number => 200

/** Oldest first, as they are added. */
const examples: readonly Example[] = [
  { address: 'http://10.0.5.12:8080', path: 'screen-pop', method: 'GET', event: 'call_start', status: ok },
  {
    address: 'https://old.okna-moskva.ru',
    path: 'calls.php',
    method: 'GET',
    // What a client has to mend is tried again for as long as it is of use, which is short here.
    event: 'call_start',
    status: () => 301,
    enabled: false,
  },
  {
    address: 'https://заявки.окна-москва.рф',
    path: 'api/leads',
    method: 'POST',
    event: 'call_end',
    status: ok,
  },
  {
    address: 'https://analytics.okna-moskva.ru',
    path: 'collect',
    method: 'GET',
    event: 'call_end',
    status: (nth) => (nth % 17 === 0 ? 400 : 200),
  },
  {
    address: 'https://crm.okna-moskva.ru',
    path: 'hooks/calls/5f3a9c',
    method: 'POST',
    event: 'both',
    status: ok,
  },
]

process.env['TEST_CHROMIUM'] = await unpackedChromium()
await mkdir(folder, { recursive: true })
await onLocalStack(async () => {
  const rig = await startPageRig()
  try {
    const page = await rig.open(account, { width })
    const calls = await deliver(rig, page)
    await move(rig)
    await page.reload()
    await shown(page.getByText(`Показано ${examples.length} из ${examples.length}`))
    await picture(page, 'webhooks-list.png')
    await openNewForm(page)
    await fillIn(page, {
      address: 'https://crm.okna-moskva.ru',
      path: 'hooks/calls/5f3a9c',
      method: 'POST',
      event: 'call_end',
      parameters: [
        ['phone', 'client_number'],
        ['manager', 'manager_name'],
        ['status', 'call_status'],
        ['seconds', 'duration'],
        ['record', 'record_url'],
        ['campaign', 'utm_campaign'],
      ],
    })
    await previewWith(page, '"campaign"')
    // Nothing is being written into.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await picture(page, 'webhook-form.png')
    await pictureLogs(rig, calls.at(-1) ?? '')
    await rig.endTest()
  } finally {
    await rig.stop()
  }
})

/** Of a webhook's day, and of one call. */
async function pictureLogs(rig: PageRig, callId: string): Promise<void> {
  const ofCall = await rig.open(account, { width, hash: callPath(callId) })
  await until(async () => (await ofCall.locator('.attempt').count()) >= 3, 'the attempts of the call')
  await ofCall
    .getByRole('link', { name: logTextsRu.logOf('https://crm') })
    .first()
    .waitFor()
  await picture(ofCall, 'call-log.png')
  const created = await rig.console.ask(account, 'POST', '/api/webhooks', {
    body: {
      address: 'https://analytics.okna-moskva.ru',
      path: 'collect',
      method: 'GET',
      event_types: ['call_end'],
      parameters: [{ name: 'phone', parameter: 'client_number' }],
    },
  })
  const webhookId = String(created.body.webhook.webhook_id)
  await writeOutcomes(rig.settings, outcomesOfDay(webhookId, account, Date.now()))
  const newest = async () =>
    (await rig.console.ask(account, 'GET', `/api/webhooks/${webhookId}/deliveries`)).body.attempts[0]
  await until(async () => (await newest())?.reason === 'redirect', 'the day')
  const ofDay = await rig.open(account, { width, hash: logPath(webhookId) })
  await shown(ofDay.getByText('stats.okna-moskva.ru').first())
  await picture(ofDay, 'webhook-log.png', 1_000)
}

/** To the receiver of this machine, as it is the only one that answers. Returns the ids of the calls. */
async function deliver(rig: PageRig, page: Page): Promise<readonly string[]> {
  const address = `127.0.0.1:${rig.receiver.port}`
  for (const { path, method, event, status } of examples) {
    let nth = 0
    rig.answers.set(`/${path}`, (response) => response.writeHead(status(++nth)).end())
    await addWebhook(page, { address, path, method, event, parameters: [['phone', 'client_number']] })
  }
  await rig.untilApplied()
  const ids: string[] = []
  for (let index = 0; index < calls; index += 1) {
    const { start, end } = simulateCall(index, account, Date.now())
    if (start !== null) await rig.publisher.callEvent(start)
    await rig.publisher.callEvent(end)
    if (start !== null) ids.push(end.call_id)
  }
  await until(async () => (await listed(rig)).every(({ counts }) => sum(counts) >= calls * 0.8), 'all counts')
  return ids
}

/** The counts stay with a webhook when its address changes. */
async function move(rig: PageRig): Promise<void> {
  for (const { webhook, etag } of await listed(rig)) {
    const { address, enabled = true } = examples.find(({ path }) => path === webhook['path']) ?? {}
    await rig.console.ask(account, 'PUT', `/api/webhooks/${String(webhook['webhook_id'])}`, {
      body: { ...webhook, address, enabled },
      headers: { 'if-match': etag },
    })
  }
}

interface Listed {
  readonly webhook: Readonly<Record<string, unknown>>
  readonly etag: string
  readonly counts: { readonly delivered: number; readonly failed: number }
}

async function listed(rig: PageRig): Promise<readonly Listed[]> {
  return (await rig.console.ask(account, 'GET', '/api/webhooks')).body.webhooks
}

function sum({ delivered, failed }: Listed['counts']): number {
  return delivered + failed
}

/** Down to where the page ends, or to `mostHigh`. */
async function picture(page: Page, name: string, mostHigh = Infinity): Promise<void> {
  const end = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('main > *')].map(
        (part) => part.getBoundingClientRect().bottom + scrollY,
      ),
    ),
  )
  await page.evaluate(() => scrollTo(0, 0))
  const path = fileURLToPath(new URL(name, folder))
  const height = Math.min(mostHigh, Math.ceil(end) + 24)
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } })
  const { size } = await stat(path)
  console.log(JSON.stringify({ picture: name, bytes: size }))
  if (size > maxBytes) process.exitCode = 1
}
