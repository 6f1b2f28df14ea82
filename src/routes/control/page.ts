import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { splitTarget } from '../../fastapi/target.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import type { PageFiles } from './page-files.ts'

const FilePath = Type.Object({ file: Type.String() })

/** What a document may load: its own files, nothing inline and nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

const DOCUMENT_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
}

/** The names of the other files contain a hash of their content. */
const ASSET_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' }

/**
 * Registers the routes of the page and of the API page. They are public: their files contain nothing of this server. All code that
 * serves them is loaded by the first request.
 */
export async function pageRoutes(
  app: ApiInstance,
  { pageFolder }: { readonly pageFolder?: string | undefined },
): Promise<void> {
  let files: Promise<PageFiles> | undefined
  const send = async (name: string, request: FastifyRequest, reply: FastifyReply, headers: object) => {
    files ??= openFiles(pageFolder)
    return (await files).send(name, { request, reply, headers })
  }

  // GET /_fake
  app.get('/_fake', { schema: { hide: true } }, async ({ originalUrl }, reply) => {
    // Relative, so that it works behind any proxy, for both `/` and `/_fake`.
    const location = `_fake/${splitTarget(originalUrl).query}`
    return reply.code(307).headers({ location, vary: 'accept, sec-fetch-mode' }).send()
  })

  // GET /_fake/
  app.get('/_fake/', { schema: { hide: true } }, async (request, reply) =>
    send('index.html', request, reply, DOCUMENT_HEADERS),
  )

  // GET /_fake/docs
  app.get('/_fake/docs', { schema: { hide: true } }, async (request, reply) =>
    send('docs.html', request, reply, DOCUMENT_HEADERS),
  )

  // GET /_fake/assets/{file}
  app.get('/_fake/assets/:file', { schema: { hide: true, params: FilePath } }, async (request, reply) =>
    send(`assets/${request.params.file}`, request, reply, ASSET_HEADERS),
  )
}

async function openFiles(given: string | undefined): Promise<PageFiles> {
  const { PageFiles } = await import('./page-files.ts')
  const folder = given ?? (await import('./page-folder.ts')).pageFolder
  return new PageFiles(folder)
}
