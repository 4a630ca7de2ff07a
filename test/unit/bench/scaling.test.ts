// What a load needs, by figures that are easy to reckon with.
import { expect, it } from '@jest/globals'
import { byWorkers, needsOf, tableNeedsOf } from '../../bench/scaling.ts'
import { scenarioFigures, someFigures } from './some-figures.ts'

const load = { callsPerSecond: 10_000, eventsPerCall: 2, fanOut: 3 }

it('workers, partitions and brokers follow from the load', () => {
  expect(needsOf(load, someFigures)).toMatchObject({
    eventsPerSecond: 20_000,
    deliveriesPerSecond: 60_000,
    cpuPerDeliveryUs: 70,
    perWorker: 10_000,
    workers: 6,
    partitions: 12,
    bytesIn: 30_000_000,
    bytesOut: 30_000_000,
    bytesWritten: 90_000_000,
    brokers: 3,
    outcomesPerDay: 60_000 * 300 * 86_400,
    outcomesKept: 60_000 * 300 * 86_400 * 90,
    groups: 1,
    firstLimit: 'the CPU of the workers',
  })
})

it('a load of more workers than a group takes is limited by it', () => {
  const needs = needsOf({ ...load, callsPerSecond: 200_000 }, someFigures)
  expect(needs).toMatchObject({ workers: 120, partitions: 240, groups: 2, firstLimit: 'the consumer group' })
})

it('a table grows in proportion to its webhooks, whole or in parts', () => {
  expect(tableNeedsOf(10_000_000, 10, someFigures)).toEqual({
    perWebhookBytes: 524.288,
    wholeRssMb: 5_200,
    wholeReadyS: expect.closeTo(102),
    wholeReadBytes: 30_000_000_000,
    partRssMb: 700,
    partReadyS: 12,
    partReadBytes: 3_000_000_000,
  })
})

it('figures without a scenario that is needed are refused', () => {
  const speed = { ...someFigures.speed, scenarios: [scenarioFigures('plain')] }
  expect(() => byWorkers({ speed })).toThrow('two workers')
})
