import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { sendJson } from '../../fastapi/answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { presignedPath, uploadAttachment } from '../../organization/attachments.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { AttachmentPath, UploadAttachmentBody } from '../../schemas/v1/attachments.ts'

type Download = Static<typeof AttachmentPath>

/** Registers the attachment routes. */
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
      const attachment = await uploadAttachment(organization, principal, body.file)
      const url = `${request.origin}/attachments/${attachment.id}/${encodeURIComponent(attachment.name)}`
      if (organization.answers.is('v1-attachment-url', 'text')) {
        return reply.type('text/plain; charset=utf-8').send(url)
      }
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

  // GET /attachments/{uuid}/{name}: the URL that an upload returns. The real service authenticates it by browser session.
  app.get('/attachments/:uuid/:name', { schema: { ...downloadSchema, hide: true } }, async (request, reply) =>
    reply.redirect(await presignedUrl(request, request.params), 307),
  )
}

async function presignedUrl(request: FastifyRequest, { uuid: id, name }: Download): Promise<string> {
  return request.origin + (await presignedPath(request.organization, { id, name }))
}
