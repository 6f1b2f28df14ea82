/** Where the time comes from; everything that needs the time is handed one of these. */
export interface Clock {
  /** Microseconds since the Unix epoch, as an integer. */
  now(): number
}

/** The machine's clock, with the microseconds that the vendor's timestamps show. */
export function systemClock(): Clock {
  return { now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000) }
}

/** ISO 8601 in UTC with microseconds and `Z`, as the vendor writes v1 times: `2025-12-20T14:47:51.845058Z`. */
export function formatInstant(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`
}

/** Microseconds since the epoch of an ISO 8601 time, or undefined when the text is none. */
export function parseInstant(text: string): number | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  if (match === null) return undefined
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = match
  const millis = new Date(`${day}T${time}${zone}`).getTime()
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number(fraction.padEnd(6, '0'))
}
