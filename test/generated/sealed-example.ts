// Sealed values with everything that they are made of, for those who seal in another language: from the same code that
// workers open them with. The keys are no secret: they stand in PUBLISHING.md.
import { sealedText } from '../../src/secrets/envelope.ts'

const keyBytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index))

/** As a keyring file holds it. */
export const exampleKeyring = { current: 'example', keys: { example: keyBytes.toString('base64') } }

/** The secrets of the example `webhook-config/all-options`, in the record's order. */
export const exampleSecrets = [
  { field: 'headers.x-shop', text: 'moscow-1' },
  { field: 'authentication.password', text: 'пароль 42' },
  { field: 'signing_secrets', text: `whsec_${Buffer.alloc(24, 1).toString('base64')}` },
  { field: 'signing_secrets', text: `whsec_${Buffer.alloc(24, 2).toString('base64')}` },
].map(({ field, text }, index) => {
  const place = { webhookId: 'wh-1003', field }
  // Written down so that the result can be compared; in use each is random, and of its own.
  const nonce = Buffer.alloc(12, index + 1)
  const key = { id: exampleKeyring.current, bytes: keyBytes }
  return { place, text, nonce, envelope: sealedText(text, place, key, nonce) }
})

export function renderSealedExample(): string {
  const lines = exampleSecrets.map(
    ({ place: { webhookId, field }, text, nonce, envelope }) =>
      `| \`${webhookId}\` | \`${field}\` | \`${text}\` | \`${nonce.toString('hex')}\` | \`${envelope}\` |`,
  )
  return [
    `Key \`${exampleKeyring.current}\`, Base64: \`${exampleKeyring.keys.example}\` (the bytes 0 to 31).`,
    '',
    '| webhook_id | field | secret | nonce, hexadecimal | sealed |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}
