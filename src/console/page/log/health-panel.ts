// How deliveries to a webhook go, in a few words and one picture.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useWording } from '../wording.ts'
import { durationText, shareText } from './amounts.ts'
import { HealthChart } from './health-chart.ts'
import type { Counted, Health } from './log-wire.ts'
import { Moment } from './moment.ts'
import { useLogTexts } from './use-log-texts.ts'

export function HealthPanel({ health }: { readonly health: Health }): VNode {
  const { language, count } = useWording()
  const { health: texts } = useLogTexts()
  const { hour, day, delay_ms: delay, breaker, breaker_since: since, parked } = health
  const duration = (ms: number): string => durationText(ms, language)
  const fact = (name: string, text: unknown) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${text}</dd>
    </div>`
  return html`<section class="card health" aria-labelledby="health-title">
    <h2 id="health-title">${texts.title}</h2>
    <dl>
      ${fact(texts.hour, share(hour))} ${fact(texts.day, share(day))}
      ${delay !== null && fact(texts.delay, texts.delayIs(duration(delay.p50), duration(delay.p95)))}
      ${fact(
        texts.requests,
        html`<span class=${breaker === 'closed' ? '' : 'bad'}>${texts.breakers[breaker]}</span>
          ${breaker !== 'closed' && since !== null && html` (<${Moment} at=${since} />)`}`,
      )}
      ${fact(
        texts.parked,
        parked.count === 0
          ? texts.nobody
          : html`${count(parked.count)}${parked.next_due !== null && html`, ${texts.nextDue}: <${Moment} at=${parked.next_due} />`}`,
      )}
    </dl>
    <${HealthChart} chart=${health.chart} />
  </section>`

  function share({ delivered, failed }: Counted): unknown {
    const percent = shareText(delivered, delivered + failed, language)
    if (percent === null) return texts.nothing
    return html`<strong class=${failed === 0 ? 'good' : 'bad'}>${texts.share(percent)}</strong> ${' '}<span
        class="quiet"
        >${texts.of(count(delivered), count(delivered + failed))}</span
      >`
  }
}
