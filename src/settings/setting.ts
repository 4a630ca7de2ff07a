// One setting, and the walk over a tree of them. A setting's place in the tree is its name in files
// (`kafka.clientId`) and, in capitals, its name in the environment (`KAFKA_CLIENT_ID`): one rule, no table.
import type { SettingFormat } from './formats.ts'

export interface Setting<Value> {
  readonly doc: string
  readonly format: SettingFormat<Value>
  readonly default: Value
  /** A secret is never shown, and may also be given as a file named by `<ENVIRONMENT NAME>_FILE`. */
  readonly sensitive: boolean
}

/** The settings object that a tree of settings describes. */
export type SettingsOf<Node> =
  Node extends Setting<infer Value> ? Value : { readonly [Key in keyof Node]: SettingsOf<Node[Key]> }

/** A setting with its two names. */
export interface NamedSetting extends Setting<unknown> {
  /** Dotted, as in files: `kafka.clientId`. */
  readonly name: string
  /** In the environment: `KAFKA_CLIENT_ID`. */
  readonly environmentName: string
}

export function setting<Value>(format: SettingFormat<Value>, fallback: Value, doc: string): Setting<Value> {
  return { doc, format, default: fallback, sensitive: false }
}

/** A text that is never shown; unset is the empty text. */
export function secret(format: SettingFormat<string>, doc: string): Setting<string> {
  return { doc, format, default: '', sensitive: true }
}

/** `inFlight.maxBytes` → `IN_FLIGHT_MAX_BYTES`. */
export function environmentNameOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()
}

/** Every setting of the tree, in the tree's order. */
export function listSettings(tree: object, prefix = ''): readonly NamedSetting[] {
  return Object.entries(tree).flatMap(([key, node]: [string, unknown]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (isSetting(node)) return [{ ...node, name, environmentName: environmentNameOf(name) }]
    return typeof node === 'object' && node !== null ? listSettings(node, name) : []
  })
}

function isSetting(node: unknown): node is Setting<unknown> {
  return typeof node === 'object' && node !== null && 'format' in node && 'default' in node
}
