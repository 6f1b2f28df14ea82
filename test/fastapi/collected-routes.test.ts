import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { collectRoutes } from '../../src/fastapi/collected-routes.ts'

const handler = async () => ({})

t.test('the routes of plugins are collected in their order, with what a request needs', async (t) => {
  const body = { type: 'object' }
  const [first, ...rest] = collectRoutes<FastifyInstance>([
    async (app) => {
      app.get('/a/:some_id/b', {}, handler)
      app.post('/a', { schema: { body }, config: { jsonLimit: 7, schemaFor: () => ({ body }) } }, handler)
    },
    async (app) => {
      app.put('/a', { schema: { body, consumes: ['multipart/form-data'] } as object }, handler)
      app.delete('/a', { schema: { params: body } }, handler)
    },
  ])

  t.match(first, { method: 'GET', path: '/a/{some_id}/b', body: undefined, schema: {}, config: {} })
  t.match(rest, [
    { method: 'POST', path: '/a', body: 'json', schema: { body }, jsonLimit: 7, schemaFor: Function },
    { method: 'PUT', path: '/a', body: 'form' },
    { method: 'DELETE', path: '/a', body: undefined, schema: { params: body } },
  ])
  t.equal(await rest[0]?.loadSchema(), rest[0]?.schema)
  t.same(await first?.handle({} as FastifyRequest, {} as FastifyReply), {})
})
