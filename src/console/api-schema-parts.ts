// What the descriptions of the API's routes are made of.

export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: 'string' }
export const flag: Schema = { type: 'boolean' }
export const count: Schema = { type: 'integer', minimum: 0 }
export const orNull = (type: string): Schema => ({ type: [type, 'null'] })
export const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  ...more,
})
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

export const answer = (description: string, schema: Schema): Schema => ({
  description,
  content: { 'application/json': { schema } },
})
export const refusal = (description: string): Schema => answer(description, ref('Error'))

export const common = {
  400: refusal('The request is not one'),
  401: refusal('It is not known which account asks'),
  403: refusal('The request comes from another site'),
  429: refusal('Too many requests; Retry-After says when to ask again'),
}
export const stored = { ...common, 503: refusal('The webhooks are not read yet, or Kafka is away') }
export const withBody = {
  413: refusal('The body is larger than 256 KB'),
  415: refusal('The body is not JSON'),
}
export const invalid = { 422: answer('The webhook is invalid', ref('InvalidWebhook')) }
export const unknown = { 404: refusal('The account has no such webhook') }
export const raced = {
  412: answer('Somebody else changed it meanwhile; nothing was done', ref('ChangedMeanwhile')),
  428: refusal('If-Match is missing'),
}

export const byId = {
  params: object({ webhook_id: { type: 'string', minLength: 1, maxLength: 1_000 } }),
}
