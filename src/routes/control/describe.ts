import type { ApiInstance } from '../types.ts'
import type { ControlOptions } from './scope.ts'

type Routes = (app: ApiInstance, options: ControlOptions) => Promise<void>

/** What the control plane says of itself and of the fake: its own document, and the ledger of evidence. */
export async function describeRoutes(
  app: ApiInstance,
  options: ControlOptions & { readonly routes: readonly Routes[] },
): Promise<void> {
  // GET /_fake/openapi.json
  app.get('/_fake/openapi.json', { schema: { hide: true } }, async () => {
    const { documentOf } = await import('../../openapi/document.ts')
    return documentOf(
      options.routes.map((routes) => (instance) => routes(instance, options)),
      FRONT_MATTER,
    )
  })

  // GET /_fake/fidelity
  app.get('/_fake/fidelity', { schema: { hide: true } }, async () => {
    const { fidelity } = await import('../../fidelity.ts')
    return { rows: fidelity }
  })
}

const FRONT_MATTER = {
  openapi: '3.1.0' as const,
  info: {
    title: 'fake-devin control plane',
    description: 'How tests look behind the scenes of a fake-devin server and pull strings.',
    version: '1.0.0',
  },
  servers: [] as [],
  security: [],
}
