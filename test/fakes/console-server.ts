// The console's server on a fake topic, for what happens before and around its routes.
import { createAuthentication } from '../../src/console/authentication.ts'
import type { PageAssets } from '../../src/console/assets.ts'
import { EventStreams } from '../../src/console/event-streams.ts'
import { previewOf } from '../../src/console/preview.ts'
import { buildServer } from '../../src/console/server.ts'
import type { ServerOptions } from '../../src/console/server.ts'
import { answerOfTest } from '../../src/console/test-request.ts'
import { WebhookLog } from '../../src/console/webhook-log.ts'
import { WebhookStore } from '../../src/console/webhook-store.ts'
import { defaultWebhookRules } from '../../src/domain/webhook-rules.ts'
import type { HttpSender } from '../../src/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { deliverySettingsOf } from '../../src/settings/delivery-settings.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { encodeJson, FakeWebhookTopic, jsonDecoder } from './fake-webhook-topic.ts'

const page = {
  path: '/',
  contentType: 'text/html; charset=utf-8',
  etag: 'page',
  bodies: { identity: Buffer.from('<p>'), gzip: Buffer.from('gz'), br: Buffer.from('br') },
}

export const fakeAssets: PageAssets = {
  pages: { ru: { ...page, etag: 'ru' }, en: { ...page, etag: 'en' } },
  files: [{ ...page, path: '/assets/one.css', contentType: 'text/css; charset=utf-8' }],
}

export const noSender: HttpSender = {
  send: () => Promise.reject(new Error('nothing is sent here')),
  stop: () => Promise.resolve(),
}

/** Nobody has one. */
const noReplays: ServerOptions['replays'] = {
  begin: () => ({ kind: 'full' }),
  state: () => null,
  send: () => null,
  remove: () => false,
}

export async function startConsoleServer(
  settingsGiven: Readonly<Record<string, string>> = {},
  more: Partial<ServerOptions> & { readonly sender?: HttpSender } = {},
) {
  const settings = loadSettings({ files: [], environment: settingsGiven })
  const topic = new FakeWebhookTopic()
  const lines: string[] = []
  const write = (text: string, fields: object) => void lines.push(JSON.stringify({ text, ...fields }))
  const observer = { observe: () => {} }
  const log = new WebhookLog({
    reader: topic.reader(() => systemClock.monotonicMs()),
    decoder: jsonDecoder,
    observer,
  })
  const writer = topic.writer()
  const store = new WebhookStore({
    log,
    writer,
    encode: encodeJson,
    clock: systemClock,
    observer,
    writeWithinMs: 5_000,
  })
  const delivery = deliverySettingsOf(settings)
  const { sender = noSender } = more
  const streams = new EventStreams({ clock: systemClock, perAccount: 10, inAll: 200 })
  const server = await buildServer({
    store,
    counts: { of: () => new Map(), ask: () => null },
    suspensions: { of: () => null },
    replays: noReplays,
    streams,
    clock: systemClock,
    rules: defaultWebhookRules,
    authentication: createAuthentication(settings.console),
    assets: fakeAssets,
    preview: (webhook) => previewOf(webhook, delivery, systemClock),
    test: (webhook, type) => answerOfTest(webhook, type, { sender, settings: delivery, clock: systemClock }),
    requestsPerMinute: settings.console.requestsPerMinute,
    testsPerMinute: settings.console.testsPerMinute,
    version: '0.0.0',
    log: { debug: write, error: write },
    ...more,
  })
  return {
    server,
    topic,
    lines,
    hydrate: async () => {
      await log.start()
      await log.untilCompleteAsOf(Number.NEGATIVE_INFINITY)
    },
    stop: async () => {
      await server.close()
      streams.stop()
      await log.stop()
    },
  }
}
