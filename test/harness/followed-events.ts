// A console's live updates as a page follows them: what was told so far.
import type { ConsoleClient } from './console-rig.ts'

export interface FollowedEvents {
  names(): readonly string[]
  data(): readonly unknown[]
  /** Resolves when the console has ended the stream; rejects where the connection broke. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Resolves when the stream is open. */
export async function followEvents(
  { address }: Pick<ConsoleClient, 'address'>,
  account: string,
  query: string,
): Promise<FollowedEvents> {
  const stopping = new AbortController()
  const answer = await fetch(new URL(`/api/events?${query}`, address), {
    headers: { 'x-account-id': account },
    signal: stopping.signal,
  })
  if (answer.status !== 200 || answer.body === null) throw new Error(`answered ${answer.status}`)
  let text = ''
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const part of body) text += Buffer.from(part).toString()
  }
  const ended = read(answer.body)
  ended.catch(() => {})
  const lines = (begin: string): readonly string[] =>
    text.split('\n').flatMap((line) => (line.startsWith(begin) ? [line.slice(begin.length)] : []))
  return {
    names: () => lines('event: '),
    data: () => lines('data: ').map((line) => JSON.parse(line) as unknown),
    ended,
    async stop() {
      stopping.abort()
      await ended.catch(() => {})
    },
  }
}
