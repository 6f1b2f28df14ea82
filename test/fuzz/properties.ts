import fc from 'fast-check'
import { ask, checkAnswer, checkHealth, contractOf } from './checks.ts'
import { collectValues } from './known-values.ts'
import { cuts, mutate, mutations, split } from './mutations.ts'
import { bytesOf, type FuzzRequest, KEYS, type OpenApi, requestsOf } from './requests.ts'
import type { Target } from './target.ts'
import { isPlainPath, v3Flaw } from './v3-checks.ts'
import { checkPrivacy, collectTokens, v3Clients } from './v3-tenants.ts'
import { createWorld, type World } from './v3-world.ts'
import { converse, parseAnswers, quote, type WireAnswer } from './wire.ts'

/** A property that holds for a server regardless of its input. */
export interface FuzzProperty {
  readonly name: string
  readonly property: fc.IAsyncProperty<unknown[]>
}

/** A part of the server that requests are sent to, and what its answers must be. */
interface Part {
  readonly target: Target
  /** Creates records, so that requests have targets. */
  readonly createRecords: () => Promise<World>
  /** Checks an answer. Throws an Error that names a violation. */
  readonly check: (request: FuzzRequest, answer: WireAnswer, world: World) => void
  /** The operations with a successful answer. */
  readonly succeeded: Set<string>
}

/**
 * Returns the properties of a running server. Each run starts from the initial state of the server. Adds every operation with a
 * successful answer to `succeeded`, to show that not only refusals were tested.
 */
export async function propertiesOf(
  target: Target,
  succeeded: Set<string> = new Set(),
): Promise<FuzzProperty[]> {
  const documentAt = async (path: string) => (await ask(target, 'GET', path)).body as OpenApi
  const api = await documentAt('/openapi.json')
  const control = await documentAt('/_fake/openapi.json')
  const v3 = await documentAt('/v3-openapi.json')
  const requests = requestsOf(api)
  // Injected faults would break answers on purpose, and a stream of events does not end.
  const controlRequests = requestsOf(control, { without: /^\/_fake\/(?:faults|events)/ })
  const v3Requests = requestsOf(v3, { clientsFor: v3Clients })
  const v1Part = (document: OpenApi): Part => ({
    target,
    createRecords: () => createRecords(target),
    check: contractCheck(document),
    succeeded,
  })
  const v3Part: Part = {
    target,
    createRecords: () => createWorld(target, v3),
    check: v3Check(v3),
    succeeded,
  }
  return [
    {
      name: 'every answer to requests made from the document is in the contract',
      property: sequenceProperty(v1Part(api), sequenceOf(requests)),
    },
    {
      name: 'every answer to requests made from v3’s document is in the contract or a problem, and shows only the client’s own data',
      property: sequenceProperty(v3Part, longSequenceOf(v3Requests)),
    },
    {
      name: 'every answer of the control plane is in its document',
      property: sequenceProperty(
        v1Part(control),
        sequenceOf(fc.oneof({ weight: 3, arbitrary: controlRequests }, { weight: 1, arbitrary: requests })),
      ),
    },
    {
      name: 'arbitrary bytes get only valid answers, if any, and the connection ends',
      property: bytesProperty(target, fc.oneof(requests, v3Requests)),
    },
  ].map(({ name, property }) => ({
    name,
    property: (property as fc.IAsyncPropertyWithHooks<unknown[]>).beforeEach(async () => {
      const { status } = await ask(target, 'POST', '/_fake/reset')
      if (status !== 204) throw new Error(`the server cannot be reset: ${status}`)
    }) as fc.IAsyncProperty<unknown[]>,
  }))
}

