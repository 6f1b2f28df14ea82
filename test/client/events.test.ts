import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Control } from '../../src/client/control.ts'
import { Endings } from '../../src/client/endings.ts'
import { liveEvents } from '../../src/client/events.ts'
import type { OpenCall } from '../../src/client/send.ts'
import { serverSent } from '../../src/client/server-sent.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { connectFakeDevin, type LiveEvent, startFakeDevin } from '../../src/index.ts'
import { both, call, secret } from './both.ts'

/** Resolves with the next event. */
async function take(events: AsyncGenerator<LiveEvent, undefined>): Promise<LiveEvent | undefined> {
  return (await events.next()).value
}

both('events come in order, beginning with resync', async (t, devin) => {
  const events = devin.events({ kinds: ['record', 'reset'] })
  t.same(await take(events), { kind: 'resync', org_id: null })
  const { json } = await call(devin, 'POST /v1/secrets', secret('A'))
  await devin.reset()

  t.match(await take(events), { kind: 'record', collection: 'secrets', id: json.id, action: 'created' })
  t.same(await take(events), { kind: 'reset', org_id: null })
  await events.return(undefined)
  t.same(await events.next(), { done: true, value: undefined })
})

both('an organization follows what concerns it', async (t, devin) => {
  const [one, other] = [await devin.organizations.create(), await devin.organizations.create()]
  const events = one.events({ kinds: ['record'] })
  await take(events)
  await call(other, 'POST /v1/secrets', secret('A'))
  await call(one, 'POST /v1/secrets', secret('A'))

  t.match(await take(events), { kind: 'record', org_id: one.orgId })
  await t.rejects(one.events({ org_id: other.orgId }).next(), TypeError)
  await events.return(undefined)
})

both('a signal ends the events, also before the first', async (t, devin) => {
  const controller = new AbortController()
  const seen: string[] = []
  for await (const { kind } of devin.events({ signal: controller.signal })) {
    seen.push(kind)
    controller.abort()
  }

  t.same(seen, ['resync'])
  t.same(await devin.events({ signal: controller.signal }).next(), { done: true, value: undefined })
  const late = new AbortController()
  const next = devin.events({ signal: late.signal }).next()
  late.abort()
  t.same(await next, { done: true, value: undefined })
})

both('close() ends the events', async (t, devin) => {
  const events = devin.events()
  await take(events)
  const next = events.next()
  await devin.close()

  t.same(await next, { done: true, value: undefined })
  t.same(await devin.events().next(), { done: true, value: undefined })
})

both(
  'a refused call throws the reason',
  async (t, devin) => {
    const events = devin.events({ kinds: ['nothing' as 'record'] })

    await t.rejects(events.next(), { name: 'FakeDevinError', status: 422 })
  },
  { controlToken: 'token' },
)

t.test('a server that is unreachable or not a fake is reported at once', async (t) => {
  const closed = await startFakeDevin()
  await closed.close()
  await t.rejects(connectFakeDevin(closed.url).events().next(), {
    name: 'FakeDevinError',
    message: /^GET \/_fake\/events: no answer from .*ECONNREFUSED/,
  })
  const { url } = await listen(t, (_request, response) => response.end('<title>Hello</title>'))

  await t.rejects(connectFakeDevin(url).events().next(), {
    name: 'FakeDevinError',
    status: 200,
    message: /the answer is not an event stream, so .* is not a fake-devin server/,
  })
})

async function listen(t: Test, answer: RequestListener): Promise<{ url: string; server: HttpServer }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

t.test('a server that is restarted is followed, and its first event is resync', async (t) => {
  const first = await startFakeDevin()
  const lost = Promise.withResolvers<void>()
  const events = connectFakeDevin(first.url).events({ kinds: ['faults'], onLost: () => lost.resolve() })
  await take(events)
  await first.faults.add('flaky')
  t.match(await take(events), { kind: 'faults' })
  const next = take(events)
  await first.close()
  await lost.promise
  const second = await startFakeDevin({ port: Number(new URL(first.url).port) })
  t.teardown(() => second.close())

  t.same(await next, { kind: 'resync', org_id: null })
  await second.faults.clear()
  t.match(await take(events), { kind: 'faults', action: 'deleted' })
  await events.return(undefined)
})

