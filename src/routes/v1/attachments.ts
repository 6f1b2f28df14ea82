import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { copyString } from '../../base/copy-string.ts'
import { randomUuid } from '../../base/ids.ts'
import { sendJson } from '../../fastapi/answer.ts'
import type { UploadFile } from '../../fastapi/form/form.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import type { Organization } from '../../organization/organizations.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { AttachmentPath, UploadAttachmentBody } from '../../schemas/v1/attachments.ts'
import type { AttachmentRecord } from '../../store/records.ts'
import { storagePath } from '../storage.ts'
import { notFound } from './errors.ts'

/** The files that an organization uploaded. */
export async function attachmentsRoutes(app: ApiInstance): Promise<void> {
  // POST /v1/attachments
  app.post(
    '/v1/attachments',
    {
      schema: {
        operationId: 'upload_attachment_v1_attachments_post',
        summary: 'Upload an attachment',
        description: 'Upload a file attachment that can be used in Devin sessions.',
        consumes: ['multipart/form-data'],
        body: UploadAttachmentBody,
        response: {
          200: Type.String({ title: 'Response Upload Attachment V1 Attachments Post' }),
          422: HTTPValidationError,
        },
      },
    },
    async (request, reply) => {
      const { organization, principal, body } = request
      const attachment = attachmentOf(organization, body.file)
      await organization.attachments.insert(attachment)
      organization.auditLog.write(principal, 'upload_attachment', attachment.id)
      const url = `${request.origin}/attachments/${attachment.id}/${encodeURIComponent(attachment.name)}`
      return sendJson(reply, 200, url)
    },
  )

  const downloadSchema = {
    operationId: 'download_attachment_customer_endpoint_v1_attachments__uuid___name__get',
    summary: 'Download an attachment',
    description: 'Download a file attachment. Returns a redirect to a presigned URL.',
    params: AttachmentPath,
    response: {
      307: Type.Null({ description: 'Redirect to presigned download URL' }),
      422: HTTPValidationError,
    },
  }

  // GET /v1/attachments/{uuid}/{name}
  app.get('/v1/attachments/:uuid/:name', { schema: downloadSchema }, async (request, reply) =>
    reply.redirect(await presignedUrl(request, request.params), 307),
  )

  // GET /attachments/{uuid}/{name}: the address that an upload answers. On the real service a browser session opens it.
  app.get('/attachments/:uuid/:name', { schema: { ...downloadSchema, hide: true } }, async (request, reply) =>
    reply.redirect(await presignedUrl(request, request.params), 307),
  )
}

function attachmentOf({ clock, ids }: Organization, file: UploadFile): AttachmentRecord {
  return {
    id: randomUuid(ids),
    name: safeName(file.filename),
    contentType: safeType(file.contentType),
    bytes: file.bytes,
    createdAt: clock.now(),
  }
}

const NAME_LENGTH_MAX = 255

/** A file name that is one segment of a path wherever it is written: clients resolve `.` and `..`, and slashes divide. */
function safeName(filename: string): string {
  const name = copyString(filename.replace(/[/\\]|\p{Cc}/gu, '_').slice(0, NAME_LENGTH_MAX))
  return /^\.{0,2}$/.test(name) ? `_${name}` : name
}

/** A content type that can be sent back as a header; like the name, it may be anything when it comes. */
function safeType(contentType = ''): string {
  const type = contentType.trim()
  return /^[\t -~\u0080-\u00ff]+$/.test(type) ? copyString(type) : 'application/octet-stream'
}

async function presignedUrl(request: FastifyRequest, path: { uuid: string; name: string }): Promise<string> {
  const { organization } = request
  const attachment = await organization.attachments.get(path.uuid)
  if (attachment === undefined || attachment.name !== path.name) throw notFound('Attachment')
  const location = organization.signer.sign(
    storagePath(organization.orgId, attachment),
    organization.clock.now(),
  )
  return request.origin + location
}
