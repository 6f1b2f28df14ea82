import type { FaultSpec, PRESETS } from '../schemas/control/fault.ts'

/** The members of each preset. */
export const presets: Readonly<Record<(typeof PRESETS)[number], FaultSpec>> = {
  'rate-limit': { status: 429, headers: { 'Retry-After': '1' }, body: { detail: 'Too Many Requests' } },
  flaky: { status: 503, times: 1 },
  outage: { status: 503 },
  slow: { delay_ms: 2000 },
  'expired-key': { method: 'GET', status: 401, body: { detail: 'Unauthorized' }, after: 2 },
  'out-of-quota': {
    method: 'POST',
    // The operation of each generation that creates a session.
    path: '/**/sessions',
    status: 403,
    body: { detail: 'Your organization has a billing error. Error: out_of_quota' },
  },
  'broken-connection': { abort: 'before', include_retries: true, times: 1 },
}
