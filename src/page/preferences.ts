import { effect, signal } from '@preact/signals'

/** The languages of the page. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const

/** A language of the page. */
export type Language = keyof typeof LANGUAGES

/** The themes. */
export const THEMES = ['auto', 'light', 'dark'] as const

/** A theme. */
export type Theme = (typeof THEMES)[number]

/** The language. Default: the browser's. */
export const language = signal<Language>(
  kept('language', Object.keys(LANGUAGES) as Language[]) ?? preferred(),
)

/** The theme. Default: the system's. */
export const theme = signal<Theme>(kept('theme', THEMES) ?? 'auto')

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : language.value
})

effect(() => {
  document.documentElement.dataset.theme = theme.value
})

/** Sets the language, also for the next visit. */
export function setLanguage(value: Language): void {
  language.value = value
  keep('language', value)
}

/** Sets the theme, also for the next visit. */
export function setTheme(value: Theme): void {
  theme.value = value
  keep('theme', value)
}

function preferred(): Language {
  const first = navigator.languages.find((one) => /^(?:en|zh)\b/i.test(one)) ?? 'en'
  return first.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

function kept<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
  const value = localStorage.getItem(`fake-devin-${name}`)
  return values.find((one) => one === value)
}

function keep(name: string, value: string): void {
  localStorage.setItem(`fake-devin-${name}`, value)
}
