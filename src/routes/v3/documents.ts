import { once, YAML, yamlOf } from '../../base/documents.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { v1Document } from '../v1/documents.ts'

/** Registers the routes of the vendor's OpenAPI document of v3, as published on docs.devin.ai. They require no key. */
export async function documentRoutes(app: ApiInstance): Promise<void> {
  // GET /v3-openapi.json
  app.get('/v3-openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').send(await json()),
  )

  // GET /v3-openapi.yaml
  app.get('/v3-openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(YAML).send(await englishYaml()),
  )

  // GET /zh/v3-openapi.yaml
  app.get('/zh/v3-openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(YAML).send(await chineseYaml()),
  )
}

const json = once(async () => JSON.stringify(await english()))
const englishYaml = once(async () => yamlOf(await english()))
const chineseYaml = once(async () => yamlOf(await inChinese()))

// The documents are loaded and built on the first request for one.

async function english(): Promise<object> {
  return (await import('../../openapi/v3-contract.ts')).v3Contract
}

/** Returns the document with the Chinese texts of v1 where it has the same English texts. Other Chinese texts of the vendor are not known. */
async function inChinese(): Promise<object> {
  const { translateShared } = await import('../../openapi/shared-texts.ts')
  const [original, translated] = await Promise.all([v1Document('en'), v1Document('zh')])
  return translateShared(await english(), { original, translated })
}
