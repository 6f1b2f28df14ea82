import Fastify, { type FastifySchema, type FastifyServerOptions, type RouteOptions } from 'fastify'
import type { ApiInstance } from '../hooks/types.ts'
import { Components } from './components.ts'
import { operation, type RouteSchema } from './operation.ts'
import type { OpenApiDocument, Operation } from './types.ts'

/** What stands in a document before its operations. */
export interface FrontMatter extends Pick<OpenApiDocument, 'openapi' | 'info' | 'servers' | 'security'> {
  readonly securitySchemes: OpenApiDocument['components']['securitySchemes']
}

/** The document of some routes, in English. They are registered on an application of its own, which never listens. */
export async function documentOf(
  plugins: readonly ((app: ApiInstance) => Promise<void>)[],
  { securitySchemes, ...frontMatter }: FrontMatter,
): Promise<OpenApiDocument> {
  // Loaded here, since few of the processes that import this module are ever asked for a document.
  const { default: swagger } = await import('@fastify/swagger')
  const components = new Components()
  const app = Fastify({ exposeHeadRoutes: false, schemaController: NO_COMPILERS })
  await app.register(swagger, {
    openapi: { openapi: '3.1.0' },
    // The plugin rewrites schemas in ways in which FastAPI does not (it takes the description out of a parameter's schema, for
    // one), but copies `x-` members as they are. So it finds the routes, and their operations pass through it untouched.
    transform: ({ schema, url, route }) => ({
      schema: schema.hide
        ? schema
        : ({
            [OPERATION]: operation({ ...schema, ...shapeOf(route) } as unknown as RouteSchema, components),
          } as FastifySchema),
      url,
    }),
  })
  for (const routes of plugins) await routes(app as unknown as ApiInstance)
  await app.ready()
  const paths = mapValues(app.swagger().paths as GatheredPaths, (methods) =>
    mapValues(methods, (gathered) => gathered[OPERATION]),
  )
  await app.close()
  return {
    ...frontMatter,
    paths,
    components: { schemas: components.all(), securitySchemes },
  }
}

/** The body of a route that checks it by hand, as its `config` has it: `{shape}`. */
function shapeOf({ config }: RouteOptions): { body?: unknown } {
  const { shape } = Object(config) as { shape?: unknown }
  return shape === undefined ? {} : { body: shape }
}

const OPERATION = 'x-operation'

type GatheredPaths = Record<string, Record<string, { [OPERATION]: Operation }>>

// Nothing is ever validated or written by that application. Without these Fastify would load Ajv and fast-json-stringify.
const NO_COMPILERS = {
  compilersFactory: { buildValidator: () => () => Boolean, buildSerializer: () => () => String },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
