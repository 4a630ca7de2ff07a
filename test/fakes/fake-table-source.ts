// The config topic with one partition, in memory: it hands over what was published and keeps telling its position,
// as a reader does after every fetch. Held back, it answers nothing, as a reader whose broker is away.
import type { WebhookId } from '../../src/domain/ids.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import type { Clock, TableSink, TableSource } from '../../src/ports.ts'

const fetchEveryMs = 100
const partition = 0

export class FakeTableSource implements TableSource {
  readonly topic = 'webhook-configs'
  readonly #clock: Clock
  #log: { readonly offset: bigint; readonly change: WebhookChange }[] = []
  #endOffset = 0n
  #position = 0n
  #sink: TableSink | null = null
  #heldBack = false
  #cancel = (): void => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(sink: TableSink): Promise<void> {
    await Promise.resolve()
    this.#sink = sink
    this.#position = 0n
    sink.started(new Map([[partition, this.#endOffset]]))
    this.#fetch()
  }

  async stop(): Promise<void> {
    this.#cancel()
    this.#sink = null
    await Promise.resolve()
  }

  put(config: WebhookConfigRecord): void {
    this.#append({ kind: 'upsert', webhookId: config.webhook_id as WebhookId, config })
  }

  remove(webhookId: string): void {
    this.#append({ kind: 'tombstone', webhookId: webhookId as WebhookId })
  }

  garble(webhookId: string): void {
    this.#append({ kind: 'undecodable', webhookId: webhookId as WebhookId, detail: 'not Avro' })
  }

  /** No fetch is answered until `goOn`; what is published meanwhile is not seen. */
  holdBack(): void {
    this.#heldBack = true
    this.#cancel()
  }

  goOn(): void {
    this.#heldBack = false
    this.#fetch()
  }

  /** The log was compacted and its older offsets left: only the last upsert of each id is there, and read again. */
  compactAndReset(reason: string): void {
    const last = new Map(this.#log.map(({ change, offset }) => [change.webhookId, offset]))
    this.#log = this.#log.filter(
      ({ change, offset }) => change.kind !== 'tombstone' && last.get(change.webhookId) === offset,
    )
    this.#position = 0n
    this.#sink?.reset(partition, reason)
    this.#fetch()
  }

  #append(change: WebhookChange): void {
    this.#log.push({ offset: this.#endOffset, change })
    this.#endOffset += 1n
    this.#fetch()
  }

  #fetch(): void {
    this.#cancel()
    const sink = this.#sink
    if (sink === null || this.#heldBack) return
    const askedAtMs = this.#clock.monotonicMs()
    for (const { offset, change } of this.#log) {
      if (offset >= this.#position) sink.change({ topic: this.topic, partition, offset }, change)
    }
    this.#position = this.#endOffset
    sink.position(partition, this.#position, this.#endOffset, askedAtMs)
    this.#cancel = this.#clock.after(fetchEveryMs, () => this.#fetch())
  }
}
