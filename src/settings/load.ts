// Settings from their three sources, each over the one before: defaults, files, environment.
// Invariant: what comes out has passed every check and is frozen to its last leaf; what does not pass is told
// completely, in one error, before anything is started.
import { hostname } from 'node:os'
import { pid } from 'node:process'
import convict from 'convict'
import { crossChecks } from './cross-checks.ts'
import { readEnvironment } from './environment.ts'
import { readSettingsFile } from './file.ts'
import { faultOf, InvalidSettings } from './invalid-settings.ts'
import type { Settings } from './schema.ts'
import { settingsTree } from './schema.ts'
import type { NamedSetting } from './setting.ts'
import { listSettings } from './setting.ts'

export interface SettingsSources {
  /** Paths of JSON files, later ones over earlier ones. None: those that CONFIG_FILES names, with commas between them. */
  readonly files: readonly string[]
  /** A variable that is set to nothing counts as not set. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const allSettings = listSettings(settingsTree)

/** @throws InvalidSettings with a line for every fault of every source. */
export function loadSettings({ files, environment }: SettingsSources): Settings {
  const readings = [
    ...filesToRead(files, environment).map((path) => readSettingsFile(path, allSettings)),
    readEnvironment(environment, allSettings),
  ]
  const faults = readings.flatMap((reading) => reading.faults)
  const config = convict(convictSchema(), { env: {}, args: [] })
  for (const { setting, origin, value } of readings.flatMap((reading) => reading.given)) {
    const read = setting.format.read(value)
    if (read === undefined) faults.push(faultOf(setting, origin, value))
    else config.set(setting.name, read)
  }
  if (config.get('worker').id === '') config.set('worker.id', `${hostname()}-${pid}`)
  const settings = config.validate({ allowed: 'strict' }).getProperties()
  faults.push(...crossChecks(settings))
  if (faults.length > 0) throw new InvalidSettings(faults)
  return deepFreeze(settings)
}

function filesToRead(
  files: readonly string[],
  environment: SettingsSources['environment'],
): readonly string[] {
  if (files.length > 0) return files
  return (environment['CONFIG_FILES'] ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
}

/** The tree in convict's terms. Environment names are for its own listings; reading them is ours, for the faults. */
function convictSchema(): convict.Schema<Settings> {
  const root: Record<string, unknown> = {}
  for (const setting of allSettings) {
    const path = setting.name.split('.')
    const leaf = path.pop() ?? ''
    let section = root
    for (const key of path) section = (section[key] ??= {}) as Record<string, unknown>
    section[leaf] = convictEntry(setting)
  }
  return root as convict.Schema<Settings>
}

function convictEntry({ doc, environmentName, default: fallback, sensitive, format }: NamedSetting) {
  return {
    doc,
    env: environmentName,
    default: fallback,
    sensitive,
    format: (value: unknown) => {
      if (format.read(value) === undefined) throw new Error(`allowed: ${format.allowed}`)
    },
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
