import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Components } from '../../src/openapi/components.ts'
import { operation, type RouteSchema } from '../../src/openapi/operation.ts'
import type { Operation } from '../../src/openapi/types.ts'
import * as errors from '../../src/schemas/errors.ts'
import { Nullable } from '../../src/schemas/types.ts'
import * as attachments from '../../src/schemas/v1/attachments.ts'
import * as knowledge from '../../src/schemas/v1/knowledge.ts'
import * as legacy from '../../src/schemas/v1/legacy.ts'
import * as playbooks from '../../src/schemas/v1/playbooks.ts'
import * as secrets from '../../src/schemas/v1/secrets.ts'
import * as sessions from '../../src/schemas/v1/sessions.ts'
import { contract, legacyContract, operationsOf } from './contract.ts'

// The published form of operations and of the schemas of v1, compared with the vendor's contract.

function publish(schema: RouteSchema): Operation {
  return operation(schema, new Components())
}

t.test('a query is published as parameters, with each description in both of its places', async (t) => {
  const published = publish({
    operationId: 'list_sessions_endpoint_v1_sessions_get',
    summary: 'List sessions',
    description:
      'List all Devin sessions for your organization. Supports pagination and filtering by tags and user email.',
    querystring: sessions.ListSessionsQuery,
    response: { 200: sessions.ListSessionsResponse, 422: errors.HTTPValidationError },
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
    body: attachments.UploadAttachmentBody,
    consumes: ['multipart/form-data'],
    response: {
      200: Type.String({ title: 'Response Upload Attachment V1 Attachments Post' }),
      422: errors.HTTPValidationError,
    },
  })

  t.strictSame(published, contract.paths['/v1/attachments']?.post)
})

t.test('a redirect is published without content, with the description of its schema', async (t) => {
  const published = publish({
    operationId: 'download_attachment_customer_endpoint_v1_attachments__uuid___name__get',
    summary: 'Download an attachment',
    description: 'Download a file attachment. Returns a redirect to a presigned URL.',
    params: attachments.AttachmentPath,
    response: {
      307: Type.Null({ description: 'Redirect to presigned download URL' }),
      422: errors.HTTPValidationError,
    },
  })

  t.strictSame(published, contract.paths['/v1/attachments/{uuid}/{name}']?.get)
})

t.test('a 204 response is published without content', async (t) => {
  const published = publish({
    operationId: 'delete_knowledge_v1_knowledge__note_id__delete',
    summary: 'Delete knowledge entry',
    description: 'Delete a knowledge entry from the organization.',
    params: knowledge.KnowledgePath,
    response: { 204: Type.Null(), 422: errors.HTTPValidationError },
  })

  t.strictSame(published, contract.paths['/v1/knowledge/{note_id}']?.delete)
})

t.test('a nullable response is published with its content', async (t) => {
  const published = publish({
    operationId: 'post_message_to_session_v1_sessions__session_id__message_post',
    summary: 'Send a message to a session',
    description:
      'Send a message to an active Devin session. The session must be in a running state to receive messages. Returns null on success, or a detail message if the session is already suspended.',
    params: sessions.SessionPath,
    body: sessions.PostMessageParams,
    response: {
      200: Nullable(sessions.MessageSentResponse, {
        title: 'Response Post Message To Session V1 Sessions  Session Id  Message Post',
      }),
      422: errors.HTTPValidationError,
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

t.test('a response with a status other than FastAPI’s requires a description', async (t) => {
  t.throws(() => publish({ operationId: 'a', summary: 'A', response: { 307: Type.Null() } }), {
    message: 'The schema of a 307 answer needs a description.',
  })
})

/** Returns the components that schema modules export, by name. */
function exportedComponents(...modules: object[]) {
  const components = new Components()
  for (const exported of modules.flatMap((module) => Object.values(module))) {
    if (typeof exported === 'object' && '$id' in exported) components.publish(exported)
  }
  return components.all()
}

t.test('the exported schemas equal the components of the contract', async (t) => {
  const published = exportedComponents(attachments, errors, knowledge, playbooks, secrets, sessions)

  t.same(Object.keys(published), Object.keys(contract.components.schemas).sort())
  for (const [name, schema] of Object.entries(contract.components.schemas)) {
    t.strictSame(published[name], schema, name)
  }
})

t.test('the exported legacy schemas equal the components of the legacy contract', async (t) => {
  t.strictSame(exportedComponents(legacy), legacyContract.components.schemas)
})

t.test('the responses of the legacy operations equal those of the legacy contract', async (t) => {
  const answers = {
    'GET /v1/auth_status': legacy.LegacyAuthStatusResponse,
    'GET /v1/audit-logs': legacy.LegacyAuditLogsResponse,
    'GET /v1/enterprise/consumption': legacy.LegacyEnterpriseConsumptionResponse,
  }

  for (const [name, schema] of Object.entries(answers)) {
    const published = new Components().publish(schema)
    const answer =
      operationsOf(legacyContract).get(name)?.responses[200]?.content?.['application/json']?.schema
    t.strictSame(published, answer, name)
  }
})

t.test('the queries equal those of the contracts', async (t) => {
  const queries = {
    'GET /v1/sessions': sessions.ListSessionsQuery,
    'GET /v1/audit-logs': legacy.LegacyAuditLogsQuery,
    'GET /v1/enterprise/consumption': legacy.LegacyConsumptionQuery,
  }
  const operations = new Map([...operationsOf(contract), ...operationsOf(legacyContract)])

  for (const [name, querystring] of Object.entries(queries)) {
    const { parameters } = operation(
      { operationId: '', summary: '', querystring, response: {} },
      new Components(),
    )
    t.strictSame(parameters, operations.get(name)?.parameters, name)
  }
})

t.test('the paths equal those of the contract', async (t) => {
  const paths = {
    'GET /v1/sessions/{session_id}': sessions.SessionPath,
    'GET /v1/attachments/{uuid}/{name}': attachments.AttachmentPath,
    'PUT /v1/knowledge/{note_id}': knowledge.KnowledgePath,
    'GET /v1/playbooks/{playbook_id}': playbooks.PlaybookPath,
  }

  for (const [name, params] of Object.entries(paths)) {
    const { parameters } = operation({ operationId: '', summary: '', params, response: {} }, new Components())
    t.strictSame(parameters, operationsOf(contract).get(name)?.parameters, name)
  }
})

t.test('fields are validated in the order of the models, required ones first', async (t) => {
  const names = ({ properties }: { properties: object }) => Object.keys(properties).join(' ')

  t.equal(
    names(sessions.CreateSessionParams),
    'prompt idempotent knowledge_ids max_acu_limit playbook_id secret_ids session_secrets snapshot_id structured_output_schema tags title unlisted',
  )
  t.equal(names(sessions.SessionSecretInput), 'key value sensitive')
  t.equal(names(sessions.ListSessionsQuery), 'limit offset skip tags user_email')
  t.equal(names(secrets.CreateSecretParams), 'type key value sensitive note')
  t.equal(
    names(knowledge.CreateKnowledgeParams),
    'name body trigger_description macro parent_folder_id pinned_repo',
  )
  t.equal(names(playbooks.CreatePlaybookParams), 'title body macro')
})
