import type { ApiInstance } from '../../hooks/types.ts'
import { attachmentsRoutes } from './attachments.ts'
import { knowledgeRoutes } from './knowledge.ts'
import { legacyRoutes } from './legacy.ts'
import { playbooksRoutes } from './playbooks.ts'
import { secretsRoutes } from './secrets.ts'
import { sessionsRoutes } from './sessions.ts'

/** The route plugins of API v1, in the order in which their routes are matched. */
export const v1Routes: readonly ((app: ApiInstance) => Promise<void>)[] = [
  sessionsRoutes,
  attachmentsRoutes,
  secretsRoutes,
  knowledgeRoutes,
  playbooksRoutes,
  legacyRoutes,
]
