import type { ResourceKind } from '../resources/index.ts'
import { attachments } from './attachments.ts'
import { knowledge } from './knowledge.ts'
import { legacy } from './legacy.ts'
import { playbooks } from './playbooks.ts'
import type { FidelityRow } from './row.ts'
import { secrets } from './secrets.ts'
import { sessionDetails } from './session-details.ts'
import { sessions } from './sessions.ts'
import { topics } from './topics.ts'
import { v3Attachments } from './v3-attachments.ts'
import { v3Automations } from './v3-automations.ts'
import { v3Builds } from './v3-builds.ts'
import { v3CodeScans } from './v3-code-scans.ts'
import { v3Consumption } from './v3-consumption.ts'
import { v3Enterprise } from './v3-enterprise.ts'
import { v3EnterpriseAuditLogs } from './v3-enterprise-audit-logs.ts'
import { v3EnterpriseConsumption } from './v3-enterprise-consumption.ts'
import { v3EnterpriseKnowledge } from './v3-enterprise-knowledge.ts'
import { v3EnterpriseMetrics } from './v3-enterprise-metrics.ts'
import { v3EnterprisePlaybooks } from './v3-enterprise-playbooks.ts'
import { v3EnterprisePrReviews } from './v3-enterprise-pr-reviews.ts'
import { v3EnterpriseSessions } from './v3-enterprise-sessions.ts'
import { v3Git } from './v3-git.ts'
import { v3Knowledge } from './v3-knowledge.ts'
import { v3Members } from './v3-members.ts'
import { v3Metrics } from './v3-metrics.ts'
import { v3Playbooks } from './v3-playbooks.ts'
import { v3PrReviews } from './v3-pr-reviews.ts'
import { v3Repositories } from './v3-repositories.ts'
import { v3Schedules } from './v3-schedules.ts'
import { v3Secrets } from './v3-secrets.ts'
import { v3Self } from './v3-self.ts'
import { v3ServiceUsers } from './v3-service-users.ts'
import { v3SessionDetails } from './v3-session-details.ts'
import { v3Sessions } from './v3-sessions.ts'
import { v3Topics } from './v3-topics.ts'

export { type OpenQuestion, openQuestions } from './answers.ts'
export type { Confidence, FidelityRow } from './row.ts'

/**
 * The rows by resource. Those of folders are in `knowledge`, those of the audit log in `legacy`, those of profiles and findings in
 * `codeScans`, those of Git connections in `gitPermissions`, those of blueprints in `builds`.
 */
const rows: Readonly<
  Record<
    | Exclude<
        ResourceKind,
        'folders' | 'auditLog' | 'codeScanProfiles' | 'codeScanFindings' | 'gitConnections' | 'blueprints'
      >
    | 'topics'
    | 'legacy'
    | 'self'
    | 'consumption'
    | 'metrics'
    | 'enterpriseView',
    readonly FidelityRow[]
  >
> = {
  topics: [...topics, ...v3Topics],
  sessions: [...sessions, ...sessionDetails, ...v3Sessions, ...v3SessionDetails],
  attachments: [...attachments, ...v3Attachments],
  secrets: [...secrets, ...v3Secrets],
  knowledge: [...knowledge, ...v3Knowledge],
  playbooks: [...playbooks, ...v3Playbooks],
  legacy,
  self: v3Self,
  serviceUsers: v3ServiceUsers,
  prReviews: v3PrReviews,
  codeScans: v3CodeScans,
  consumption: v3Consumption,
  metrics: v3Metrics,
  schedules: v3Schedules,
  automations: v3Automations,
  settings: v3Enterprise,
  gitPermissions: v3Git,
  repositoryIndexes: v3Repositories,
  builds: v3Builds,
  ...v3Members,
  enterpriseView: [
    ...v3EnterpriseSessions,
    ...v3EnterpriseMetrics,
    ...v3EnterpriseConsumption,
    ...v3EnterpriseAuditLogs,
    ...v3EnterpriseKnowledge,
    ...v3EnterprisePlaybooks,
    ...v3EnterprisePrReviews,
  ],
}

/** The ledger: what the fake does, and the evidence for it. At least one row per operation, and one per open answer. */
export const fidelity: readonly FidelityRow[] = Object.values(rows).flat()
