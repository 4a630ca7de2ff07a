// What commands judge and write webhooks by: the operator's rules, and the keys of the keyring.
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { systemNonce } from '../runtime/random.ts'
import { sealerOf, unsealBy } from '../secrets/sealing.ts'
import type { Sealer } from '../secrets/sealing.ts'
import { webhookRulesOf } from '../settings/delivery-settings.ts'
import { openKeyring } from '../settings/keyring.ts'
import type { Settings } from '../settings/schema.ts'

/** A command reads the file once: it is over before another would matter. @throws InvalidSettings */
export function keyringFor(settings: Settings) {
  return openKeyring(settings, { troubled() {} })
}

/** @throws InvalidSettings where the keyring cannot be read */
export function rulesFor(settings: Settings): WebhookRules {
  return webhookRulesOf(settings, unsealBy(keyringFor(settings)))
}

/** Null: what is written is not sealed. @throws InvalidSettings as `rulesFor` */
export function sealerFor(settings: Settings): Sealer | null {
  return sealerOf(keyringFor(settings), systemNonce)
}
