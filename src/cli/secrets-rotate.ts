// `secrets rotate`: seals anew, with the current key, what another key of the keyring sealed. It says first what there is
// to do; run again, it does what is left.
// Invariant: a webhook that somebody edits meanwhile keeps the edit; nothing that cannot be opened is touched.
import { resealed } from '../secrets/sealing.ts'
import type { SecretCounts, Sealer } from '../secrets/sealing.ts'
import type { Settings } from '../settings/schema.ts'
import { keyringFor, sealerBy } from './operator-rules.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { openRewriter } from './webhook-rewriter.ts'
import type { WebhookRewriter } from './webhook-rewriter.ts'

export interface RotateChoice {
  /** Says what there is to do, and does nothing. */
  readonly dryRun?: true
  /** Plain secrets are sealed too. */
  readonly sealPlain?: true
  readonly json?: true
}

/** Exit code 1 where a webhook could not be written, or a secret not be opened. */
export async function rotateSecrets(
  settings: Settings,
  choice: RotateChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const keyring = keyringFor(settings)
  const sealer = sealerBy(keyring)
  if (sealer === null) {
    terminal.err('secrets.keyringFile (SECRETS_KEYRING_FILE): missing; there is no key to seal with')
    return 1
  }
  const plainOnes = choice.sealPlain === true ? 'included' : 'left'
  const work: Work = { sealer, reseal: (record) => resealed(record, keyring, sealer, plainOnes) }
  const rewriter = await openRewriter(settings)
  try {
    const found = look(rewriter, work)
    const tell = choice.json === true ? terminal.err : terminal.out
    for (const line of linesOf(found, sealer)) tell(line)
    const done =
      choice.dryRun === true
        ? { written: 0, failed: 0 }
        : await rewriteAll(rewriter, work, found.toDo, terminal.err)
    const left = choice.dryRun === true ? ', nothing is written (--dry-run)' : ''
    tell(
      `webhooks to seal anew: ${found.toDo.length}, written: ${done.written}, failed: ${done.failed}${left}`,
    )
    if (choice.json === true) terminal.out(JSON.stringify(documentOf(found, done, sealer), null, 2))
    return done.failed + found.secrets.unopened === 0 ? 0 : 1
  } finally {
    await rewriter.close()
  }
}

interface Work {
  readonly sealer: Sealer
  reseal(record: Parameters<typeof resealed>[0]): ReturnType<typeof resealed>
}

interface Found {
  readonly webhooks: number
  /** Those whose newest version cannot be decoded: they deliver nothing. */
  readonly undecodable: number
  readonly secrets: SecretCounts
  readonly toDo: readonly string[]
}

function look(rewriter: WebhookRewriter, { reseal }: Work): Found {
  const secrets = { plain: 0, current: 0, outdated: 0, unopened: 0 }
  const toDo: string[] = []
  let webhooks = 0
  let undecodable = 0
  for (const { webhookId, config, undecodable: fault } of rewriter.stored()) {
    webhooks += 1
    if (fault !== null) {
      undecodable += 1
      continue
    }
    const { record, counts } = reseal(config)
    for (const name of countNames) secrets[name] += counts[name]
    if (record !== config) toDo.push(webhookId)
  }
  return { webhooks, undecodable, secrets, toDo }
}

const countNames = ['plain', 'current', 'outdated', 'unopened'] as const
/** Waiting for the brokers at once; each is one small record. */
const atOnce = 64
const progressEvery = 1_000

interface Done {
  readonly written: number
  readonly failed: number
}

async function rewriteAll(
  rewriter: WebhookRewriter,
  { reseal }: Work,
  toDo: readonly string[],
  progress: (line: string) => void,
): Promise<Done> {
  const counts = { written: 0, unchanged: 0, failed: 0 }
  const left = toDo.values()
  const worker = async (): Promise<void> => {
    for (const webhookId of left) {
      counts[await rewriter.rewrite(webhookId, (record) => reseal(record).record)] += 1
      const ended = counts.written + counts.unchanged + counts.failed
      if (ended % progressEvery === 0) progress(`${ended} of ${toDo.length} webhooks`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return counts
}

function linesOf({ webhooks, undecodable, secrets }: Found, { key }: Sealer): readonly string[] {
  const { current, outdated, plain, unopened } = secrets
  return [
    `secrets sealed with the current key (${key.id}): ${current}, with another: ${outdated}, plain: ${plain}`,
    ...(unopened === 0 ? [] : [`secrets that no key of the keyring opens: ${unopened}`]),
    ...(undecodable === 0 ? [] : [`of ${webhooks} webhooks cannot be decoded: ${undecodable}`]),
  ]
}

function documentOf({ webhooks, undecodable, secrets, toDo }: Found, done: Done, { key }: Sealer): object {
  const { written, failed } = done
  return { current_key: key.id, webhooks, undecodable, secrets, to_seal: toDo.length, written, failed }
}
