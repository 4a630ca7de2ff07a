// One JSON file of settings, as nested sections. A key that nobody knows is refused with the name that was
// probably meant: a mistyped setting that is quietly ignored looks like one that does not work.
import { nearestName } from '../domain/nearest-name.ts'
import type { NamedSetting } from './setting.ts'
import type { GivenValue, SourceReading } from './source-reading.ts'
import { readTextFile } from './text-file.ts'

/** Never throws: what cannot be read is among the faults. */
export function readSettingsFile(path: string, known: readonly NamedSetting[]): SourceReading {
  const content = readJson(path)
  if ('fault' in content) return { given: [], faults: [content.fault] }
  if (!isSection(content.json)) {
    return {
      given: [],
      faults: [`${path}: allowed: one JSON object with sections, such as {"log": {"level": "info"}}`],
    }
  }
  const given: GivenValue[] = []
  const faults: string[] = []
  const names = known.map((setting) => setting.name)
  const sections = new Set(names.flatMap(prefixesOf))
  const walk = (section: object, prefix: string) => {
    for (const [key, value] of Object.entries(section)) {
      const name = prefix === '' ? key : `${prefix}.${key}`
      const setting = known.find((candidate) => candidate.name === name)
      if (setting !== undefined) given.push({ setting, origin: path, value })
      else if (!sections.has(name)) faults.push(unknownName(name, path, [...names, ...sections]))
      else if (isSection(value)) walk(value, name)
      else faults.push(`${name} (${path}): not a section; allowed: an object with the settings ${name}.…`)
    }
  }
  walk(content.json, '')
  return { given, faults }
}

function readJson(path: string): { readonly json: unknown } | { readonly fault: string } {
  const file = readTextFile(path)
  if (file.kind === 'unreadable') {
    return {
      fault: `${path}: the file cannot be read (${file.reason}); name files with --config or CONFIG_FILES`,
    }
  }
  try {
    return { json: JSON.parse(file.text) }
  } catch {
    // The parser quotes what it met, and that may be a part of a secret.
    return { fault: `${path}: not JSON; allowed: one JSON object` }
  }
}

function unknownName(name: string, path: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return `${name} (${path}): no such setting${nearest === null ? '' : `; nearest: ${nearest}`}`
}

function prefixesOf(name: string): readonly string[] {
  const parts = name.split('.')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
