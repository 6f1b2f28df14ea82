import fc from 'fast-check'
import t, { type Test } from 'tap'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { seededIds } from '../../src/base/ids.ts'
import { startFake } from '../fake.ts'
import { afterAll, type Done, NOTHING, type Visible } from './model.ts'
import { LISTS, type Operation, operation } from './operations.ts'
import { type IdOf, type ModelRequest, requestOf } from './requests.ts'

/** Three organizations, each with three keys for each generation: two of users and one of a service, and two of services and one of a user. */
const KEYS = ['one', 'two', 'three'].map((name, n) => {
  const orgId = `org-${String(n + 1).repeat(32)}`
  const personal = (user: number) => `apk_user_${base64(`email|${user}_${orgId}:${'0'.repeat(32)}`)}`
  const minted = [1, 2].map((seed) => mintCogKeys(orgId, seededIds(seed, name)))
  const [first, second] = minted as [(typeof minted)[0], (typeof minted)[0]]
  return {
    orgId,
    v1: [personal(1), personal(2), `apk_${base64(`${orgId}:${'0'.repeat(32)}`)}`],
    v3: [first.service, second.service, first.personal],
  }
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

interface Call {
  readonly org: number
  readonly key: number
  readonly operation: Operation
}

type Ask = (request: ModelRequest, key: string) => Promise<{ status: number; text: string }>

/** The server under test, with every id that it has returned. */
interface Real {
  readonly ask: Ask
  readonly ids: string[]
}

/** The possible states of each organization. There can be several, since the order of concurrent calls is not always known. */
type Model = { seen: Visible[][] }

const call = fc.record({ org: fc.nat({ max: 2 }), key: fc.nat({ max: 2 }), operation })

/** Concurrent calls. Few, since all orders of the calls of one organization may have to be tried. */
class ConcurrentCalls implements fc.AsyncCommand<Model, Real> {
  readonly calls: readonly Call[]

  constructor(calls: readonly Call[]) {
    this.calls = calls
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { ask, ids }: Real): Promise<void> {
    const idOf: IdOf = (kind, number) => {
      const of = ids.filter((id) => (id.includes('/') ? kind === 'attachment' : id.startsWith(kind)))
      return of[number % (of.length || 1)] ?? (kind === 'attachment' ? 'none/none' : `${kind}-none`)
    }
    // Built before any of them runs, so that all refer to ids that existed before.
    const requests = this.calls.map(({ org, key, operation }) => {
      const { orgId, ...keys } = KEYS[org] as (typeof KEYS)[0]
      let id = ''
      const noteId: IdOf = (...target) => {
        id = idOf(...target)
        return id
      }
      const request = requestOf(operation, noteId, orgId)
      return { operation, request, id, key: keys[operation.by][key] as string }
    })
    const done = await Promise.all(
      requests.map(async ({ operation, request, id, key }): Promise<Done> => {
        const { status, text } = await ask(request, key)
        return { operation, id, status, body: text === '' ? undefined : JSON.parse(text) }
      }),
    )
    for (const org of KEYS.keys()) {
      const own = done.filter((_, at) => this.calls[at]?.org === org)
      const next = afterAll(model.seen[org] ?? [NOTHING], own)
      if (next.length === 0) throw new Error(`no order explains these answers: ${JSON.stringify(own)}`)
      model.seen[org] = next
      for (const { secrets, sessions, notes, playbooks, attachments } of next) {
        for (const id of [secrets, sessions, notes, playbooks, attachments].flatMap((all) => [
          ...all.keys(),
        ])) {
          if (!ids.includes(id)) ids.push(id)
        }
      }
    }
  }

  toString(): string {
    return JSON.stringify(this.calls)
  }
}

/** Lists all records of all organizations, by both generations. At the end, this finds lost records and deleted ones that have come back. */
async function listAll(model: Model, real: Real): Promise<void> {
  for (const one of LISTS) {
    await new ConcurrentCalls([...KEYS.keys()].map((org) => ({ org, key: 0, operation: one }))).run(
      model,
      real,
    )
  }
}

async function follows(ask: Ask, numRuns: number): Promise<void> {
  const commands = fc.commands(
    [fc.array(call, { minLength: 1, maxLength: 6 }).map((calls) => new ConcurrentCalls(calls))],
    {
      size: '+1',
    },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const [model, real]: [Model, Real] = [{ seen: [] }, { ask, ids: [] }]
      await ask({ method: 'POST', path: '/_fake/reset' }, '')
      await fc.asyncModelRun(() => ({ model, real }), sequence)
      await listAll(model, real)
    }),
    { seed: 7, numRuns },
  )
}

