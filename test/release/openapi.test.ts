import t from 'tap'
import { DOCUMENTS, problemsOf, problemsOfServer } from '../../scripts/release/openapi.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { registeredRoutes } from '../registered-routes.ts'

t.test('the linter finds nothing in the documents that a server serves', async (t) => {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  t.teardown(() => server.close())

  t.same(await problemsOfServer(server.url), [])
})

t.test('every OpenAPI document is linted', async (t) => {
  const served = (await registeredRoutes()).filter((route) => /openapi\.(?:json|yaml)$/.test(route))

  t.same(DOCUMENTS.map((path) => `GET ${path}`).sort(), served.sort())
})

t.test('the linter finds a wrong reference, a wrong example and an undeclared parameter', async (t) => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'A', version: '1' },
    paths: {
      '/a/{id}': {
        get: {
          operationId: 'a',
          summary: 'A',
          responses: {
            200: {
              description: 'ok',
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/No' } },
                'text/plain': { schema: { type: 'string' }, example: 1 },
              },
            },
          },
        },
      },
    },
  }

  const problems = await problemsOf('/a.json', JSON.stringify(document))

  for (const rule of ['no-unresolved-refs', 'path-parameters-defined']) {
    t.ok(
      problems.some((problem) => problem.endsWith(`(${rule})`)),
      rule,
    )
  }
})

t.test('a document that is not served is a problem', async (t) => {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  t.teardown(() => server.close())

  t.match(await problemsOfServer(`${server.url}/nowhere`), [/^\/v3-openapi\.yaml answers 404$/])
})