function sequenceOf(requests: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<FuzzRequest[]> {
  return fc.array(requests, { minLength: 1, maxLength: 40, size: 'small' })
}

/** Generates sequences that are long as a rule, for many operations, and whose records take a while to create. */
function longSequenceOf(requests: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<FuzzRequest[]> {
  const some = (minLength: number) => fc.array(requests, { minLength, maxLength: 120, size: 'max' })
  return fc.oneof({ weight: 9, arbitrary: some(60) }, { weight: 1, arbitrary: some(1) })
}

/** Returns the check that answers fit a document. */
function contractCheck(document: OpenApi): Part['check'] {
  const contract = contractOf(document)
  return (request, answer) => {
    // An unusual path may belong to another operation.
    const flaw = isPlainPath(request) ? contract(request.method, request.template, answer) : undefined
    if (flaw !== undefined) throw new Error(`not in the contract: ${flaw}`)
  }
}

/** Returns the check that answers fit v3's document or are problems, and show only the data of their clients. */
function v3Check(document: OpenApi): Part['check'] {
  const contract = contractOf(document)
  return (request, answer, { secrets }) => {
    const flaw = v3Flaw(contract, request, answer)
    if (flaw !== undefined) throw new Error(`not in the contract: ${flaw}`)
    checkPrivacy(request, answer, secrets)
  }
}

function sequenceProperty(part: Part, sequences: fc.Arbitrary<FuzzRequest[]>): fc.IAsyncProperty<unknown[]> {
  return fc.asyncProperty(sequences, cuts, (sequence, places) =>
    checkSequence(part, sequence, places),
  ) as unknown as fc.IAsyncProperty<unknown[]>
}

/** Sends requests one after another, each on its own connection and in pieces, and checks each answer. */
async function checkSequence(
  { target, createRecords, check, succeeded }: Part,
  sequence: readonly FuzzRequest[],
  cuts: readonly number[],
): Promise<void> {
  const world = await createRecords()
  for (const request of sequence) {
    const sent = bytesOf(request, world.known)
    const received = await converse(target.port, { pieces: split(sent, cuts), ending: 'waits' })
    await withBytes(sent, received, async () => {
      const [answer, ...others] = parseAnswers(received, [request.method])
      if (answer === undefined || others.length > 0) throw new Error('not one answer to one request')
      checkAnswer(answer, sent)
      check(request, answer, world)
      if (isPlainPath(request) && answer.status < 400) succeeded.add(`${request.method} ${request.template}`)
      const text = answer.body.toString()
      collectValues(world.known, request.template, text)
      collectTokens(world.secrets, text)
    })
  }
  await checkHealth(target)
}

/** Returns the property that changed requests, pipelined on one connection, never break the server. */
function bytesProperty(target: Target, requests: fc.Arbitrary<FuzzRequest>): fc.IAsyncProperty<unknown[]> {
  return fc.asyncProperty(
    fc.array(requests, { minLength: 1, maxLength: 3 }),
    mutations,
    cuts,
    fc.constantFrom<'ends' | 'hangs up'>('ends', 'ends', 'ends', 'hangs up'),
    async (sequence, changes, places, ending) => {
      // An answer to HEAD has no body, but a mutation may change the method.
      const known = sequence.map((one) => (one.method === 'HEAD' ? { ...one, method: 'GET' } : one))
      const whole = Buffer.concat(known.map((request) => bytesOf(request, {}, 'keep-alive')))
      const sent = mutate(whole, changes)
      const received = await converse(target.port, { pieces: split(sent, places), ending })
      if (ending === 'ends') {
        await withBytes(sent, received, async () => {
          for (const answer of parseAnswers(received)) checkAnswer(answer, sent)
        })
      }
      await checkHealth(target)
    },
  ) as unknown as fc.IAsyncProperty<unknown[]>
}

const UPLOAD: FuzzRequest = {
  method: 'POST',
  template: '/v1/attachments',
  segments: ['v1', 'attachments'],
  query: '',
  headers: [
    ['authorization', `Bearer ${KEYS.one}`],
    ['content-type', 'multipart/form-data; boundary=fuzz'],
  ],
  body: '--fuzz\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--fuzz--\r\n',
}

/** Creates one record of each kind, so that requests have targets. Resolves with their ids. */
async function createRecords(target: Target): Promise<World> {
  const known: Record<string, string[]> = {}
  const bodies = {
    '/v1/sessions': { prompt: 'p' },
    '/v1/secrets': { type: 'totp', key: 'k', value: 'v', sensitive: true, note: '' },
    '/v1/knowledge': { name: 'n', body: 'b', trigger_description: 't' },
    '/v1/playbooks': { title: 't', body: 'b' },
  }
  for (const [path, body] of Object.entries(bodies)) {
    collectValues(known, path, JSON.stringify((await ask(target, 'POST', path, body, KEYS.one)).body))
  }
  const received = await converse(target.port, { pieces: [bytesOf(UPLOAD, known)], ending: 'waits' })
  for (const { body } of parseAnswers(received)) collectValues(known, UPLOAD.template, body.toString())
  return { known, secrets: new Set() }
}

/** Runs a check. Adds the sent and received bytes to its error, so that a failure can be reproduced. */
async function withBytes(sent: Buffer, received: Buffer, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${message}\n  sent: ${quote(sent)}\n  received: ${quote(received)}`)
  }
}
