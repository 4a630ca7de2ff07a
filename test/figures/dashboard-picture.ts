// The picture of the overview that the README shows: two real workers, twelve receivers of which four fail for half a
// minute, a real Prometheus. Grafana is not there, so its panels are drawn here, from the dashboard's own JSON: titles,
// units, thresholds and expressions are those that Grafana would show. `npm run screenshots:dashboard`.
import { build } from 'esbuild'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { startPrometheus } from '../alerts/prometheus-server.ts'
import type { PrometheusServer } from '../alerts/prometheus-server.ts'
import { scaledRules } from '../alerts/scaled-rules.ts'
import { accountOf, webhookEach } from '../alerts/scenes/deliveries.ts'
import { Stage } from '../alerts/stage.ts'
import { howToInstall, runTool } from '../alerts/tools.ts'
import { committedDashboards, filledIn } from '../generated/prometheus/committed-expressions.ts'
import { startBrowsing } from '../harness/browser.ts'
import { unpackedChromium } from '../stack/chromium.ts'
import type { DrawnPanel } from './dashboard-drawing.ts'
import { onLocalStack } from './on-local-stack.ts'

const width = 1_300
const maxBytes = 200_000
const destinations = 12
const failing = [1, 4, 7, 10]
const picture = fileURLToPath(new URL('../browser/screenshots/dashboard-overview.png', import.meta.url))
const drawing = fileURLToPath(new URL('dashboard-drawing.ts', import.meta.url))
const style = new URL('../../node_modules/uplot/dist/uPlot.min.css', import.meta.url)

if ((await runTool('prometheus', ['--version'])) === null) {
  console.error(howToInstall)
  process.exit(2)
}
process.env['TEST_CHROMIUM'] = await unpackedChromium()
await onLocalStack(async () => {
  const prometheus = await startPrometheus(scaledRules())
  const stage = new Stage(prometheus)
  try {
    await draw(await panelsOf(prometheus, await play(stage)))
  } finally {
    await stage.end()
    await prometheus.stop()
  }
})

/** Answers from when on, in epoch seconds, there is something to see. */
async function play(stage: Stage): Promise<number> {
  const receivers = await stage.receivers(destinations)
  // The waits of production, as far as they come to bear within the run.
  const rig = await stage.rig({
    TOPICS_EVENTS_PARTITIONS: '6',
    RETRY_DELAYS: '5s,30s,5m',
    RETRY_ROOM_DELAYS: '5s,30s',
  })
  await webhookEach(rig, receivers, destinations)
  for (const name of ['first', 'second']) await stage.worker('webhook-worker', rig, { WORKER_ID: name })
  stage.load(rig, { eventsPerSecond: 40, account: (call) => accountOf(call % destinations) })
  // Rates need a window before they are right.
  await delay(25_000)
  const from = Date.now() / 1_000
  await delay(25_000)
  await receivers.behave(failing, 'failing')
  await delay(35_000)
  await receivers.behave(failing, 'well')
  await delay(45_000)
  return from
}

async function panelsOf(prometheus: PrometheusServer, from: number): Promise<readonly DrawnPanel[]> {
  const overview = committedDashboards().find(({ uid }) => uid === 'webhooks-overview')
  const to = Date.now() / 1_000
  return Promise.all(
    (overview?.panels ?? []).map(async ({ type, title, gridPos, fieldConfig, targets = [] }) => {
      const lines = await Promise.all(
        targets.map(async ({ expr, legendFormat }) => {
          const courses = await prometheus.queryRange(filledIn(expr, '10s'), { from, to, step: 1 })
          return courses.map(({ labels, points }) => ({
            label: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => labels[name] ?? ''),
            points,
          }))
        }),
      )
      const { unit = '', thresholds } = fieldConfig?.defaults ?? {}
      return { type, title, columns: gridPos.w, unit, steps: thresholds?.steps ?? [], lines: lines.flat() }
    }),
  )
}

async function draw(panels: readonly DrawnPanel[]): Promise<void> {
  const { outputFiles } = await build({ entryPoints: [drawing], bundle: true, format: 'iife', write: false })
  const browsing = await startBrowsing()
  try {
    const page = await browsing.open('about:blank', { language: 'en', width })
    await page.addStyleTag({ content: await readFile(style, 'utf8') })
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    await page.evaluate((drawn) => globalThis.drawDashboard('Webhooks: overview', drawn), panels)
    await page.locator('main').screenshot({ path: picture })
    await browsing.endTest()
  } finally {
    await browsing.stop()
  }
  const { size } = await stat(picture)
  console.log(JSON.stringify({ picture: 'dashboard-overview.png', bytes: size, panels: panels.length }))
  if (size > maxBytes) process.exitCode = 1
}
