import type { FidelityRow } from '../../fidelity/index.ts'
import type { Check, Checks } from '../check.ts'
import { attachments } from './attachments.ts'
import { knowledge } from './knowledge.ts'
import { legacy } from './legacy.ts'
import { playbooks } from './playbooks.ts'
import { secrets } from './secrets.ts'
import { sessions } from './sessions.ts'
import { topics } from './topics.ts'
import { v3Automations } from './v3-automations.ts'
import { v3Builds } from './v3-builds.ts'
import { v3CodeScans } from './v3-code-scans.ts'
import { v3Enterprise } from './v3-enterprise.ts'
import { v3EnterpriseViews } from './v3-enterprise-views.ts'
import { v3Git } from './v3-git.ts'
import { v3Members } from './v3-members.ts'
import { v3Metrics } from './v3-metrics.ts'
import { v3PrReviews } from './v3-pr-reviews.ts'
import { v3Schedules } from './v3-schedules.ts'
import { v3Self } from './v3-self.ts'
import { v3SessionDetails } from './v3-session-details.ts'
import { v3Sessions } from './v3-sessions.ts'

/** The check of every row, or the reason why it has none, by subject and question. */
export const CHECKS: Checks = {
  ...topics,
  ...sessions,
  ...v3Sessions,
  ...v3SessionDetails,
  ...attachments,
  ...secrets,
  ...knowledge,
  ...playbooks,
  ...legacy,
  ...v3Self,
  ...v3PrReviews,
  ...v3CodeScans,
  ...v3Metrics,
  ...v3Schedules,
  ...v3Automations,
  ...v3Enterprise,
  ...v3Git,
  ...v3Builds,
  ...v3Members,
  ...v3EnterpriseViews,
}

/** Returns the check of a row, or the reason why it has none. Throws TypeError for a row that has neither. */
export function checkOf({ operation, topic, what }: FidelityRow): Check | string {
  const ofSubject = CHECKS[String(operation ?? topic)]
  const check = typeof ofSubject === 'string' ? ofSubject : ofSubject?.[what]
  if (check === undefined) throw new TypeError(`no check is bound to ${operation ?? topic}: ${what}`)
  return check
}
