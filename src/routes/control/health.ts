import { Type } from '@sinclair/typebox'
import type { ApiInstance } from '../types.ts'

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() })

/** Whether the server is up. */
export async function healthRoutes(app: ApiInstance, options: { version: string }): Promise<void> {
  // GET /_fake/health
  app.get('/_fake/health', { schema: { hide: true, response: { 200: Health } } }, async () => ({
    status: 'ok' as const,
    version: options.version,
  }))
}
