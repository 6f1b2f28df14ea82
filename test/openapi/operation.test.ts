import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Components } from '../../src/openapi/components.ts'
import { operation, type RouteSchema } from '../../src/openapi/operation.ts'
import type { Operation } from '../../src/openapi/types.ts'
import { HTTPValidationError } from '../../src/schemas/errors.ts'
import { Nullable } from '../../src/schemas/types.ts'
import { AttachmentPath, UploadAttachmentBody } from '../../src/schemas/v1/attachments.ts'
import { KnowledgePath } from '../../src/schemas/v1/knowledge.ts'
import {
  ListSessionsQuery,
  ListSessionsResponse,
  MessageSentResponse,
  PostMessageParams,
  SessionPath,
} from '../../src/schemas/v1/sessions.ts'
import { contract } from './contract.ts'

function publish(schema: RouteSchema): Operation {
  return operation(schema, new Components())
}

t.test('a query is published as parameters, each description in its two places', async (t) => {
  const published = publish({
    operationId: 'list_sessions_endpoint_v1_sessions_get',
    summary: 'List sessions',
    description:
      'List all Devin sessions for your organization. Supports pagination and filtering by tags and user email.',
    querystring: ListSessionsQuery,
    response: { 200: ListSessionsResponse, 422: HTTPValidationError },
  })

  t.strictSame(published, contract.paths['/v1/sessions']?.get)
})

t.test('a required query parameter is published as required', async (t) => {
  const querystring = Type.Object({ day: Type.String(), zone: Type.Optional(Type.String()) })

  const published = publish({ operationId: 'a', summary: 'A', querystring, response: {} })

  t.same(
    published.parameters?.map(({ name, required }) => [name, required]),
    [
      ['day', true],
      ['zone', false],
    ],
  )
})

t.test('a query without any required parameter is published as optional', async (t) => {
  const querystring = Type.Object({ zone: Type.Optional(Type.String()) })

  const published = publish({ operationId: 'a', summary: 'A', querystring, response: {} })

  t.equal(published.parameters?.[0]?.required, false)
})

t.test('an upload is published with the media type that its route consumes', async (t) => {
  const published = publish({
    operationId: 'upload_attachment_v1_attachments_post',
    summary: 'Upload an attachment',
    description: 'Upload a file attachment that can be used in Devin sessions.',
    body: UploadAttachmentBody,
    consumes: ['multipart/form-data'],
    response: {
      200: Type.String({ title: 'Response Upload Attachment V1 Attachments Post' }),
      422: HTTPValidationError,
    },
  })

  t.strictSame(published, contract.paths['/v1/attachments']?.post)
})

t.test('a redirect is published without content, in the words of its schema', async (t) => {
  const published = publish({
    operationId: 'download_attachment_customer_endpoint_v1_attachments__uuid___name__get',
    summary: 'Download an attachment',
    description: 'Download a file attachment. Returns a redirect to a presigned URL.',
    params: AttachmentPath,
    response: {
      307: Type.Null({ description: 'Redirect to presigned download URL' }),
      422: HTTPValidationError,
    },
  })

  t.strictSame(published, contract.paths['/v1/attachments/{uuid}/{name}']?.get)
})

t.test('a 204 answer is published without content', async (t) => {
  const published = publish({
    operationId: 'delete_knowledge_v1_knowledge__note_id__delete',
    summary: 'Delete knowledge entry',
    description: 'Delete a knowledge entry from the organization.',
    params: KnowledgePath,
    response: { 204: Type.Null(), 422: HTTPValidationError },
  })

  t.strictSame(published, contract.paths['/v1/knowledge/{note_id}']?.delete)
})

t.test('an answer that may be null is published with its content', async (t) => {
  const published = publish({
    operationId: 'post_message_to_session_v1_sessions__session_id__message_post',
    summary: 'Send a message to a session',
    description:
      'Send a message to an active Devin session. The session must be in a running state to receive messages. Returns null on success, or a detail message if the session is already suspended.',
    params: SessionPath,
    body: PostMessageParams,
    response: {
      200: Nullable(MessageSentResponse, {
        title: 'Response Post Message To Session V1 Sessions  Session Id  Message Post',
      }),
      422: HTTPValidationError,
    },
  })

  t.strictSame(published, contract.paths['/v1/sessions/{session_id}/message']?.post)
})

t.test('an operation without a description is published without one', async (t) => {
  t.strictSame(publish({ operationId: 'a', summary: 'A', response: {} }), {
    summary: 'A',
    operationId: 'a',
    responses: {},
  })
})

t.test('an answer of another status must say what it is', async (t) => {
  t.throws(() => publish({ operationId: 'a', summary: 'A', response: { 307: Type.Null() } }), {
    message: 'The schema of a 307 answer needs a description.',
  })
})
