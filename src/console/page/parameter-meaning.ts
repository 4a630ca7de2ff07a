// What a call parameter means, in the page's language: English from the catalogue, Russian from its own table.
import { findParameter } from '../../domain/parameter-catalogue.ts'
import type { ParameterName } from '../../domain/parameter-catalogue.ts'
import type { Language } from './language.ts'
import { russianMeanings } from './parameter-meanings.ru.ts'

export function parameterMeaning(name: ParameterName, language: Language): string {
  return language === 'ru' ? russianMeanings[name] : (findParameter(name)?.meaning ?? name)
}
