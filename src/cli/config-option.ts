// The option by which every command that reads settings takes files.
import { Option } from 'commander'
import { loadSettings } from '../settings/load.ts'
import type { Settings } from '../settings/schema.ts'
import type { Terminal } from './terminal.ts'

export interface ConfigChoice {
  readonly config: readonly string[]
}

/** `--config`, repeatable; later files win over earlier ones, the environment over all. */
export function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'JSON file of settings; may be repeated, later ones win (or CONFIG_FILES)',
  )
    .default([], 'none')
    .argParser((file: string, before: readonly string[]) => [...before, file])
}

/** @throws InvalidSettings */
export function settingsFor({ config }: ConfigChoice, { environment }: Terminal): Settings {
  return loadSettings({ files: config, environment })
}
