import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { sendJson, sendJsonText, sendNothing } from '../../fastapi/answer.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { createSecret, deleteSecret, listSecrets } from '../../organization/secrets.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import {
  CreateSecretParams,
  CreateSecretResponse,
  CreateSecretWithNoteParams,
  DeleteSecretResponse,
  oldSecretResponse,
  SecretResponse,
  secretResponse,
} from '../../schemas/v1/secrets.ts'
import { unknownSecret } from './errors.ts'

/** Encoded once, since encoding takes 0.7 of the 18 µs of CPU time of a request (Node 24). */
const DELETED = encodeJson({ message: 'Secret deleted successfully' })

/** The request schemas of `POST /v1/secrets`, by the answer to `v1-secret-note`. */
const NEW_SECRET = { body: CreateSecretParams }
const NEW_SECRET_WITH_NOTE = { body: CreateSecretWithNoteParams }

const SecretPath = Type.Object({ secret_id: Type.String({ title: 'Secret Id' }) })

/** Registers the secret routes. */
export async function secretsRoutes(app: ApiInstance): Promise<void> {
  // GET /v1/secrets
  app.get(
    '/v1/secrets',
    {
      schema: {
        operationId: 'list_secrets_v1_secrets_get',
        summary: 'List secrets',
        description: 'List metadata for all secrets in the organization. Secret values are not returned.',
        response: { 200: Type.Array(SecretResponse, { title: 'Response List Secrets V1 Secrets Get' }) },
      },
    },
    async ({ organization }, reply) => {
      const secrets = await listSecrets(organization)
      if (organization.answers.is('v1-secret-list', 'object')) {
        return sendTexts(reply, wrap('{"secrets":[', listTexts(secrets, oldSecretResponse), ']}'))
      }
      return sendTexts(reply, wrap('[', listTexts(secrets, secretResponse), ']'))
    },
  )

  // POST /v1/secrets
  app.post(
    '/v1/secrets',
    {
      schema: {
        operationId: 'create_secret_v1_secrets_post',
        summary: 'Create Secret',
        description:
          'Create a new encrypted secret that can be used in Devin sessions. The secret will be available to all sessions created after the secret is added.',
        ...NEW_SECRET,
        response: { 200: CreateSecretResponse, 422: HTTPValidationError },
      },
      config: {
        schemaFor: ({ organization: { answers } }: FastifyRequest) =>
          answers.is('v1-secret-note', 'required') ? NEW_SECRET_WITH_NOTE : NEW_SECRET,
      },
    },
    async ({ organization, principal, body }, reply) => {
      const { id } = await createSecret(organization, principal, { ...body, note: body.note ?? null })
      return organization.answers.is('v1-create-secret', '201') ? sendJson(reply, 201, { id }) : { id }
    },
  )

  // DELETE /v1/secrets/{secret_id}
  app.delete(
    '/v1/secrets/:secret_id',
    {
      schema: {
        operationId: 'delete_secret_v1_secrets__secret_id__delete',
        summary: 'Delete secret',
        description: 'Delete a secret from the organization.',
        params: SecretPath,
        response: { 200: DeleteSecretResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params }, reply) => {
      const deleted = await deleteSecret(organization, principal, params.secret_id)
      if (deleted === undefined) return unknownSecret(organization.answers)
      if (organization.answers.is('v1-delete-secret', '204')) return sendNothing(reply)
      return sendJsonText(reply, 200, DELETED)
    },
  )
}
