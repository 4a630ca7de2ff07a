// Settings from environment variables, and secrets from the files that `<NAME>_FILE` variables name
// (as orchestrators mount them). Variables of other programs are left alone: their names cannot be judged.
import type { NamedSetting } from './setting.ts'
import type { GivenValue, SourceReading } from './source-reading.ts'
import { readTextFile } from './text-file.ts'

/** Never throws: what cannot be read is among the faults. A file's content is trimmed. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly NamedSetting[],
): SourceReading {
  const given: GivenValue[] = []
  const faults: string[] = []
  for (const setting of known) {
    const origin = setting.environmentName
    const value = environment[origin]
    if (value) given.push({ setting, origin, value })
    const path = setting.sensitive ? environment[`${origin}_FILE`] : undefined
    if (!path) continue
    const fileOrigin = `${origin}_FILE`
    if (value)
      faults.push(`${setting.name} (${fileOrigin}): given twice; allowed: either ${origin} or ${fileOrigin}`)
    const file = readTextFile(path)
    if (file.kind === 'text') given.push({ setting, origin: fileOrigin, value: file.text.trim() })
    else faults.push(`${setting.name} (${fileOrigin}): the file "${path}" cannot be read (${file.reason})`)
  }
  return { given, faults }
}
