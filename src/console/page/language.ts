/// <reference lib="dom" />
// The two languages of the page, and which one is chosen. A choice is kept in this browser.

export const languages = ['ru', 'en'] as const
export type Language = (typeof languages)[number]

const storageKey = 'console-language'

export function chosenLanguage(): Language {
  const kept = localStorage.getItem(storageKey)
  const known = languages.find((language) => language === kept)
  return known ?? (navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en')
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(storageKey, language)
}
