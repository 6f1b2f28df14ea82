import { attachmentsRoutes } from './attachments.ts'
import { automationsRoutes } from './automations.ts'
import { codeScansRoutes } from './code-scans.ts'
import { consumptionRoutes } from './consumption.ts'
import { insightsRoutes } from './insights.ts'
import { knowledgeRoutes } from './knowledge.ts'
import { metricsRoutes } from './metrics.ts'
import { playbooksRoutes } from './playbooks.ts'
import { prReviewsRoutes } from './pr-reviews.ts'
import { schedulesRoutes } from './schedules.ts'
import { secretsRoutes } from './secrets.ts'
import { selfRoutes } from './self.ts'
import { serviceUsersRoutes } from './service-users.ts'
import { sessionDetailsRoutes } from './session-details.ts'
import { sessionsRoutes } from './sessions.ts'
import type { V3Routes } from './types.ts'

/** All implemented operations. The others answer 501. */
export const v3Routes: V3Routes = {
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
}
