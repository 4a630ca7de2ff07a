// The settings of the topics: their names, and what `topics create` makes of them.
import * as is from './formats.ts'
import { setting } from './setting.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const mebibyte = 1_048_576

const partitions = is.wholeNumber(1, 10_000)
const replicas = is.wholeNumber(1, 32)
// Kafka knows -1 as "for ever"; a topic that never forgets fills its disks, so that is not offered.
const retentionMs = is.wholeNumber(minuteMs, 3_650 * dayMs)
const recordBytes = is.wholeNumber(16_384, 64 * mebibyte)

/** Room beside an event's own bytes for what a dead letter or a parked delivery says about it. */
export const headroomBytes = 65_536

export const sectionsOfTopics = {
  topics: {
    minInsyncReplicas: setting(replicas, 2, 'Replicas that must have a record before it counts as written'),
    events: {
      name: setting(is.topicName, 'call-events', 'Topic of call events'),
      partitions: setting(partitions, 12, 'Its partitions: the most workers that can share it'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 7 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    webhooks: {
      name: setting(is.topicName, 'webhook-configs', 'Compacted topic of webhooks; always one partition'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    states: {
      name: setting(
        is.topicName,
        'webhook-states',
        'Compacted topic of what is paused; always one partition',
      ),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    outcomes: {
      name: setting(is.topicName, 'webhook-outcomes', 'Topic of outcomes'),
      partitions: setting(partitions, 12, 'Its partitions'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 30 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    facts: {
      name: setting(
        is.topicName,
        'webhook-facts',
        'Topic of what each worker sees of webhooks that fail; always one partition',
      ),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(
        retentionMs,
        7 * dayMs,
        'How long it keeps a record; what has not failed for so long is watched no more',
      ),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    suspensions: {
      name: setting(
        is.topicName,
        'webhook-suspensions',
        'Compacted topic of webhooks that are watched or suspended; always one partition',
      ),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    notices: {
      name: setting(
        is.topicName,
        'webhook-notices',
        'Topic of what clients should be told: that a webhook was suspended, or is so no more',
      ),
      partitions: setting(partitions, 1, 'Its partitions'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 30 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    retries: {
      prefix: setting(
        is.topicName,
        'webhook-retries',
        'Retry topics are named with this, a dot and their wait; they have the partitions of `topics.events`',
      ),
      replicationFactor: setting(replicas, 3, 'Their copies'),
      retentionMs: setting(
        retentionMs,
        3 * dayMs,
        'How long they keep a record; at least twice their wait and 24 hours',
      ),
      maxMessageBytes: setting(
        recordBytes,
        mebibyte + headroomBytes,
        'Their largest record; at least 64 KiB more than topics.events.maxMessageBytes',
      ),
    },
    deadLetters: {
      name: setting(is.topicName, 'webhook-dead-letters', 'Topic of records that cannot be understood'),
      partitions: setting(partitions, 1, 'Its partitions'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 30 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(
        recordBytes,
        mebibyte + headroomBytes,
        'Its largest record; at least 64 KiB more than topics.events.maxMessageBytes',
      ),
    },
  },
}
