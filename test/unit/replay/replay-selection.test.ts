import { describe, expect, it } from '@jest/globals'
import { readReplayMark, replayHeaders } from '../../../src/domain/replay-mark.ts'
import { readSelection, selectionText } from '../../../src/replay/replay-selection.ts'
import { runIdOf, startOfRun } from '../../../src/replay/run-id.ts'
import { everything } from './replayed.ts'

describe('the text of a selection', () => {
  it('is read as what it was', () => {
    const narrow = {
      ...everything,
      accountId: 'ü',
      webhookIds: ['a,b'],
      deliveryIds: ['d'],
      reasons: ['dns', 'tls'],
    } as const
    for (const selection of [everything, narrow])
      expect(readSelection(selectionText(selection))).toEqual(selection)
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...everything, results: ['delivered'] }),
    JSON.stringify({ ...everything, reasons: ['bad weather'] }),
    JSON.stringify({ ...everything, untilMs: '5' }),
    JSON.stringify({ ...everything, webhookIds: [7] }),
  ])('is refused where it is none: %s', (text) => {
    expect(readSelection(text)).toBeNull()
  })
})

describe('the mark of a record', () => {
  const mark = {
    runId: '20260314T121502Z-k3x9',
    selection: '{"a":"é"}',
    replay: 3,
    deliveryIds: ['d1', 'd2'],
  }

  it('is read from text and from bytes', () => {
    const headers = replayHeaders(mark)
    expect(readReplayMark(headers)).toEqual(mark)
    const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]))
    expect(readReplayMark(bytes)).toEqual(mark)
  })

  it.each([
    {},
    { 'replay-run': 'r', 'replay-number': '0', 'replay-deliveries': 'd' },
    { 'replay-run': 'r', 'replay-number': 'one', 'replay-deliveries': 'd' },
    { 'replay-run': 'r', 'replay-number': '1' },
    { 'replay-run': ['r', 's'], 'replay-number': '1', 'replay-deliveries': 'd' },
  ])('is none where it cannot be read: %j', (headers) => {
    expect(readReplayMark(headers)).toBeNull()
  })
})

describe('the name of a run', () => {
  it('says when it began', () => {
    const runId = runIdOf(Date.UTC(2026, 2, 14, 12, 15, 2, 700), 0.999_999_9)
    expect(runId).toBe('20260314T121502Z-zzzz')
    expect(runIdOf(0, 0)).toBe('19700101T000000Z-0000')
    expect(startOfRun(runId)).toBe(Date.UTC(2026, 2, 14, 12, 15, 2))
  })

  it.each(['', 'yesterday', '20260314T121502Z', '20260314T121502Z-k3x', ' 20260314T121502Z-k3x9'])(
    'is not %j',
    (text) => {
      expect(startOfRun(text)).toBeNull()
    },
  )
})
