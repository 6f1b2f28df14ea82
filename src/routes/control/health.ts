import { Type } from '@sinclair/typebox'
import { version } from '../../base/version.ts'
import type { ApiInstance } from '../../hooks/types.ts'

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() })

/** Registers the health check. */
export async function healthRoutes(app: ApiInstance): Promise<void> {
  // GET /_fake/health
  app.get(
    '/_fake/health',
    { schema: { operationId: 'health', summary: 'Check that the server is up', response: { 200: Health } } },
    async () => ({ status: 'ok' as const, version }),
  )
}
