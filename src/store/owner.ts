import type { ChangeFeed } from '../base/changes.ts'
import type { EventFeed } from '../events/feed.ts'
import type { OrganizationQuota } from './store-quota.ts'

/** The organization of a collection or a log. */
export interface CollectionOwner {
  readonly orgId: string
  readonly quota: OrganizationQuota
  /** Gets an event for each record that is written, unless the organization was replaced. */
  readonly events: EventFeed
  /** Where each record that is written is noted, unless the organization was replaced. */
  readonly changes: ChangeFeed
}
