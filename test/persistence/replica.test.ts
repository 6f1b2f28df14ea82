import t, { type Test } from 'tap'
import { ChangeFeed } from '../../src/base/changes.ts'
import { UnavailableError } from '../../src/database/types.ts'
import { EventFeed } from '../../src/events/feed.ts'
import { EventHub } from '../../src/events/hub.ts'
import { PendingChanges } from '../../src/persistence/pending-changes.ts'
import { Replica } from '../../src/persistence/replica.ts'
import type { RowKind, StoredValue } from '../../src/persistence/row-kind.ts'
import type { LiveEvent } from '../../src/schemas/control/events.ts'
import { MemoryDatabase, SharedRows } from './memory-database.ts'

const nothing = async () => undefined

const never = async () => {
  throw new Error('must not be called')
}

/** A process whose state are named numbers. */
class Process {
  readonly numbers = new Map<string, number>()
  readonly changes = new ChangeFeed()
  readonly events = new EventFeed()
  readonly database: MemoryDatabase
  readonly replica: Replica

  constructor(database: MemoryDatabase) {
    this.database = database
    const { numbers } = this
    const kind: RowKind = {
      name: 'number',
      read(_orgId, id): StoredValue | undefined {
        const data = numbers.get(id)
        return data === undefined ? undefined : { data }
      },
      write: (_orgId, id, { data }) => {
        if (typeof data !== 'number') throw new TypeError(`${data} is no number`)
        numbers.set(id, data)
      },
      remove: (_orgId, id) => void numbers.delete(id),
      clear: () => numbers.clear(),
    }
    this.replica = new Replica({ database, kinds: [kind], changes: this.changes, events: this.events })
  }

  set(id: string, value: number | undefined): void {
    if (value === undefined) this.numbers.delete(id)
    else this.numbers.set(id, value)
    this.changes.tracker?.mark('number', '', id)
  }

  /** Does something as a request does. */
  async request<Result>(action: () => Result | Promise<Result>): Promise<Result> {
    await this.replica.enter()
    const result = await action()
    await this.replica.settle()
    return result
  }

  /** Watches the events, and resolves with those that come. */
  watch(t: Test): string[] {
    const seen: string[] = []
    const hub = new EventHub({ epoch: 'e', schedule: () => () => undefined, onIdle: () => undefined })
    t.teardown(() => hub.close())
    hub.subscribe({ send: (text) => void seen.push(text), end: () => undefined })
    this.events.set(hub)
    return seen
  }
}

/** Starts a process. It is stopped when the test ends. */
async function start(t: Test, { shared = new SharedRows(), isExclusive = false } = {}): Promise<Process> {
  const process = new Process(new MemoryDatabase(shared, isExclusive))
  await process.replica.start(nothing, nothing)
  t.teardown(() => process.replica.close())
  return process
}

