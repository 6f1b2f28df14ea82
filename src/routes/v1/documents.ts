import type { ApiInstance } from '../../hooks/types.ts'
import type { FrontMatter } from '../../openapi/document.ts'
import type { Locale, OpenApiDocument } from '../../openapi/types.ts'
import { v1Routes } from './index.ts'

/** The vendor's OpenAPI document, as FastAPI serves it and as docs.devin.ai publishes it. No key is needed. */
export async function documentRoutes(app: ApiInstance): Promise<void> {
  // GET /openapi.json
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
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

/** Registered in RFC 9512, which makes `text/yaml` and `application/x-yaml` its deprecated aliases. It has no charset. */
const YAML = 'application/yaml'

const json = once(async () => JSON.stringify(await v1Document('en')))
const englishYaml = once(() => yamlIn('en'))
const chineseYaml = once(() => yamlIn('zh'))

const documents = new Map<Locale, Promise<OpenApiDocument>>()

/** The OpenAPI document of v1 in one of the vendor's languages. Built on first use, once per process. */
export function v1Document(locale: Locale): Promise<OpenApiDocument> {
  let document = documents.get(locale)
  if (document === undefined) {
    document = locale === 'en' ? englishDocument() : v1Document('en').then(inChinese)
    documents.set(locale, document)
  }
  return document
}

// Nothing that builds documents is loaded before one is requested.

async function englishDocument(): Promise<OpenApiDocument> {
  const { documentOf } = await import('../../openapi/document.ts')
  return documentOf(v1Routes, FRONT_MATTER)
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

async function yamlIn(locale: Locale): Promise<string> {
  const [{ stringify }, document] = await Promise.all([import('yaml'), v1Document(locale)])
  return stringify(document, { singleQuote: true })
}

/** The bytes of a text that is made at the first call. Bytes, since Fastify adds a charset to the type of a text. */
function once(make: () => Promise<string>): () => Promise<Buffer> {
  let bytes: Promise<Buffer> | undefined
  return () => (bytes ??= make().then((text) => Buffer.from(text)))
}
