// What commands judge and write webhooks by: the operator's rules, and the keys of the keyring.
import type { WebhookRules } from '../domain/webhook-rules.ts'
import type { Keyring } from '../domain/sealing-key.ts'
import { systemNonce } from '../runtime/random.ts'
import { sealerOf, unsealBy } from '../secrets/sealing.ts'
import type { Sealer } from '../secrets/sealing.ts'
import { webhookRulesOf } from '../settings/delivery-settings.ts'
import { openKeyring } from '../settings/keyring.ts'
import type { Settings } from '../settings/schema.ts'

/** A command reads the file once: it is over before another would matter. @throws InvalidSettings */
export function keyringFor(settings: Settings): Keyring {
  return openKeyring(settings, { troubled() {} })
}

/** @throws InvalidSettings where the keyring cannot be read */
export function rulesFor(settings: Settings, keyring: Keyring = keyringFor(settings)): WebhookRules {
  return webhookRulesOf(settings, unsealBy(keyring))
}

/** Null: what is written is not sealed. */
export function sealerBy(keyring: Keyring): Sealer | null {
  return sealerOf(keyring, systemNonce)
}
