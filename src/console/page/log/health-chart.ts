// The last day by the hour: a picture for the eye, and the same as a table for whoever wants the numbers.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useWording } from '../wording.ts'
import { chartBars } from './chart-bars.ts'
import type { Health } from './log-wire.ts'
import { momentText } from './amounts.ts'
import { useLogTexts } from './use-log-texts.ts'

const frame = { width: 480, height: 72 }

export function HealthChart({ chart }: Pick<Health, 'chart'>): VNode {
  const { language, count } = useWording()
  const { health: texts } = useLogTexts()
  const sum = (of: 'delivered' | 'failed'): string => count(chart.reduce((all, hour) => all + hour[of], 0))
  return html`<div class="chart">
    <p class="quiet small">
      ${texts.chart}: <span class="key delivered">${texts.delivered}</span> ${' '}<span class="key failed"
        >${texts.failed}</span
      >
    </p>
    <svg
      viewBox=${`0 0 ${frame.width} ${frame.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label=${texts.chartSays(sum('delivered'), sum('failed'))}
    >
      ${chartBars(chart, frame).map(
        ({ kind, ...place }, index) => html`<rect key=${index} class=${kind} ...${place} />`,
      )}
      <path class="ground" d=${`M0 ${frame.height}H${frame.width}`} />
    </svg>
    <details>
      <summary>${texts.asTable}</summary>
      <div class="scrolled" tabindex="0" role="region" aria-label=${texts.chart}>
        <table>
          <thead>
            <tr>
              <th scope="col">${texts.from}</th>
              <th scope="col" class="number">${texts.delivered}</th>
              <th scope="col" class="number">${texts.failed}</th>
            </tr>
          </thead>
          <tbody>
            ${chart.map(
              ({ from, delivered, failed }) =>
                html`<tr key=${from}>
                  <th scope="row">${momentText(Date.parse(from), language)}</th>
                  <td class="number">${count(delivered)}</td>
                  <td class="number">${count(failed)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </div>`
}
