import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { AdjustableClock } from '../../src/base/clock.ts'
import { randomIds } from '../../src/base/ids.ts'
import { openEvents } from '../../src/organization/live-events.ts'
import { type Organization, Organizations } from '../../src/organization/organizations.ts'
import { StateService } from '../../src/state/service.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { ManualTimers } from '../events/timers.ts'
import { aSession } from '../records.ts'
import { after, START } from '../simulation/histories.ts'

const STEPS = [
  { after_seconds: 10, message: 'ten' },
  { after_seconds: 20, message: 'twenty' },
]

/** Starts organizations with a base clock that only the test moves, and a stream of what happens. */
function startWatched({ speed = 1 } = {}) {
  const base = new AdjustableClock({ now: () => START }, { now: START })
  const organizations = new Organizations({
    store: memoryStore(),
    clock: base,
    clockSettings: { speed },
    ids: randomIds,
  })
  const timers = new ManualTimers()
  const hub = openEvents(organizations, timers.schedule)
  const seen: string[] = []
  const receiver = {
    send: (text: string) => {
      for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm)) {
        const event = JSON.parse(data)
        if (event.kind === 'session') seen.push(`${event.org_id} ${event.id}`)
      }
    },
    end: () => undefined,
  }
  return {
    organizations,
    timers,
    hub,
    seen,
    watch: () => hub.subscribe(receiver),
    /** Moves the real time, and lets the timers notice it. */
    pass: async (seconds: number) => {
      base.adjust({ now: base.now() + seconds * 1_000_000 })
      timers.pass()
      await settled()
    },
    /** The seconds until the watch looks again. */
    wait: () => Math.min(...timers.times.filter((ms) => ms !== 15_000)) / 1_000,
  }
}

