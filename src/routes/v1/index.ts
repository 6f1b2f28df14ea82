import type { ApiInstance } from '../../hooks/types.ts'
import { attachmentsRoutes } from './attachments.ts'
import { knowledgeRoutes } from './knowledge.ts'
import { legacyRoutes } from './legacy.ts'
import { playbooksRoutes } from './playbooks.ts'
import { secretsRoutes } from './secrets.ts'
import { sessionsRoutes } from './sessions.ts'

/** The resources of the API's first version, in the order in which their routes are tried. */
export const v1Routes: readonly ((app: ApiInstance) => Promise<void>)[] = [
  sessionsRoutes,
  attachmentsRoutes,
  secretsRoutes,
  knowledgeRoutes,
  playbooksRoutes,
  legacyRoutes,
]