/** Resolves when a condition is met. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await new Promise(setImmediate)
}

t.test('a start fills an empty database, and resumes from an existing one', async (t) => {
  const shared = new SharedRows()
  const first = new Process(new MemoryDatabase(shared))
  t.same(await first.replica.start(async () => first.set('a', 1), never), { isNew: true })
  await first.replica.close()

  const second = new Process(new MemoryDatabase(shared))
  t.same(await second.replica.start(never, async () => second.set('b', 2)), { isNew: false })

  t.same(
    [...second.numbers],
    [
      ['a', 1],
      ['b', 2],
    ],
  )
  t.same(
    [...shared.rows.values()].map(({ id, data }) => [id, data]),
    [
      ['a', '1'],
      ['b', '2'],
    ],
  )
  await second.replica.close()
})

t.test('a start that fails leaves the database as it was', async (t) => {
  const shared = new SharedRows()
  const failing = new Process(new MemoryDatabase(shared))
  const fill = async () => {
    failing.set('a', 1)
    throw new Error('invalid seed')
  }
  await t.rejects(failing.replica.start(fill, nothing), { message: 'invalid seed' })
  await failing.replica.close()

  t.equal(shared.rows.size, 0)
  t.same(await new Process(new MemoryDatabase(shared)).replica.start(nothing, never), { isNew: true })
})

t.test('the changes of a request are durable when it has settled', async (t) => {
  for (const isExclusive of [true, false]) {
    const { replica, database, ...process } = await start(t, { isExclusive })
    const { promise, resolve } = Promise.withResolvers<void>()
    database.delay = promise
    await replica.enter()
    process.numbers.set('a', 1)
    process.changes.tracker?.mark('number', '', 'a')
    let isSettled = false
    const settled = replica.settle()?.then(() => {
      isSettled = true
    })
    t.ok(settled, 'it must wait')
    for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate)
    t.notOk(isSettled)

    resolve()
    await settled

    t.equal(database.shared.rows.size, 1)
  }
})

t.test('a request that changed nothing does not wait', async (t) => {
  const exclusive = await start(t, { isExclusive: true })
  t.equal(exclusive.replica.enter(), undefined, 'nobody else may change anything')
  t.equal(exclusive.replica.settle(), undefined)

  const shared = await start(t)
  await shared.replica.enter()
  t.equal(shared.replica.settle(), undefined)
  await until(() => shared.database.calls.rollback === 1)
  t.equal(shared.database.calls.commit, 1, 'only that of the start')
})

t.test(
  'a removed record deletes its row, and one that is added and removed in a batch writes none',
  async (t) => {
    const process = await start(t)
    await process.request(() => process.set('a', 1))
    await process.request(() => {
      process.set('a', undefined)
      process.set('b', 2)
      process.set('b', undefined)
    })

    t.equal(process.database.shared.rows.size, 0)
    t.same(process.database.shared.commits.at(-1)?.puts, [])
  },
)

t.test(
  'a request sees all earlier commits of other processes, and never runs at the same time as their requests',
  async (t) => {
    const shared = new SharedRows()
    const [one, other] = [await start(t, { shared }), await start(t, { shared })]
    const running = new Map([one, other].map((process) => [process, 0]))
    const increment = (process: Process) =>
      process.request(async () => {
        running.set(process, (running.get(process) ?? 0) + 1)
        const value = process.numbers.get('n') ?? 0
        await new Promise(setImmediate)
        t.equal(running.get(process === one ? other : one), 0)
        process.set('n', (process.numbers.get('n') ?? 0) + 1)
        t.ok(value <= (process.numbers.get('n') ?? 0))
        running.set(process, (running.get(process) ?? 0) - 1)
      })

    await Promise.all(Array.from({ length: 50 }, (_, index) => increment(index % 3 === 0 ? one : other)))

    t.equal(shared.rows.get('["number","","n"]')?.data, '50')
    await one.request(() => t.equal(one.numbers.get('n'), 50))
    await other.request(() => t.equal(other.numbers.get('n'), 50))
    await one.request(() => one.set('n', undefined))
    await other.request(() => t.notOk(other.numbers.has('n')))
    t.ok(shared.commits.length < 53, 'requests share commits')
  },
)

t.test('a failed commit rejects all requests of its batch, and reverts their changes', async (t) => {
  for (const isExclusive of [true, false]) {
    const process = await start(t, { isExclusive })
    await process.request(() => process.set('a', 1))
    process.database.failing.add('commit')

    const failed = await Promise.allSettled([
      process.request(() => process.set('a', 2)),
      process.request(() => process.set('b', 2)),
    ])

    t.same(
      failed.map((result) => result.status === 'rejected' && result.reason.message),
      ['no commit', 'no commit'],
    )
    t.same(await process.request(() => [...process.numbers]), [['a', 1]])
    await process.request(() => process.set('a', 3))
    t.equal(process.database.shared.rows.get('["number","","a"]')?.data, '3')
  }
})

t.test(
  'a request that runs while a commit fails is also refused, and the state is read again afterwards',
  async (t) => {
    const process = await start(t, { isExclusive: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    process.database.failing.add('commit')
    const slow = process.request(async () => {
      process.set('slow', 1)
      await promise
      process.set('slow', 2)
    })
    await t.rejects(
      process.request(() => process.set('fast', 1)),
      new UnavailableError('no commit'),
    )
    const next = process.request(() => [...process.numbers])
    resolve()

    await t.rejects(slow, new UnavailableError('no commit'))
    t.same(await next, [])
  },
)

t.test('requests are refused while the database is unreachable, and served afterwards', async (t) => {
  const process = await start(t)
  await process.request(() => process.set('a', 1))
  process.database.failing.add('begin')
  await t.rejects(
    process.request(() => process.set('a', 2)),
    new UnavailableError('no begin'),
  )

  t.same(await process.request(() => [...process.numbers]), [['a', 1]])
  t.equal(process.database.calls.load, 1, 'nothing was lost')
})

t.test('a failed read is repeated by the next request', async (t) => {
  const process = await start(t)
  await process.request(() => process.set('a', 1))
  process.database.failing.add('commit')
  await t.rejects(process.request(() => process.set('a', 2)))
  process.database.failing.add('load')
  await t.rejects(
    process.request(() => undefined),
    new UnavailableError('no load'),
  )

  t.same(await process.request(() => [...process.numbers]), [['a', 1]])
})

t.test('changes outside of requests are written, too', async (t) => {
  for (const isExclusive of [true, false]) {
    const process = await start(t, { isExclusive })
    process.set('a', 1)
    await until(() => process.database.shared.rows.size === 1)
    process.database.failing.add('begin')
    process.set('b', 1)
    if (!isExclusive) await until(() => process.database.calls.rollback > 0)
    await new Promise(setImmediate)
    process.set('c', 1)
    await process.request(() => undefined)
    await until(() => process.database.shared.rows.size === 3)
  }
})

t.test('events reach the streams of other processes', async (t) => {
  const shared = new SharedRows()
  const [one, other] = [await start(t, { shared }), await start(t, { shared })]
  const seen = other.watch(t)
  const event: LiveEvent = { kind: 'clock', org_id: null }

  await one.request(() => {
    one.set('a', 1)
    one.events.live?.publish(event)
  })

  await until(() => seen.some((text) => text.includes('"clock"')))
  t.equal(other.numbers.get('a'), 1, 'nobody had to ask')
  one.events.live?.publish({ ...event, org_id: 'org-1' })
  await until(() => seen.some((text) => text.includes('"org-1"')))
})

t.test('streams get a reset after everything was read again', async (t) => {
  const process = await start(t)
  const seen = process.watch(t)
  process.database.failing.add('commit')
  await t.rejects(process.request(() => process.set('a', 1)))
  await process.request(() => undefined)

  t.match(seen.at(-1), /"reset"/)
})

t.test('a process that stops commits the remaining changes, and refuses further requests', async (t) => {
  const exclusive = await start(t, { isExclusive: true })
  exclusive.set('a', 1)
  await exclusive.replica.close()
  t.equal(exclusive.database.shared.rows.size, 1)
  await t.rejects(
    exclusive.request(() => undefined),
    new UnavailableError('The server stops'),
  )

  const shared = new SharedRows()
  const [one, other] = [await start(t, { shared }), await start(t, { shared })]
  await one.replica.enter()
  const waiting = other.request(() => undefined)
  one.replica.leave()
  await waiting
  await other.replica.close()
  await t.rejects(
    other.request(() => undefined),
    new UnavailableError('The server stops'),
  )
})

t.test('a request that still waits when its process stops is refused', async (t) => {
  const { replica } = await start(t)
  await replica.enter()
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate)
  const waiting = replica.enter() ?? Promise.resolve()
  const closed = replica.close()
  replica.leave()

  await t.rejects(waiting, new UnavailableError('The server stops'))
  await closed
})

t.test('a request that still runs when its process has stopped is refused', async (t) => {
  const process = await start(t, { isExclusive: true })
  await process.replica.enter()
  await process.replica.close()
  process.set('a', 1)

  await t.rejects(process.replica.settle() ?? Promise.resolve(), new UnavailableError('The server stops'))
})

t.test('a process can stop while its database is unreachable', async (t) => {
  const exclusive = await start(t, { isExclusive: true })
  exclusive.set('a', 1)
  exclusive.database.failing.add('commit')
  await exclusive.replica.close()
  t.equal(exclusive.database.calls.close, 1)
})

t.test('a malformed row rejects with an UnavailableError that does not contain its data', async (t) => {
  const shared = new SharedRows()
  shared.rows.set('a', { kind: 'number', orgId: '', id: 'a', position: 0, data: '"s3cr3t"', bytes: null })

  await t.rejects(
    start(t, { shared }),
    new UnavailableError('the database is damaged: a row of number has another form'),
  )
})

t.test('a request that arrives while others are refused gets a new transaction', async (t) => {
  const process = await start(t)
  const { database } = process
  database.failing.add('begin')
  const rollback = database.rollback.bind(database)
  let late: Promise<unknown> | undefined
  database.rollback = async () => {
    // After this, the others are refused, and before the next turn.
    queueMicrotask(() =>
      queueMicrotask(() => queueMicrotask(() => (late ??= process.request(() => undefined)))),
    )
    await rollback()
  }
  await t.rejects(
    process.request(() => undefined),
    new UnavailableError('no begin'),
  )
  await until(() => late !== undefined)
  await Promise.allSettled([late])
  t.same(await process.request(() => [...process.numbers]), [])
})

t.test('a compared row is written again if another process has changed or deleted it', async (t) => {
  const key = { kind: 'server', orgId: '', id: '' }
  const row = (data: string) => ({ ...key, position: 0, data, bytes: null })
  const kind: RowKind = {
    name: 'server',
    read: () => ({ data: 1 }),
    write: nothing,
    remove: nothing,
    clear: nothing,
  }
  const pending = new PendingChanges([kind])

  t.same(pending.take().puts, [row('1')])
  t.same(pending.take().puts, [])
  for (const change of [() => pending.write(row('2')), () => pending.remove(key), () => pending.reset()]) {
    change()
    t.same(pending.take().puts, [row('1')])
  }
})