/** Resolves when the watch has looked at everything. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))

const session = (id: string, steps = STEPS) =>
  aSession({ id, answersForPrompt: false, createdAt: START, scenario: { steps } })

t.test('an event is published for each step that becomes due, with a single timer', async (t) => {
  const { organizations, seen, watch, pass, wait } = startWatched()
  await organizations.get('org-1').sessions.insert(session('devin-1'))
  watch()
  await Promise.all([
    organizations.get('org-1').sessions.update('devin-1', (before) => ({ ...before, tags: ['a'] })),
    organizations.get('org-2').sessions.insert(session('devin-2', STEPS.slice(1))),
  ])
  await settled()
  t.equal(wait(), 2)
  await pass(2)
  t.same([seen.splice(0), wait()], [['org-1 devin-1', 'org-2 devin-2'], 8])
  await pass(8)
  t.same([seen.splice(0), wait()], [['org-1 devin-1'], 10])
  await pass(10)
  t.same(seen.splice(0), ['org-1 devin-1', 'org-2 devin-2'])
})

t.test('sessions that are created, changed and deleted during the watch are followed', async (t) => {
  const { organizations, seen, watch, pass, wait } = startWatched()
  watch()
  await settled()
  t.equal(wait(), 3_600)
  const { sessions } = organizations.get('org-1')
  await Promise.all(['devin-1', 'devin-2', 'devin-3'].map((id) => sessions.insert(session(id))))
  await settled()
  t.equal(wait(), 2)
  await sessions.delete('devin-2')
  await sessions.update('devin-1', (before) => ({ ...before, createdAt: after(3), messages: [] }))
  await organizations.get('org-1').secrets.list()
  await settled()
  await pass(2)
  t.same([seen.splice(0), wait()], [['org-1 devin-3'], 3])
  await pass(3)

  t.same(seen, ['org-1 devin-1'])
})

t.test('the timer is shorter for a fast clock, and not set for a frozen one', async (t) => {
  const { organizations, watch, wait, seen, hub } = startWatched({ speed: 4 })
  const organization = organizations.get('org-1')
  await organization.sessions.insert(session('devin-1'))
  watch()
  await settled()
  t.equal(wait(), 0.5)
  organization.clock.adjust({ frozen: true })
  hub.publish({ kind: 'clock', org_id: 'org-1' })
  await settled()
  t.equal(wait(), 3_600)
  organization.clock.adjust({ now: after(10) })
  hub.publish({ kind: 'clock', org_id: null })
  await settled()

  t.same(seen, ['org-1 devin-1'])
})

t.test('sessions that a reset or a deletion removes are not due any more', async (t) => {
  const { organizations, watch, wait, seen, pass } = startWatched()
  const stateService = new StateService({ organizations, keys: new KeyRegistry() })
  for (const id of ['org-1', 'org-2', 'org-3']) {
    await organizations.get(id).sessions.insert(session(`devin-${id}`))
  }
  watch()
  await settled()
  await organizations.remove('org-2')
  await stateService.reset('org-1')
  await pass(2)
  t.same(seen.splice(0), ['org-3 devin-org-3'])
  await stateService.reset()
  await settled()

  t.equal(wait(), 3_600)
  await pass(60)
  t.same(seen, [])
})

t.test('nothing is due while everything is read again from a database', async (t) => {
  const { organizations, hub, watch, wait, seen, pass } = startWatched()
  await organizations.get('org-1').sessions.insert(session('devin-1'))
  watch()
  await settled()
  const stored = organizations.stored('org-1')

  organizations.setStored('org-1', undefined)
  await pass(3)
  t.same([seen, wait()], [[], 3_600])

  organizations.setStored('org-1', stored)
  hub.publish({ kind: 'reset', org_id: null })
  await settled()
  t.equal(wait(), 7)
})

t.test('an organization that is deleted while its sessions are updated is not watched', async (t) => {
  const { organizations, watch, wait } = startWatched()
  await organizations.get('org-1').sessions.insert(session('devin-1'))
  await organizations.get('org-2').sessions.insert(session('devin-2'))
  watch()
  const removed = ['org-1', 'org-2'].map((id) => organizations.remove(id))
  await Promise.all(removed)
  await settled()

  t.equal(wait(), 3_600)
})

t.test('an organization that is deleted right after its sessions were read is not watched', async (t) => {
  const { organizations, watch, wait } = startWatched()
  const organization = organizations.get('org-1')
  await organization.sessions.insert(session('devin-1'))
  const { walk } = organization.sessions
  organization.sessions.walk = async (...args) => {
    await walk.apply(organization.sessions, args)
    await organizations.remove('org-1')
  }
  watch()
  await settled()

  t.equal(wait(), 3_600)
})

t.test('no timer is left after the last stream, even if that ends during a run', async (t) => {
  const { organizations, watch, timers, seen, pass } = startWatched()
  await organizations.get('org-1').sessions.insert(session('devin-1'))
  watch()()
  await settled()
  t.same(timers.times, [60_000])
  const close = watch()
  await settled()
  t.same(timers.times, [15_000, 2_000])
  close()
  t.same(timers.times, [60_000])
  await pass(10)

  t.same([seen, organizations.events.live, organizations.journals.onEntry], [[], undefined, undefined])
})

/** Inserts sessions whose first step is far away. */
async function insertMany({ sessions }: Organization, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await sessions.insert({ ...session(`devin-${n}`), createdAt: after(1_000) })
}

/** Resolves when the watch has looked at thousands of sessions. */
async function allSettled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await settled()
}

t.test('with many sessions, successive changes are handled together after a pause', async (t) => {
  const { organizations, watch, timers, wait, seen, pass } = startWatched()
  const organization = organizations.get('org-1')
  await insertMany(organization, 2_000)
  const close = watch()
  await allSettled()
  t.equal(wait(), 1_002)

  for (const id of ['devin-a', 'devin-b']) {
    await organization.sessions.insert(session(id))
    await settled()
    t.same(timers.times, [15_000, 10])
  }
  await pass(0)
  t.same([seen.length, wait()], [0, 2])
  await pass(2)
  t.same(seen, ['org-1 devin-a', 'org-1 devin-b'])

  await organization.sessions.insert(session('devin-c'))
  close()
  t.same(timers.times, [60_000])
  watch()
  await allSettled()
  t.equal(wait(), 8)
})

t.test('a session that changes during the update of many gets its new step', async (t) => {
  const { organizations, watch, wait } = startWatched()
  const organization = organizations.get('org-1')
  await insertMany(organization, 3_000)
  watch()
  await settled()
  await organization.sessions.update('devin-0', (before) => ({ ...before, createdAt: START }))
  await allSettled()

  t.equal(wait(), 2)
})

t.test('many steps that are due at once are published in several turns of the event loop', async (t) => {
  const { organizations, watch, seen, pass } = startWatched()
  const { sessions } = organizations.get('org-1')
  for (let n = 0; n < 700; n++) await sessions.insert(session(`devin-${n}`))
  watch()
  await allSettled()
  await pass(2)
  t.equal(seen.length, 500)
  await allSettled()
  t.equal(seen.length, 700)
})
