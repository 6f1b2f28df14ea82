import fc from 'fast-check'
import { ask, type Contract, checkAnswer, checkHealth, contractOf } from './checks.ts'
import { cuts, mutate, mutations, split } from './mutations.ts'
import { bytesOf, type FuzzRequest, KEYS, type OpenApi, requestsOf } from './requests.ts'
import type { Target } from './target.ts'
import { converse, parseAnswers, quote } from './wire.ts'

/** A property that holds for a server regardless of its input. */
export interface FuzzProperty {
  readonly name: string
  readonly property: fc.IAsyncProperty<unknown[]>
}

/**
 * Returns the properties of a running server. Each run starts from the initial state of the server. Adds every operation with a
 * successful answer to `succeeded`, to show that not only refusals were tested.
 */
export async function propertiesOf(
  target: Target,
  succeeded: Set<string> = new Set(),
): Promise<FuzzProperty[]> {
  const [api, control] = await Promise.all(
    ['/openapi.json', '/_fake/openapi.json'].map(
      async (path) => (await ask(target, 'GET', path)).body as OpenApi,
    ),
  )
  if (api === undefined || control === undefined) throw new Error('the server has no documents')
  // Injected faults would break answers on purpose.
  const controlRequests = requestsOf(control, /^\/_fake\/faults/)
  const requests = requestsOf(api)
  return [
    {
      name: 'every answer to requests made from the document is in the contract',
      property: fc.asyncProperty(sequenceOf(requests), cuts, (sequence, places) =>
        checkSequence({ target, contract: contractOf(api), succeeded }, sequence, places),
      ),
    },
    {
      name: 'every answer of the control plane is in its document',
      property: fc.asyncProperty(
        sequenceOf(fc.oneof({ weight: 3, arbitrary: controlRequests }, { weight: 1, arbitrary: requests })),
        cuts,
        (sequence, places) =>
          checkSequence({ target, contract: contractOf(control), succeeded }, sequence, places),
      ),
    },
    {
      name: 'arbitrary bytes get only valid answers, if any, and the connection ends',
      property: fc.asyncProperty(
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
      ),
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
  return fc.array(requests, { minLength: 1, maxLength: 30 })
}

/** Sends requests one after another, each on its own connection and in pieces, and checks each answer. */
async function checkSequence(
  { target, contract, succeeded }: { target: Target; contract: Contract; succeeded: Set<string> },
  sequence: readonly FuzzRequest[],
  cuts: readonly number[],
): Promise<void> {
  const known = await createRecords(target)
  for (const request of sequence) {
    const sent = bytesOf(request, known)
    const received = await converse(target.port, { pieces: split(sent, cuts), ending: 'waits' })
    await withBytes(sent, received, async () => {
      const answers = parseAnswers(received, [request.method])
      const [answer] = answers
      if (answer === undefined || answers.length > 1)
        throw new Error(`${answers.length} answers to one request`)
      checkAnswer(answer, sent)
      // An unusual path may belong to another operation.
      const isPlain = request.segments.every((one, at) => {
        const part = request.template.slice(1).split('/')[at]
        return part === one || (part?.startsWith('{') && (typeof one !== 'string' || /^[\w-]+$/.test(one)))
      })
      if (isPlain && answer.status < 400) succeeded.add(`${request.method} ${request.template}`)
      const flaw = isPlain ? contract(request.method, request.template, answer) : undefined
      if (flaw !== undefined) throw new Error(`not in the contract: ${flaw}`)
      collectIds(known, answer.body.toString())
    })
  }
  await checkHealth(target)
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

const PARAMETERS = { devin: 'session_id', secret: 'secret_id', note: 'note_id', playbook: 'playbook_id' }

/** Adds the ids and attachment URLs in an answer to `known`. */
function collectIds(known: Record<string, string[]>, answer: string): void {
  const add = (parameter: string, value: string) => {
    known[parameter] = [...(known[parameter] ?? []), value]
  }
  for (const [, id = '', kind = ''] of answer.matchAll(/"((devin|secret|note|playbook)-[0-9a-f]{32})"/g)) {
    add(PARAMETERS[kind as keyof typeof PARAMETERS], id)
  }
  const [, uuid, name] = /\/attachments\/([0-9a-f-]{36})\/([^"?]+)"/.exec(answer) ?? []
  if (uuid !== undefined) add('uuid', uuid)
  if (name !== undefined) add('name', name)
}

/** Creates one record of each kind, so that requests have targets. Resolves with their ids. */
async function createRecords(target: Target): Promise<Record<string, string[]>> {
  const known: Record<string, string[]> = {}
  const bodies = {
    '/v1/sessions': { prompt: 'p' },
    '/v1/secrets': { type: 'totp', key: 'k', value: 'v', sensitive: true, note: '' },
    '/v1/knowledge': { name: 'n', body: 'b', trigger_description: 't' },
    '/v1/playbooks': { title: 't', body: 'b' },
  }
  for (const [path, body] of Object.entries(bodies)) {
    collectIds(known, JSON.stringify((await ask(target, 'POST', path, body, KEYS.one)).body))
  }
  const received = await converse(target.port, { pieces: [bytesOf(UPLOAD, known)], ending: 'waits' })
  for (const { body } of parseAnswers(received)) collectIds(known, body.toString())
  return known
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
