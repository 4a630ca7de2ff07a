// The receiver of a scenario, and what a worker has to be told to believe it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newAuthority } from '../harness/certificates.ts'
import { startReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import type { Scenario } from './scenario.ts'

export interface ScenarioReceiver {
  readonly receiver: Receiver
  /** Settings of a worker, as variables of its environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Of the authority that vouches for it; null: it speaks http. */
  readonly ca: string | null
}

/** `folder`: for files that the worker reads. */
export async function startReceiverOf(
  { answerAfterMs, failingPercent, scheme }: Scenario,
  folder: string,
): Promise<ScenarioReceiver> {
  const answers = { answerAfterMs, failingPercent }
  if (scheme === 'http') {
    return { receiver: await startReceiver({ ...answers, tls: null }), environment: {}, ca: null }
  }
  const authority = newAuthority('bench')
  const caFile = join(folder, 'authority.pem')
  writeFileSync(caFile, authority.cert)
  const receiver = await startReceiver({ ...answers, tls: authority.issue('receiver') })
  return { receiver, environment: { HTTP_CA_FILE: caFile }, ca: authority.cert }
}
