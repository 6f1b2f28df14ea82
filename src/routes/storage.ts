import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { QueryParameters } from '../fastapi/query.ts'
import type { ApiInstance } from '../hooks/types.ts'
import { presignedAttachment, storagePath } from '../organization/attachments.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { UrlSigner } from '../organization/signed-urls.ts'

const StorageParams = Type.Object({ org_id: Type.String(), uuid: Type.String(), name: Type.String() })
const Signature = Type.Object({ expires: Type.Integer(), signature: Type.String() })

/**
 * The organization whose file a request is for, before it is validated; undefined where it is for none, or for one that the
 * server has not signed the address of.
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

/** Stands in for the object store that the vendor's presigned addresses lead to. */
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
      const attachment = await presignedAttachment(organizations, { orgId, id, name, ...query })
      return reply
        .headers({
          'content-type': attachment.contentType,
          'content-length': String(attachment.bytes.length),
          'content-disposition': `attachment; filename*=UTF-8''${extendedValue(attachment.name)}`,
          'x-content-type-options': 'nosniff',
        })
        .send(Readable.from(pieces(attachment.bytes)))
    },
  )
}

/** How much of a file is on its way at once, in bytes. */
const PIECE = 65_536

/** Views of bytes, not copies: a hundred clients that read slowly must not each hold a file of their own. */
function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** The characters that encodeURIComponent leaves alone but RFC 8187 does not. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
