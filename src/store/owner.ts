import type { ChangeFeed } from '../base/changes.ts'
import type { EventFeed } from '../events/feed.ts'
import type { OrganizationQuota } from './store-quota.ts'

/** The organization of a collection or a log. */
export interface CollectionOwner {
  readonly orgId: string
  readonly quota: OrganizationQuota
  /** Receives an event for each write of a record, unless the organization was replaced. */
  readonly events: EventFeed
  /** Tracks each write of a record, unless the organization was replaced. */
  readonly changes: ChangeFeed
}
