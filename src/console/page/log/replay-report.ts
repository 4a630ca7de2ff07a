// What became of sending again, in sentences; each that says nothing is left out.
import type { Replay } from './log-wire.ts'
import type { LogTexts } from './log-texts.ru.ts'

export interface Line {
  readonly tone: 'good' | 'bad' | 'quiet'
  readonly text: string
}

/** Of a replay that is over. */
export function replayReport(
  replay: Replay,
  { replay: texts }: LogTexts,
  count: (value: number) => string,
): readonly Line[] {
  const { state, sent, passed_over: passedOver, unsent, left } = replay
  const lines: Line[] = []
  if (state === 'another_runs' && sent === 0) return [{ tone: 'bad', text: texts.anotherRuns }]
  if (state === 'failed' && sent === 0) lines.push({ tone: 'bad', text: texts.failed })
  else lines.push({ tone: 'good', text: texts.sent(sent, count(sent)) })
  if (passedOver > 0) lines.push({ tone: 'quiet', text: texts.passedOver(count(passedOver)) })
  for (const { why, count: each } of unsent) {
    if (each > 0) lines.push({ tone: 'bad', text: texts.unsent(why, count(each)) })
  }
  if (left > 0) lines.push({ tone: 'bad', text: texts.left(count(left)) })
  return lines
}
