import { computed } from '@preact/signals'
import type { Size } from '../model/state-items.ts'
import { type Age, ageOf } from '../model/times.ts'
import { language } from '../preferences.ts'
import { en, type Texts } from './en.ts'
import { zh } from './zh.ts'

const TEXTS: Readonly<Record<keyof typeof LOCALES, Texts>> = { en, zh }

const LOCALES = { en: 'en', zh: 'zh-CN' } as const

/** The texts in the chosen language. A component that reads them renders again when the language changes. */
export const texts = computed<Texts>(() => TEXTS[language.value])

const formats = computed(() => {
  const locale = LOCALES[language.value]
  return {
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' }),
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }),
    time: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false }),
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hour12: false }),
  }
})

/** Returns how long ago a time was, in words. Times in milliseconds since the epoch. */
export function formatAge(time: number, now: number): string {
  const { value, unit }: Age = ageOf(time, now)
  return formats.value.relative.format(value === 0 && time <= now ? -0 : -value, unit)
}

/** Returns a number as the language writes it, with at most two decimals. */
export function formatNumber(value: number): string {
  return formats.value.number.format(value)
}

/** Returns a time in the browser's time zone. */
export function formatTime(time: number | string): string {
  return formats.value.time.format(new Date(time))
}

/** Returns the day in the browser's time zone. */
export function formatDate(time: number | string): string {
  return formats.value.date.format(new Date(time))
}

/** Returns the time of day in the browser's time zone, to the second. */
export function formatClock(time: number | string): string {
  return formats.value.clock.format(new Date(time))
}

/** Returns a number of bytes in words. */
export function formatSize({ value, unit }: Size): string {
  const locale = LOCALES[language.value]
  const options = { style: 'unit', unitDisplay: 'short', maximumFractionDigits: 1, unit } as const
  return new Intl.NumberFormat(locale, options).format(value)
}
