// What a stack was working for, by the innermost frame whose purpose is known.
import { expect, it } from '@jest/globals'
import { breakdownOf, breakdownText } from '../../bench/profile/breakdown.ts'
import { categoryOf } from '../../bench/profile/category.ts'
import { originOf, placeOf } from '../../bench/profile/origin.ts'
import { frameOf, packages, sources } from './profiles.ts'

const avsc = frameOf('readLong', `${packages}/avsc/lib/types.js`, 9)
const buffer = frameOf('concat', 'node:buffer', 1)
const ticks = frameOf('processTicksAndRejections', 'node:internal/process/task_queues', 1)
const at = (place: string) => frameOf('f', `${sources}/${place}`, 4)

it.each([
  ['Avro decode', [ticks, at('kafka/event-source.ts'), at('kafka/codec.ts'), avsc]],
  ['outcome encode', [ticks, at('kafka/outcome-sink.ts'), at('kafka/value-encoder.ts'), avsc]],
  [
    'produce',
    [at('kafka/record-writer.ts'), frameOf('send', `${packages}/kafkajs/src/network/connection.js`), buffer],
  ],
  ['kafkajs: fetch and decode', [frameOf('run', `${packages}/kafkajs/src/consumer/runner.js`), buffer]],
  [
    'kafkajs: connections',
    [
      ticks,
      frameOf('sendRequest', `${packages}/kafkajs/src/network/requestQueue/index.js`),
      frameOf('writev'),
    ],
  ],
  ['join and table', [at('pipeline/event-life.ts'), at('join/join.ts'), buffer]],
  ['render', [at('pipeline/delivery-life.ts'), at('render/render.ts'), frameOf('replace')]],
  ['isolation', [at('pipeline/delivery-life.ts'), at('isolation/lane.ts')]],
  [
    'undici and http/',
    [at('http/exchange.ts'), frameOf('write', `${packages}/undici/lib/core/request.js`), buffer],
  ],
  ['metrics and log', [at('pipeline/pipeline.ts'), at('telemetry/metrics.ts')]],
  ['garbage collector', [at('render/render.ts'), frameOf('(garbage collector)')]],
  ['promises and microtasks', [ticks, frameOf('runMicrotasks')]],
  ['others', [frameOf('(program)')]],
])('%s', (category, frames) => {
  expect(categoryOf({ frames, microseconds: 1 })).toBe(category)
})

it('origins and places are told without where the repository stands', () => {
  expect([at('render/render.ts'), avsc, buffer, frameOf('(garbage collector)')].map(originOf)).toEqual([
    'src',
    'avsc',
    'node',
    'garbage collector',
  ])
  expect([at('render/render.ts'), avsc, buffer].map(placeOf)).toEqual([
    'src/render/render.ts:5',
    'avsc/lib/types.js:10',
    'node:buffer:2',
  ])
})

it('shares are of the busy time, and microseconds of what a delivery used', () => {
  const stacks = [
    { frames: [at('render/render.ts')], microseconds: 300 },
    { frames: [at('render/render.ts'), buffer], microseconds: 300 },
    { frames: [at('http/exchange.ts')], microseconds: 200 },
  ]
  const breakdown = breakdownOf(stacks, 80)
  expect(breakdown.categories.slice(0, 2)).toEqual([
    { name: 'render', share: 0.75, perDeliveryUs: 60 },
    { name: 'undici and http/', share: 0.25, perDeliveryUs: 20 },
  ])
  expect(breakdown.functions.map(({ name }) => name)).toEqual([
    'f src/render/render.ts:5',
    'concat node:buffer:2',
    'f src/http/exchange.ts:5',
  ])
  expect(breakdownText(breakdown)).toContain('| render | 75.0 % | 60.00 |')
})
