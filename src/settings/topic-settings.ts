// The topics of the settings in the shapes that make, check and read them.
import { noDelayMs, retryTopicOf } from '../domain/retry-topic.ts'
import { topicDelaysOf } from './delivery-settings.ts'
import type { Settings } from './schema.ts'

/** As they are to be made and compared. */
export function topicsOptionsOf(settings: Settings) {
  const { topics } = settings
  return { ...topics, retries: { ...topics.retries, delaysMs: topicDelaysOf(settings) } }
}

/** The names of those whose values are Avro. */
export function schemaTopicsOf(settings: Settings) {
  const { events, webhooks, states, outcomes, facts, suspensions, notices, retries } = settings.topics
  return {
    events: events.name,
    webhooks: webhooks.name,
    states: states.name,
    outcomes: outcomes.name,
    facts: facts.name,
    suspensions: suspensions.name,
    notices: notices.name,
    retries: [noDelayMs, ...topicDelaysOf(settings)].map((delayMs) => retryTopicOf(retries.prefix, delayMs)),
  }
}
