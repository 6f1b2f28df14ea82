import type { ApiInstance } from '../../hooks/types.ts'
import type { Locale } from '../../openapi/types.ts'

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

const json = once(async () => JSON.stringify(await documentIn('en')))
const englishYaml = once(() => yamlIn('en'))
const chineseYaml = once(() => yamlIn('zh'))

/** Nothing that makes documents is loaded before somebody asks for one. */
async function documentIn(locale: Locale) {
  const { buildDocument } = await import('../../openapi/document.ts')
  return buildDocument(locale)
}

async function yamlIn(locale: Locale): Promise<string> {
  const [{ stringify }, document] = await Promise.all([import('yaml'), documentIn(locale)])
  return stringify(document, { singleQuote: true })
}

/** The bytes of a text that is made at the first call. Bytes, since Fastify adds a charset to the type of a text. */
function once(make: () => Promise<string>): () => Promise<Buffer> {
  let bytes: Promise<Buffer> | undefined
  return () => (bytes ??= make().then((text) => Buffer.from(text)))
}
