import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifySchema, type RouteOptions } from 'fastify'
import type { ApiInstance } from '../hooks/types.ts'
import { Components } from './components.ts'
import { operation, type RouteSchema } from './operation.ts'
import type { OpenApiDocument, Operation } from './types.ts'

/** The parts of a document apart from its operations and components. */
export interface FrontMatter extends Pick<OpenApiDocument, 'openapi' | 'info' | 'servers' | 'security'> {
  readonly securitySchemes: OpenApiDocument['components']['securitySchemes']
}

/** Builds the English document of route plugins. Registers them on a separate application that never listens. */
export async function buildDocument(
  plugins: readonly ((app: ApiInstance) => Promise<void>)[],
  { securitySchemes, ...frontMatter }: FrontMatter,
): Promise<OpenApiDocument> {
  // Loaded on demand, because most processes never build a document.
  const { default: swagger } = await import('@fastify/swagger')
  const components = new Components()
  const server = Fastify({ exposeHeadRoutes: false, schemaController: { compilersFactory } })
  const app = server.withTypeProvider<TypeBoxTypeProvider>()
  await app.register(swagger, {
    openapi: { openapi: '3.1.0' },
    // The plugin rewrites schemas differently from FastAPI (it removes the description from a parameter's schema, for example), but
    // copies `x-` members unchanged. It is used to collect the routes only, with each operation in such a member.
    transform: ({ schema, url, route }) => ({
      schema: schema.hide
        ? schema
        : ({
            [OPERATION]: operation({ ...schema, ...shapeOf(route) } as RouteSchema, components),
          } as FastifySchema),
      url,
    }),
  })
  for (const routes of plugins) await routes(app)
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

/** Returns the body schema of a route whose handler validates the body, from `shape` of its `config`. */
function shapeOf({ config }: RouteOptions): { body?: unknown } {
  const { shape } = Object(config) as { shape?: unknown }
  return shape === undefined ? {} : { body: shape }
}

const OPERATION = 'x-operation'

type GatheredPaths = Record<string, Record<string, { [OPERATION]: Operation }>>

/**
 * Compilers that keep Fastify from loading Ajv and fast-json-stringify, because the application never validates or serializes. The
 * cast is needed because Fastify's types accept only these two packages.
 */
const compilersFactory = {
  buildValidator: () => () => Boolean,
  buildSerializer: () => () => String,
} as object

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