t.test('events during a lost connection arrive after the reconnection', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const { url, server } = await listen(t, ({ url = '', method, headers }, response) => {
    void fetch(`${devin.url}${url}`, {
      method: method as string,
      headers: headers as Record<string, string>,
    }).then(async ({ body, status }) => {
      response.writeHead(status)
      for await (const piece of body ?? []) response.write(piece)
    })
  })
  const reasons: unknown[] = []
  const events = connectFakeDevin(url).events({
    kinds: ['snapshots'],
    onLost: (reason) => reasons.push(reason),
  })
  await take(events)
  for (const name of ['a', 'b', 'c']) {
    server.closeAllConnections()
    await devin.snapshots.take(name)
    t.match(await take(events), { kind: 'snapshots', id: name })
  }
  t.match(reasons, [{ message: 'aborted' }, { message: 'aborted' }, { message: 'aborted' }])
  server.closeAllConnections()
  await events.return(undefined)
})

/** Returns a control plane that answers each call with the next of these pieces, or fails. */
function controlOf(answers: readonly (readonly string[] | Error | number)[]) {
  const urls: string[] = []
  const open = ({ url }: { url: string }): OpenCall => {
    const answer = answers[urls.push(url) - 1] ?? 404
    async function* pieces() {
      yield* Array.isArray(answer) ? answer : []
    }
    return {
      answer:
        answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve({ status: typeof answer === 'number' ? answer : 200, pieces: pieces() }),
      close: () => undefined,
    }
  }
  const control = new Control({ url: 'http://a', open, send: () => t.fail('nothing is sent') as never })
  return { control, urls }
}

t.test('reconnects wait longer each time, and stop when the server refuses one', async (t) => {
  const event = 'id: e-1\ndata: {"kind":"resync","org_id":null}\n\n'
  const away = new Error('away')
  const { control, urls } = controlOf([[event], away, 503, 502, away, away, [event], 401])
  const pauses: number[] = []
  const kinds: string[] = []
  const following = async () => {
    const wait = async (ms: number) => void pauses.push(ms)
    for await (const { kind } of liveEvents(control, {}, wait)) kinds.push(kind)
  }

  await t.rejects(following(), { name: 'FakeDevinError', status: 401 })
  t.same(kinds, ['resync', 'resync'])
  t.same(pauses, [0, 100, 250, 500, 1_000, 1_000, 0])
  t.equal(urls[1], 'http://a/_fake/events?last_event_id=e-1')
})

t.test('a connection is made again only after the pause', async (t) => {
  const { control, urls } = controlOf([['id: e-1\n\n'], 401])
  const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const wait = () => {
    begun.resolve()
    return over.promise
  }
  const refused = t.rejects(liveEvents(control, {}, wait).next(), { name: 'FakeDevinError', status: 401 })
  await begun.promise
  for (let turn = 0; turn < 10; turn++) await nextTurn()

  t.equal(urls.length, 1)
  over.resolve()
  await refused
  t.equal(urls.length, 2)
})

t.test('events are parsed regardless of how the stream is chunked', async (t) => {
  const stream =
    'retry: 1000\n\nid: e-1\ndata: {"a":"ü 😀"}\n\nid: e-2\n\nid: e-3\ndata: {}\n\ndata: []\n\nid: e-4\nda'
  const whole = [
    { id: undefined, data: undefined },
    { id: 'e-1', data: '{"a":"ü 😀"}' },
    { id: 'e-2', data: undefined },
    { id: 'e-3', data: '{}' },
    { id: 'e-3', data: '[]' },
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(stream.length)), async (cuts) => {
      const ends = [...cuts.toSorted((one, other) => one - other), stream.length]
      async function* pieces() {
        for (const [at, end] of ends.entries()) yield stream.slice(ends[at - 1] ?? 0, end)
      }
      const read = []
      for await (const sent of serverSent(pieces())) read.push(sent)
      t.same(read, whole)
    }),
  )
})

t.test('an ending that is added after the end is called at once', async (t) => {
  const endings = new Endings()
  const ended: string[] = []
  endings.add(() => ended.push('first'))
  endings.add(() => ended.push('forgotten'))()
  endings.end()
  endings.add(() => ended.push('late'))

  t.same(ended, ['first', 'late'])
})
