import { readFileSync } from 'node:fs'
import t from 'tap'
import { Components } from '../../../src/openapi/components.ts'
import { operation } from '../../../src/openapi/operation.ts'
import type { OpenApiDocument } from '../../../src/openapi/types.ts'
import * as errors from '../../../src/schemas/errors.ts'
import * as attachments from '../../../src/schemas/v1/attachments.ts'
import * as knowledge from '../../../src/schemas/v1/knowledge.ts'
import * as legacy from '../../../src/schemas/v1/legacy.ts'
import * as playbooks from '../../../src/schemas/v1/playbooks.ts'
import * as secrets from '../../../src/schemas/v1/secrets.ts'
import * as sessions from '../../../src/schemas/v1/sessions.ts'
import { contract, operationsOf } from '../../openapi/contract.ts'

const legacyContract: OpenApiDocument = JSON.parse(
  readFileSync(new URL('legacy.json', import.meta.url), 'utf8'),
)

/** The components that modules of schemas export. */
function publish(...modules: object[]) {
  const components = new Components()
  for (const exported of modules.flatMap((module) => Object.values(module))) {
    if (typeof exported === 'object' && '$id' in exported) components.publish(exported)
  }
  return components.all()
}

t.test('the schemas are the components of the contract', async (t) => {
  const published = publish(attachments, errors, knowledge, playbooks, secrets, sessions)

  t.same(Object.keys(published), Object.keys(contract.components.schemas).sort())
  for (const [name, schema] of Object.entries(contract.components.schemas)) {
    t.strictSame(published[name], schema, name)
  }
})

t.test('the legacy schemas are the legacy components of the contract', async (t) => {
  t.strictSame(publish(legacy), legacyContract.components.schemas)
})

t.test('the answers of the legacy operations are those of the contract', async (t) => {
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

t.test('the queries are those of the contract', async (t) => {
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

t.test('the paths are those of the contract', async (t) => {
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
