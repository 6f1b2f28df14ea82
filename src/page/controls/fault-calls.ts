import type { FaultSpec, FaultView } from '../../schemas/control/fault.ts'
import { control } from '../control.ts'
import { formatNumber, texts } from '../texts/index.ts'

/** Adds a fault. */
export function addFault(fault: FaultSpec): Promise<unknown> {
  return control('/faults', { method: 'POST', body: fault })
}

/** Returns what a fault does, in words. */
export function effectText(fault: FaultView): string {
  const { says } = texts.value.controls.faults
  const { status, headers = {}, body, delay_ms: delay = 0, abort, bytes_per_second: rate } = fault
  const { include_retries: retries, malformed_json: malformed, probability, after = 0 } = fault
  const parts = [
    status !== undefined && says.status(status),
    body !== undefined && says.body,
    Object.keys(headers).length > 0 && says.headers(Object.keys(headers).join(', ')),
    delay > 0 && says.delay(formatNumber(delay)),
    abort !== undefined && says[abort],
    retries === true && says.retries,
    rate !== undefined && says.rate(formatNumber(rate)),
    malformed === true && says.malformed,
    probability !== undefined && says.probability(formatNumber(probability * 100)),
    after > 0 && says.skip(formatNumber(after)),
  ]
  return parts.filter((part) => part !== false).join(', ')
}
