import { formatInstant } from '../base/clock.ts'
import { randomIds } from '../base/ids.ts'
import { EventHub } from '../events/hub.ts'
import type { Schedule } from '../events/schedule.ts'
import { sentPath } from '../journal/entry.ts'
import type { JournalEntry } from '../journal/journal.ts'
import type { LiveEvent } from '../schemas/control/events.ts'
import type { Organizations } from './organizations.ts'
import { SessionWatch } from './session-watch.ts'

/**
 * Returns the hub of the server's events. Creates it for the first stream. It closes some time after the last stream has ended, so that
 * the server becomes as fast as before.
 */
export function openEvents(organizations: Organizations, schedule?: Schedule): EventHub {
  const { events, journals } = organizations
  if (events.hub !== undefined) return events.hub
  const timers = schedule === undefined ? {} : { schedule }
  const hub = new EventHub({
    // Not the server's ids, which are the same after each start with `--seed-ids`.
    epoch: randomIds().hex(),
    ...timers,
    onIdle: () => {
      events.set(undefined)
      journals.onEntry = undefined
    },
  })
  hub.accompany(new SessionWatch({ organizations, hub, ...timers }))
  events.set(hub)
  journals.onEntry = (entry) => hub.publish(requestEvent(entry))
  return hub
}

function requestEvent(entry: JournalEntry): LiveEvent {
  const { id, orgId, at, method, status, micros, fault } = entry
  return {
    kind: 'request',
    org_id: orgId,
    id,
    time: formatInstant(at),
    method,
    path: sentPath(entry),
    status,
    duration_ms: Math.round(micros / 10) / 100,
    ...(fault !== undefined && { fault }),
  }
}
