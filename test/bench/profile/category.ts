// What a stack was working for: the innermost frame that is known to serve one purpose decides, so that what a purpose
// calls on its way (buffers, promises, the Avro library) is counted for it.
import type { Frame, Stack } from './cpu-profile.ts'
import { originOf, placeOf } from './origin.ts'

export const categories = [
  'kafkajs: fetch and decode',
  'Avro decode',
  'join and table',
  'pipeline and progress',
  'isolation',
  'render',
  'undici and http/',
  'outcome encode',
  'produce',
  'kafkajs: connections',
  'metrics and log',
  'garbage collector',
  'promises and microtasks',
  'others',
] as const
export type Category = (typeof categories)[number]

/** By where the frame is; the first that fits. */
const places: readonly (readonly [RegExp, Category])[] = [
  [/^src\/kafka\/(codec|avro-lengths|asked-schemas|writer-schemas)\.ts/, 'Avro decode'],
  [/^src\/kafka\/(outcome-record|parked-record|value-encoder)\.ts/, 'outcome encode'],
  [
    /^src\/kafka\/(outcome-sink|parking|dead-letter-sink|record-writer|write-|producer-|waiting-record)/,
    'produce',
  ],
  [/^kafkajs\/src\/(producer|protocol\/requests\/produce)\//, 'produce'],
  [/^src\/kafka\/patches\/produce-request/, 'produce'],
  [
    /^src\/kafka\/(event-source|topic-|record-batch|source-record|table-source|pause-source|patches\/(fetch-response|batch-context|lz4|snappy|compression))/,
    'kafkajs: fetch and decode',
  ],
  [
    /^kafkajs\/src\/(consumer|protocol\/requests\/fetch|protocol\/recordBatch|protocol\/message)/,
    'kafkajs: fetch and decode',
  ],
  [/^src\/(join|table|secrets)\//, 'join and table'],
  [/^src\/isolation\//, 'isolation'],
  [/^src\/render\//, 'render'],
  [/^src\/pipeline\/request-of/, 'render'],
  [/^(undici|src\/http|src\/guard)\//, 'undici and http/'],
  [/^src\/telemetry\/|^(prom-client|pino)\//, 'metrics and log'],
  [/^src\/(pipeline|progress|retry|domain|runtime)\//, 'pipeline and progress'],
]

/** Where nothing else is known: what both directions share. */
const connections = /^(kafkajs|src\/kafka)\//
/** And at last the turns of the event loop's own queue. */
const microtasks = /^node:internal\/process\/(task_queues|promises)|^node:internal\/async_hooks/

export function categoryOf({ frames }: Stack): Category {
  if (originOf(frames.at(-1) as Frame) === 'garbage collector') return 'garbage collector'
  const known = frames.map(knownCategory).findLast((category) => category !== null)
  if (known) return known
  if (frames.some((frame) => connections.test(placeOf(frame)))) return 'kafkajs: connections'
  return frames.some(isMicrotask) ? 'promises and microtasks' : 'others'
}

function knownCategory(frame: Frame): Category | null {
  const place = placeOf(frame)
  return places.find(([pattern]) => pattern.test(place))?.[1] ?? null
}

function isMicrotask({ url, functionName }: Frame): boolean {
  return microtasks.test(url) || functionName === 'runMicrotasks'
}
