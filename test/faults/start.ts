import type { Test } from 'tap'
import type { AppOptions } from '../../src/app.ts'
import type { FaultView } from '../../src/schemas/control/fault.ts'
import type { RequestEntry } from '../../src/schemas/control/journal.ts'
import { type Fake, KEY, startFake } from '../fake.ts'
import { converse } from '../fuzz/wire.ts'

/** A JSON body that creates something. */
export const PLAYBOOK = JSON.stringify({ title: 'Release', body: 'Tag it.' })

/** A listening fake with shortcuts for faults. */
export interface Faulty extends Fake {
  readonly url: string
  /** Adds a fault and resolves with its id. */
  add(fault: object): Promise<string>
  faults(): Promise<FaultView[]>
  /** Resolves with the entries of the journal, oldest first. */
  journal(): Promise<RequestEntry[]>
  get(path?: string, init?: RequestInit): Promise<Response>
  /** Creates a playbook. */
  post(headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Resolves with the number of playbooks. */
  playbooks(): Promise<number>
  /** Sends texts one after the other on a connection, and resolves with all received bytes. */
  exchange(...texts: string[]): Promise<Buffer>
  /** Sends a text and disconnects. */
  sendAndDisconnect(text: string): Promise<unknown>
}

/** Starts a listening fake for a test. */
export async function startFaulty(t: Test, options: AppOptions = {}): Promise<Faulty> {
  const fake = await startFake(t, options)
  const url = await fake.listen()
  const port = Number(new URL(url).port)
  const authorization = `Bearer ${KEY}`
  const control = async (path: string) => (await fake.app.inject(path)).json()
  const bytes = (texts: readonly string[]) => texts.map((text) => Buffer.from(text))
  return {
    ...fake,
    url,
    add: async (fault) => {
      const res = await fake.send('POST', '/_fake/faults', fault)
      if (res.statusCode !== 201) throw new Error(res.body)
      return res.json().id
    },
    faults: async () => (await control('/_fake/faults')).faults,
    journal: async () => (await control('/_fake/requests')).requests,
    get: (path = '/v1/playbooks', init = {}) =>
      fetch(url + path, { ...init, headers: { authorization, ...init.headers } }),
    post: (headers = {}) =>
      fetch(`${url}/v1/playbooks`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: PLAYBOOK,
      }),
    playbooks: async () => (await fake.organization.playbooks.list()).length,
    exchange: (...texts) => converse(port, { pieces: bytes(texts), ending: 'waits' }),
    sendAndDisconnect: (...texts) => converse(port, { pieces: bytes(texts), ending: 'hangs up' }),
  }
}

/** Returns a request in wire format. */
export function raw(method: string, path: string, body = '', ...headers: string[]): string {
  const bodyHeaders = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${KEY}`,
    ...headers,
    ...(body === '' ? [] : bodyHeaders),
    '',
    body,
  ].join('\r\n')
}

/** Resolves with the code or name of the error that a promise rejects with. */
export function errorOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error) => String(error.cause?.code ?? error.code ?? error.name),
  )
}

/** Polls until a condition is true. */
export async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}
