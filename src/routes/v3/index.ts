import { acuLimitsRoutes } from './acu-limits.ts'
import { allowedTagsRoutes } from './allowed-tags.ts'
import { apiKeysRoutes } from './api-keys.ts'
import { attachmentsRoutes } from './attachments.ts'
import { automationsRoutes } from './automations.ts'
import { blueprintsRoutes } from './blueprints.ts'
import { buildsRoutes } from './builds.ts'
import { codeScansRoutes } from './code-scans.ts'
import { consumptionRoutes } from './consumption.ts'
import { enterpriseAuditLogsRoutes } from './enterprise-audit-logs.ts'
import { enterpriseConsumptionRoutes } from './enterprise-consumption.ts'
import { enterpriseKnowledgeRoutes } from './enterprise-knowledge.ts'
import { enterpriseMetricsRoutes } from './enterprise-metrics.ts'
import { enterpriseOrganizationsRoutes } from './enterprise-organizations.ts'
import { enterprisePlaybooksRoutes } from './enterprise-playbooks.ts'
import { enterprisePrReviewsRoutes } from './enterprise-pr-reviews.ts'
import { enterpriseQueueRoutes } from './enterprise-queue.ts'
import { enterpriseSessionsRoutes } from './enterprise-sessions.ts'
import { gitConnectionsRoutes } from './git-connections.ts'
import { gitPermissionsRoutes } from './git-permissions.ts'
import { idpGroupsRoutes } from './idp-groups.ts'
import { insightsRoutes } from './insights.ts'
import { ipAccessListRoutes } from './ip-access-list.ts'
import { knowledgeRoutes } from './knowledge.ts'
import { metricsRoutes } from './metrics.ts'
import { playbooksRoutes } from './playbooks.ts'
import { prReviewsRoutes } from './pr-reviews.ts'
import { repositoriesRoutes } from './repositories.ts'
import { rolesRoutes } from './roles.ts'
import { schedulesRoutes } from './schedules.ts'
import { secretsRoutes } from './secrets.ts'
import { selfRoutes } from './self.ts'
import { serviceUsersRoutes } from './service-users.ts'
import { sessionDetailsRoutes } from './session-details.ts'
import { sessionsRoutes } from './sessions.ts'
import type { V3Routes } from './types.ts'
import { usersRoutes } from './users.ts'

/** All operations of the contract. */
export const v3Routes: Required<V3Routes> = {
  ...secretsRoutes,
  ...sessionsRoutes,
  ...sessionDetailsRoutes,
  ...insightsRoutes,
  ...attachmentsRoutes,
  ...knowledgeRoutes,
  ...playbooksRoutes,
  ...selfRoutes,
  ...serviceUsersRoutes,
  ...prReviewsRoutes,
  ...codeScansRoutes,
  ...consumptionRoutes,
  ...metricsRoutes,
  ...schedulesRoutes,
  ...automationsRoutes,
  ...enterpriseOrganizationsRoutes,
  ...allowedTagsRoutes,
  ...acuLimitsRoutes,
  ...ipAccessListRoutes,
  ...gitConnectionsRoutes,
  ...gitPermissionsRoutes,
  ...repositoriesRoutes,
  ...blueprintsRoutes,
  ...buildsRoutes,
  ...usersRoutes,
  ...idpGroupsRoutes,
  ...rolesRoutes,
  ...apiKeysRoutes,
  ...enterpriseSessionsRoutes,
  ...enterpriseMetricsRoutes,
  ...enterpriseConsumptionRoutes,
  ...enterpriseAuditLogsRoutes,
  ...enterpriseQueueRoutes,
  ...enterpriseKnowledgeRoutes,
  ...enterprisePlaybooksRoutes,
  ...enterprisePrReviewsRoutes,
}