/** Returns the headers and the body of a request. */
function sentOf({ body, file }: ModelRequest, key: string) {
  const authorization = `Bearer ${key}`
  if (file !== undefined) {
    const head = `Content-Disposition: form-data; name="file"; filename="${file}"`
    return {
      headers: { authorization, 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\n${head}\r\n\r\nbytes\r\n--b--\r\n`,
    }
  }
  const type = body === undefined ? undefined : { 'content-type': 'application/json' }
  return { headers: { authorization, ...type }, ...(body !== undefined && { body: JSON.stringify(body) }) }
}

async function overSockets(t: Test): Promise<Ask> {
  const url = await (await startFake(t)).listen()
  return async (request, key) => {
    const sent = sentOf(request, key)
    const response = await fetch(url + request.path, { method: request.method, redirect: 'manual', ...sent })
    return { status: response.status, text: await response.text() }
  }
}

async function injected(t: Test): Promise<Ask> {
  const { app } = await startFake(t)
  return async (request, key) => {
    const { headers, body } = sentOf(request, key)
    const { path: url } = request
    const method = request.method as 'GET'
    const answer = await app.inject({ method, url, headers, ...(body !== undefined && { payload: body }) })
    return { status: answer.statusCode, text: answer.payload }
  }
}

t.test('with concurrent calls, each of three organizations sees exactly its own changes', async (t) => {
  await t.resolves(follows(await injected(t), 40))
})

t.test('with concurrent calls over sockets, each organization sees exactly its own changes', async (t) => {
  await t.resolves(follows(await overSockets(t), 15))
})

const HUNDRED = Array.from({ length: 100 }, (_, n) => n)

/** Sends a request a hundred times concurrently, with the keys of one organization in turn. */
async function hundredfold(ask: Ask, request: ModelRequest) {
  const answers = await Promise.all(HUNDRED.map((n) => ask(request, KEYS[0]?.v1[n % 3] as string)))
  return answers.map(({ status, text }) => ({ status, body: JSON.parse(text) }))
}

const count = (answers: readonly { status: number }[], wanted: number) =>
  answers.filter(({ status }) => status === wanted).length

t.test('POST /v1/sessions: a hundred concurrent idempotent requests create one session', async (t) => {
  const ask = await overSockets(t)

  const body = { prompt: 'Fix it', idempotent: true }
  const answers = await hundredfold(ask, { method: 'POST', path: '/v1/sessions', body })

  t.equal(new Set(answers.map(({ body }) => body.session_id)).size, 1)
  t.equal(answers.filter(({ body }) => body.is_new_session).length, 1)
  const [{ body: list } = { body: undefined }] = await hundredfold(ask, {
    method: 'GET',
    path: '/v1/sessions',
  })
  t.equal(list.sessions.length, 1)
})

t.test('POST /v1/secrets: a hundred concurrent requests with one name create one secret', async (t) => {
  const ask = await overSockets(t)

  const body = { type: 'totp', key: 'ONE', value: 'v', sensitive: true, note: '' }
  const answers = await hundredfold(ask, { method: 'POST', path: '/v1/secrets', body })

  t.same([count(answers, 200), count(answers, 409)], [1, 99])
})

t.test('DELETE /v1/secrets/{secret_id}: of a hundred concurrent requests, one succeeds', async (t) => {
  const ask = await overSockets(t)
  const body = { type: 'totp', key: 'ONE', value: 'v', sensitive: true, note: '' }
  const [made] = await hundredfold(ask, { method: 'POST', path: '/v1/secrets', body })
  const [{ body: list } = { body: [] }] = await hundredfold(ask, { method: 'GET', path: '/v1/secrets' })
  t.ok(made)

  const answers = await hundredfold(ask, { method: 'DELETE', path: `/v1/secrets/${list[0].id}` })

  t.same([count(answers, 200), count(answers, 404)], [1, 99])
})

t.test(
  'PUT /v1/sessions/{session_id}/tags: a hundred concurrent requests never mix their tags',
  async (t) => {
    const ask = await overSockets(t)
    const key = KEYS[0]?.v1[0] as string
    const created = await ask({ method: 'POST', path: '/v1/sessions', body: { prompt: 'p' } }, key)
    const path = `/v1/sessions/${JSON.parse(created.text).session_id}`

    await Promise.all(
      HUNDRED.map((n) =>
        ask({ method: 'PUT', path: `${path}/tags`, body: { tags: [`a${n}`, `b${n}`] } }, key),
      ),
    )

    const { tags } = JSON.parse((await ask({ method: 'GET', path }, key)).text)
    t.equal(tags[0].slice(1), tags[1].slice(1))
  },
)

t.test('the model rejects wrong answers', async (t) => {
  const list = (body: unknown): Done => ({
    operation: { by: 'v1', kind: 'list secrets' },
    id: '',
    status: 200,
    body,
  })
  const create = (id: string, status: number): Done => {
    return { operation: { by: 'v1', kind: 'create secret', name: 'A' }, id: '', status, body: { id } }
  }
  const remove = (status: number): Done => {
    return { operation: { by: 'v3', kind: 'delete secret', number: 0 }, id: '1', status, body: {} }
  }
  const one = { id: '1', key: 'A' }

  const isRight = (done: Done[], before = [NOTHING]) => afterAll(before, done).length > 0
  t.ok(isRight([list([one]), create('1', 200)]))
  t.notOk(isRight([create('1', 200), create('2', 200)]), 'a name that is there twice')
  t.notOk(isRight([list([one])]), 'what another organization made')
  const made = afterAll([NOTHING], [create('1', 200)])
  t.notOk(isRight([remove(200), remove(200)], made), 'a deletion that is done twice')
  const deleted = afterAll(made, [remove(200), remove(403)])
  t.notOk(isRight([list([one])], deleted), 'a secret that comes back')
  t.notOk(isRight([list([])], made), 'a write that is lost')
})
