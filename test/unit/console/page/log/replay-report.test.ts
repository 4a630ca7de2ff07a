import { describe, expect, it } from '@jest/globals'
import { logTextsEn } from '../../../../../src/console/page/log/log-texts.en.ts'
import type { Replay } from '../../../../../src/console/page/log/log-wire.ts'
import { replayReport } from '../../../../../src/console/page/log/replay-report.ts'

const done: Replay = {
  replay_id: 'r',
  state: 'done',
  read: 1,
  count: 5,
  sent: 5,
  passed_over: 0,
  unsent: [],
  left: 0,
  error: null,
}
const report = (more: Partial<Replay>) =>
  replayReport({ ...done, ...more }, logTextsEn, String).map(({ tone, text }) => `${tone}: ${text}`)

describe('what became of sending again', () => {
  it('is one sentence where all went', () => {
    expect(report({})).toEqual(['good: 5 deliveries sent again. How they fare is seen among the attempts.'])
  })

  it('names what was passed over, what could not be sent and why, and what is left', () => {
    const unsent = [
      { why: 'event_expired', count: 2 },
      { why: 'event_unreadable', count: 1 },
      { why: 'event_changed', count: 0 },
    ]
    expect(report({ sent: 1, passed_over: 1, unsent, left: 4 })).toEqual([
      'good: 1 delivery sent again. How they fare is seen among the attempts.',
      'quiet: Passed over, because delivered or being sent already: 1.',
      'bad: Not sent, because the data of the call are deleted by now: 2.',
      'bad: Not sent, because the data of the call cannot be read: 1.',
      'bad: Left unsent: 4. Try again later.',
    ])
  })

  it('says that it failed, and what had gone by then', () => {
    expect(report({ state: 'failed', sent: 0, left: 5 })[0]).toMatch(/^bad: It did not work/)
    expect(report({ state: 'failed', sent: 2, left: 3 })).toEqual([
      expect.stringMatching(/^good: 2 deliveries/),
      expect.stringMatching(/^bad: Left unsent: 3/),
    ])
  })

  it('says that somebody else is sending', () => {
    expect(report({ state: 'another_runs', sent: 0, left: 5 })).toEqual([
      'bad: Our support is sending at present. Nothing was sent; try again later.',
    ])
    expect(report({ state: 'another_runs', sent: 2, left: 3 })).toEqual([
      expect.stringMatching(/^good: 2 deliveries/),
      expect.stringMatching(/^bad: Left unsent: 3/),
    ])
  })
})
