// The settings as they may be shown: every secret that is set becomes ***, so that whether it is set stays visible.
import type { Settings } from './schema.ts'
import { settingsTree } from './schema.ts'
import { listSettings } from './setting.ts'

/** A copy for printing and for the log; plain objects, in the order of the settings table. */
export function redactedSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const secrets = new Set(
    listSettings(settingsTree)
      .filter((setting) => setting.sensitive)
      .map((setting) => setting.name),
  )
  const copy = (section: object, prefix: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(section).map(([key, value]: [string, unknown]) => {
        const name = prefix + key
        if (secrets.has(name)) return [key, value === '' ? '' : '***']
        const isSection = typeof value === 'object' && value !== null && !Array.isArray(value)
        return [key, isSection ? copy(value, `${name}.`) : value]
      }),
    )
  return copy(settings, '')
}
