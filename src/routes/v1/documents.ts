import { once, YAML, yamlOf } from '../../base/documents.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import type { FrontMatter } from '../../openapi/document.ts'
import type { Locale, OpenApiDocument } from '../../openapi/types.ts'
import { v1Routes } from './index.ts'

/** Registers the routes of the vendor's OpenAPI document, as served by FastAPI and published on docs.devin.ai. They require no key. */
export async function documentRoutes(app: ApiInstance): Promise<void> {
  // GET /openapi.json
  // Starlette adds HEAD to routes that are not FastAPI's own.
  app.get('/openapi.json', { schema: { hide: true }, exposeHeadRoute: true }, async (_request, reply) =>
    reply.type('application/json').send(await json()),
  )

  // GET /v1-openapi.yaml
  app.get('/v1-openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(YAML).send(await englishYaml()),
  )

  // GET /zh/v1-openapi.yaml
  app.get('/zh/v1-openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(YAML).send(await chineseYaml()),
  )
}

const json = once(async () => JSON.stringify(await v1Document('en')))
const englishYaml = once(async () => yamlOf(await v1Document('en')))
const chineseYaml = once(async () => yamlOf(await v1Document('zh')))

const documents = new Map<Locale, Promise<OpenApiDocument>>()

/** Returns the OpenAPI document of v1 in one of the vendor's languages. Builds it on first use, once per process. */
export function v1Document(locale: Locale): Promise<OpenApiDocument> {
  let document = documents.get(locale)
  if (document === undefined) {
    document = locale === 'en' ? englishDocument() : v1Document('en').then(inChinese)
    documents.set(locale, document)
  }
  return document
}

// The modules that build documents are loaded on the first request for one.

async function englishDocument(): Promise<OpenApiDocument> {
  const { buildDocument } = await import('../../openapi/document.ts')
  return buildDocument(v1Routes, FRONT_MATTER)
}

async function inChinese(english: OpenApiDocument): Promise<OpenApiDocument> {
  const [{ translate }, { chinese }] = await Promise.all([
    import('../../openapi/translate.ts'),
    import('../../openapi/zh.ts'),
  ])
  return translate(english, chinese)
}

const FRONT_MATTER: FrontMatter = {
  openapi: '3.1.0',
  info: {
    description: 'Devin v1 API with Personal and Service API Keys',
    title: 'Devin API v1',
    version: '1.0.0',
  },
  servers: [],
  security: [{ bearerAuth: [] }],
  securitySchemes: {
    bearerAuth: {
      description: 'Personal API Key (apk_user_\\*) or Service API Key (apk_\\*)',
      scheme: 'bearer',
      type: 'http',
    },
  },
}
