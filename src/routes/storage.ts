import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { QueryParameters } from '../fastapi/query.ts'
import type { ApiInstance } from '../hooks/types.ts'
import { storagePath } from '../organization/attachments.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { UrlSigner } from '../organization/signed-urls.ts'
import { presignedFile } from '../organization/stored-files.ts'

const StorageParams = Type.Object({ org_id: Type.String(), uuid: Type.String(), name: Type.String() })
const Signature = Type.Object({ expires: Type.Integer(), signature: Type.String() })

/**
 * Returns the organization of the requested file, before the request is validated. Returns undefined if the request is not for a
 * file, or if its signature is invalid.
 */
export function storageOwner(signer: UrlSigner, request: FastifyRequest): string | undefined {
  if (request.routeOptions.url?.startsWith('/_fake/storage/') !== true) return undefined
  const { org_id: orgId, uuid: id, name } = request.params as Record<'org_id' | 'uuid' | 'name', string>
  const query = request.query as QueryParameters
  const isSigned = signer.verify(
    storagePath(orgId, { id, name }),
    Number(query.last('expires')),
    String(query.last('signature')),
  )
  return isSigned ? orgId : undefined
}

/** Registers the route that replaces the object store behind the vendor's presigned URLs. */
export async function storageRoutes(
  app: ApiInstance,
  { organizations }: { organizations: Organizations },
): Promise<void> {
  // GET /_fake/storage/{org_id}/{uuid}/{name}
  app.get(
    '/_fake/storage/:org_id/:uuid/:name',
    { schema: { hide: true, params: StorageParams, querystring: Signature } },
    async ({ params, query }, reply) => {
      const { org_id: orgId, uuid: id, name } = params
      const file = await presignedFile(organizations, { orgId, id, name, ...query })
      return reply
        .headers({
          'content-type': file.contentType,
          'content-length': String(file.bytes.length),
          'content-disposition': `attachment; filename*=UTF-8''${extendedValue(file.name)}`,
          'x-content-type-options': 'nosniff',
        })
        .send(Readable.from(chunksOf(file.bytes)))
    },
  )
}

/** The size of the chunk of a file that is in transit, in bytes. */
const CHUNK_SIZE = 65_536

/** Yields views of the bytes, not copies, so that a hundred slow clients do not hold a hundred copies of a file. */
function* chunksOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) yield bytes.subarray(at, at + CHUNK_SIZE)
}

/** Percent-encodes a text by RFC 8187, which also escapes characters that encodeURIComponent keeps. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
