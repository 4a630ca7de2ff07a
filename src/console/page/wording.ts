// Everything that is said on the page, in one language at a time. English faults and warnings are the domain's own;
// Russian ones stand here, complete by type.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import { faultInEnglish, warningInEnglish } from './fault-texts.en.ts'
import { faultInRussian, warningInRussian } from './fault-texts.ru.ts'
import type { Language } from './language.ts'
import { textsEn } from './texts.en.ts'
import { textsRu } from './texts.ru.ts'
import type { Texts } from './texts.ru.ts'
import type { Warning } from './wire.ts'

export interface Wording {
  readonly language: Language
  readonly texts: Texts
  /** For a place beside the field, so that the field need not be named. */
  faultText(fault: WebhookFault): string
  warningText(warning: Warning): string
  count(value: number): string
}

export const wordings: Readonly<Record<Language, Wording>> = {
  ru: {
    language: 'ru',
    texts: textsRu,
    faultText: faultInRussian,
    warningText: warningInRussian,
    count: counter('ru'),
  },
  en: {
    language: 'en',
    texts: textsEn,
    faultText: faultInEnglish,
    warningText: warningInEnglish,
    count: counter('en'),
  },
}

const WordingContext = createContext<Wording>(wordings.ru)

export const WordingProvider = WordingContext.Provider

export function useWording(): Wording {
  return useContext(WordingContext)
}

function counter(language: Language): (value: number) => string {
  const format = new Intl.NumberFormat(language)
  return (value) => format.format(value)
}
