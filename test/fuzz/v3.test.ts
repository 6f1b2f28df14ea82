import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { v3Routes } from '../../src/routes/v3/index.ts'
import { checkAnswer, checkHealth } from './checks.ts'
import { bytesOf, type FuzzRequest, type OpenApi, requestsOf } from './requests.ts'
import { Target } from './target.ts'
import { converse, parseAnswers } from './wire.ts'

/** A fixed seed, and the number of requests. */
const [SEED, REQUESTS] = [7, 1_500]

const contract: OpenApi = JSON.parse(
  readFileSync(new URL('../../src/schemas/v3/contract.json', import.meta.url), 'utf8'),
)

/** Returns the part of the contract that is implemented. */
function implemented(): OpenApi {
  const { paths, components } = contract
  const served = Object.entries(paths).flatMap(([path, operations]): [string, typeof operations][] => {
    const known = Object.entries(operations).filter(
      ([method]) => `${method.toUpperCase()} ${path}` in v3Routes,
    )
    return known.length === 0 ? [] : [[path, Object.fromEntries(known)]]
  })
  return { paths: Object.fromEntries(served), ...(components !== undefined && { components }) }
}

/** Replaces a valid v1 key by a v3 key. */
function withV3Key(request: FuzzRequest): FuzzRequest {
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    name === 'authorization' ? value.replace(/apk_\S+/, 'cog_fuzz') : value,
  ])
  return { ...request, headers }
}

/** Adds the ids in an answer to the values of path parameters. */
function collectIds(known: Record<string, string[]>, text: string): void {
  const parameters: Record<string, string> = { session_id: 'devin_id', scheduled_session_id: 'schedule_id' }
  for (const [, member = '', id = ''] of text.matchAll(/"(\w+_id)":"([\w-]+)"/g)) {
    const parameter = parameters[member] ?? member
    if (parameter !== 'org_id') known[parameter] = [...(known[parameter] ?? []).slice(-3), id]
  }
}

t.test('v3 withstands arbitrary requests, and answers each error as a problem', async (t) => {
  const target = await Target.start()
  t.teardown(() => target.stop())
  const known: Record<string, string[]> = { org_id: Array(4).fill(DEFAULT_ORG_ID) }
  const succeeded = new Set<string>()

  for (const request of fc.sample(requestsOf(implemented()), { numRuns: REQUESTS, seed: SEED })) {
    const sent = bytesOf(withV3Key(request), known)
    const received = await converse(target.port, { pieces: [sent], ending: 'waits' })
    const [answer, ...others] = parseAnswers(received, [request.method])
    const shown = sent.toString('latin1').slice(0, 300)
    if (answer === undefined || others.length > 0) throw new Error(`not one answer: ${shown}`)
    checkAnswer(answer, sent)
    const text = answer.body.toString()
    if (answer.status < 300) succeeded.add(request.template)
    if (answer.status === 422 && JSON.parse(text).status !== 422) {
      throw new Error(`not a problem: ${shown}\n${text}`)
    }
    collectIds(known, text)
  }

  t.equal(target.takeOutput(), '', 'no error is logged')
  await checkHealth(target)
  t.ok(succeeded.size > 20, `${succeeded.size} paths were tried with success`)
})
