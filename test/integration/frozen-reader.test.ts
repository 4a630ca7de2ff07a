// A process that stands still for longer than its group waits: what it takes for the table when it wakes.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { afterEach, expect, it } from '@jest/globals'
import { untilEmpty } from '../harness/group-members.ts'
import type { ReaderLine } from '../harness/table-reader-child.ts'
import { until } from '../harness/until.ts'
import { createTopic, produce } from './compacted-topic.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const startReader = (reader: 'plain' | 'ours', topic: string, groupId: string) => {
  const child = fork(new URL('../harness/table-reader-child.ts', import.meta.url), [reader, topic, groupId], {
    execArgv: ['--no-warnings'],
  })
  children.push(child)
  const lines: ReaderLine[] = []
  child.on('message', (line) => void lines.push(line as ReaderLine))
  /** As `offset: value`. */
  const read = (): string[] =>
    lines.filter(({ kind }) => kind === 'record').map(({ offset, value }) => `${offset}: ${value}`)
  return {
    read,
    untilRead: (record: string) =>
      until(
        () => read().at(-1) === record,
        `${reader} to read ${record}`,
        20_000,
        () => read().join(),
      ),
    told: () => lines.map(({ kind }) => kind).filter((kind) => kind !== 'record'),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
  }
}

it('with the plain client a deleted value lives again, unannounced; read without a group it stays deleted', async () => {
  const topic = await createTopic('frozen', 1, {})
  const groupId = randomUUID()
  await produce(topic, 0, [{ key: 'webhook', value: 'live' }])
  const [plain, ours] = [startReader('plain', topic, groupId), startReader('ours', topic, groupId)]
  await Promise.all([plain.untilRead('0: live'), ours.untilRead('0: live')])
  for (const reader of [plain, ours]) reader.signal('SIGSTOP')
  await produce(topic, 0, [{ key: 'webhook', value: null }])
  await untilEmpty({ topic, groupId })
  for (const reader of [plain, ours]) reader.signal('SIGCONT')
  const rereads = (): boolean => plain.read().filter((record) => record === '0: live').length > 1
  await until(rereads, 'the plain client to have joined anew', 20_000, () => plain.read().join())
  await Promise.all([plain.untilRead('1: null'), ours.untilRead('1: null')])
  expect(plain.told()).toEqual(['joined', 'joined'])
  expect(plain.read().slice(-2)).toEqual(['0: live', '1: null'])
  expect(ours.read()).toEqual(['0: live', '1: null'])
})
