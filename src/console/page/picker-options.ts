// What the picker of call parameters lists for what was typed: the whole catalogue at first, under its headings.
// Invariant: the catalogue's order is kept, and a name is found by any part of itself or of its meaning.
import { parameterCatalogue } from '../../domain/parameter-catalogue.ts'
import type { ParameterName } from '../../domain/parameter-catalogue.ts'
import type { ParameterGroup } from '../../domain/parameter-entry.ts'
import type { Language } from './language.ts'
import { parameterMeaning } from './parameter-meaning.ts'

export interface PickerOption {
  readonly name: ParameterName
  readonly meaning: string
  /** Known only when the call is over. */
  readonly isEndOnly: boolean
}

export interface PickerGroup {
  readonly group: ParameterGroup
  readonly options: readonly PickerOption[]
}

/** All words must be found, in any order. */
export function pickerGroups(typed: string, language: Language): readonly PickerGroup[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const groups = new Map<ParameterGroup, PickerOption[]>()
  for (const { name, group, atStart } of parameterCatalogue) {
    const meaning = parameterMeaning(name, language)
    const text = `${name} ${meaning}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const options = groups.get(group) ?? []
    options.push({ name, meaning, isEndOnly: atStart === 'never' })
    groups.set(group, options)
  }
  return Array.from(groups, ([group, options]) => ({ group, options }))
}
