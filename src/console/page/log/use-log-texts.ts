// The words of the log, which come with it, in the page's language.
import type { Language } from '../language.ts'
import { useWording } from '../wording.ts'
import { logTextsEn } from './log-texts.en.ts'
import { logTextsRu } from './log-texts.ru.ts'
import type { LogTexts } from './log-texts.ru.ts'

const texts: Readonly<Record<Language, LogTexts>> = { ru: logTextsRu, en: logTextsEn }

export function useLogTexts(): LogTexts {
  return texts[useWording().language]
}
