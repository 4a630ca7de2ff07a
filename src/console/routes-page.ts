// The page and its files: a route for each, none with a part that a client chooses. They hold no account's data, so
// they are served before it is known who asks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Asset, Encoding, Language, PageAssets } from './assets.ts'
import { languages } from './assets.ts'

const fileHeaders = {
  vary: 'accept-encoding',
  // Its name is of its content: another content comes under another name.
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

export function addPageRoutes(app: FastifyInstance, { pages, files }: PageAssets): void {
  const schema = { hide: true }
  app.get('/', { schema }, (request, reply) => {
    // Asked for again each time, and answered with nothing where nothing has changed: a new version is seen at once.
    reply.headers({ vary: 'accept-language, accept-encoding', 'cache-control': 'no-cache' })
    return answer(request, reply, pages[languageOf(request.headers['accept-language'] ?? '')])
  })
  for (const file of files) {
    app.get(file.path, { schema, helmet: false }, (request, reply) => {
      reply.headers(fileHeaders)
      return answer(request, reply, file)
    })
  }
}

function answer(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  const encoding = encodingOf(request.headers['accept-encoding'] ?? '')
  const etag = `"${asset.etag}-${encoding}"`
  reply.header('etag', etag)
  if (namedTags(request.headers['if-none-match']).includes(etag)) return reply.code(304).send()
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.type(asset.contentType).send(asset.bodies[encoding])
}

function namedTags(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}

function encodingOf(accepted: string): Encoding {
  const weights = weightsOf(accepted)
  const taken = (['br', 'gzip'] as const).find((name) => (weights.get(name) ?? 0) > 0)
  return taken ?? 'identity'
}

/** The one that is liked best; English where neither is named. */
function languageOf(accepted: string): Language {
  const weights = weightsOf(accepted)
  const weightOf = (language: Language): number =>
    Math.max(0, ...Array.from(weights, ([name, weight]) => (name.split('-', 1)[0] === language ? weight : 0)))
  const [best = 'en'] = languages
    .filter((language) => weightOf(language) > 0)
    .sort((one, other) => weightOf(other) - weightOf(one))
  return best
}

/** `ru;q=0.8, en` → ru: 0.8, en: 1. */
function weightsOf(header: string): ReadonlyMap<string, number> {
  const entries = header.toLowerCase().split(',', 100)
  return new Map(
    entries.map((entry) => {
      const [name = '', ...parameters] = entry.split(';').map((part) => part.trim())
      const [, weight] = /^q=([\d.]+)$/.exec(parameters.at(-1) ?? '') ?? []
      return [name, weight === undefined ? 1 : Number(weight) || 0]
    }),
  )
}
