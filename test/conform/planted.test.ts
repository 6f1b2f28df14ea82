// Plants differences into the answers of the fake, one at a time, and expects the check of the row to find each. They are generated from
// what the checks say that they verify.
import t from 'tap'
import { type Answer, Api } from '../../src/conform/api.ts'
import type { Check } from '../../src/conform/check.ts'
import { checkOf } from '../../src/conform/checks/index.ts'
import { Untestable } from '../../src/conform/errors.ts'
import { conform } from '../../src/conform/run.ts'
import type { Received, Send } from '../../src/conform/send.ts'
import { type FidelityRow, fidelity } from '../../src/fidelity/index.ts'
import { differencesFor, singleChanges } from './differences.ts'
import { fullAccess, startServer } from './server.ts'

/** The requests with which a run begins. */
const PROBES = 2

const nameOf = ({ operation, topic, what }: FidelityRow) => `${operation ?? topic}: ${what}`

/** Resolves with the answers of a check against the fake, or undefined if it cannot tell. */
async function answersOf(send: Send, check: Check, row: FidelityRow): Promise<Answer[] | undefined> {
  const api = new Api({ ...fullAccess(send), orgId: await orgIdOf(send) })
  try {
    await check(api, row)
    return api.answers
  } catch (error) {
    if (error instanceof Untestable) return undefined
    throw error
  } finally {
    await api.removeAll()
  }
}

async function orgIdOf(send: Send): Promise<string> {
  const { body } = await send({ method: 'GET', path: '/v3/self', headers: { authorization: 'Bearer cog_x' } })
  return JSON.parse(body).org_id
}

/** The answer to change, and its context. */
interface Moment {
  /** The unique name of the run. */
  readonly name: string
  /** The answer to the same request before. */
  readonly previous: Received | undefined
}

/** Resolves with the outcome of a run of one row in which one answer differs. */
async function outcomeWith(
  send: Send,
  row: FidelityRow,
  index: number,
  change: (received: Received, moment: Moment) => Received,
): Promise<string | undefined> {
  const access = fullAccess(send)
  const before = new Map<string, Received>()
  let count = 0
  const changed: Send = async (request) => {
    const received = await send(request)
    const [key, previous] = [
      `${request.method} ${request.path}`,
      before.get(`${request.method} ${request.path}`),
    ]
    before.set(key, received)
    return count++ === index + PROBES ? change(received, { name: access.name, previous }) : received
  }
  const { findings } = await conform({ ...access, send: changed }, (one) => one === row)
  return findings[0]?.outcome
}

/** Returns whether the check finds one of the differences of a single value. */
async function findsValue(send: Send, row: FidelityRow, index: number): Promise<boolean> {
  for (let at = 0, left = 1; at < left; at++) {
    const outcome = await outcomeWith(send, row, index, (received, moment) => {
      const changes = singleChanges(received, moment)
      left = changes.length
      return changes[at] ?? received
    })
    if (outcome === 'contradicted') return true
  }
  return false
}

/** Resolves with the planted differences, and which of them were not found. */
async function plant(send: Send, row: FidelityRow, answers: readonly Answer[]) {
  const found: string[] = []
  const missed: string[] = []
  for (const [index, { status, headers, text, claims, method, path }] of answers.entries()) {
    for (const claim of claims) {
      const place = `${claim} of ${method} ${path}`
      for (const [at, difference] of differencesFor(claim).entries()) {
        if (difference({ status, headers, body: text }) === undefined) continue
        const outcome = await outcomeWith(send, row, index, (one) => difference(one) ?? one)
        ;(outcome === 'contradicted' ? found : missed).push(`${place}, difference ${at}`)
      }
      if (claim === 'value') ((await findsValue(send, row, index)) ? found : missed).push(place)
    }
  }
  return { found, missed }
}

t.test('every planted difference is found and attributed to the row of its answer', async (t) => {
  const send = await startServer(t)
  let rows = 0
  for (const row of fidelity) {
    const check = checkOf(row)
    if (typeof check === 'string') continue
    const answers = await answersOf(send, check, row)
    if (answers === undefined) continue
    rows++
    const { found, missed } = await plant(send, row, answers)
    t.same(missed, [], nameOf(row))
    t.not(found.length, 0, `${nameOf(row)}: verifies something`)
  }
  t.ok(rows > 340, `${rows} rows`)
})
