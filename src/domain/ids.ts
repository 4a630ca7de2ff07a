// Ids as types of their own, so that a call id cannot stand where a webhook id belongs.
// Invariant: an id is minted where bytes become values (the codec) or where it is computed (join), never elsewhere.

type Branded<Base, Name extends string> = Base & { readonly __brand: Name }

export type AccountId = Branded<string, 'AccountId'>
export type CallId = Branded<string, 'CallId'>
export type EventId = Branded<string, 'EventId'>
export type WebhookId = Branded<string, 'WebhookId'>
/** UUIDv5 of (event, webhook): the same on every attempt, in every process, after every crash. */
export type DeliveryId = Branded<string, 'DeliveryId'>
