// How the API says no: one form for every refusal, and texts that repeat nothing of what was sent.
// Invariant: what a client does wrong is never a 5xx, and what is wrong here tells the client nothing but that.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

export interface ApiError {
  readonly error: string
  readonly detail?: string
}

export function refuse(reply: FastifyReply, status: number, error: string, detail?: string): FastifyReply {
  const body: ApiError = detail === undefined ? { error } : { error, detail }
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}

/** The server's own refusals, by the codes that it gives them. */
const known: Readonly<Record<string, readonly [status: number, error: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too_large', 'a body has at most 256 KB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'bodies are application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'invalid_json', 'the body is empty'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'invalid_json', 'the body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'invalid_request', 'the body is not as long as announced'],
  FST_ERR_BAD_URL: [400, 'invalid_request', 'the address is not percent-encoded as it should be'],
}

/** `failed` is told of what is our own fault. */
export function answerError(
  error: FastifyError,
  reply: FastifyReply,
  failed: (error: Error) => void,
): FastifyReply {
  const [status, name, detail] = known[error.code] ?? []
  if (status !== undefined && name !== undefined) return refuse(reply, status, name, detail)
  if (error.validation !== undefined) {
    // Made from the schema alone: names the part and the rule, not the value.
    return refuse(reply, 400, 'invalid_request', error.message)
  }
  // The parser's words would repeat what it met.
  if (error instanceof SyntaxError) return refuse(reply, 400, 'invalid_json', 'the body is not JSON')
  const given = error.statusCode ?? 500
  if (given === 429) return refuse(reply, 429, 'rate_limited')
  if (given >= 400 && given < 500) return refuse(reply, given, 'invalid_request')
  failed(error)
  return refuse(reply, 500, 'internal')
}

/** For routes with a body: it is described by its schema, and judged by the reader of forms, which names each fault. */
export const bodyIsJudgedLater = { validatorCompiler: () => () => true }

/** Undefined also where the body is no object. */
export function bodyField(request: FastifyRequest, name: string): unknown {
  const { body } = request
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
}
