import type { Test } from 'tap'
import type { AppOptions } from '../../src/app.ts'
import type { FaultView } from '../../src/schemas/control/fault.ts'
import type { RequestEntry } from '../../src/schemas/control/journal.ts'
import { type Fake, KEY, startFake } from '../fake.ts'
import { converse } from '../fuzz/wire.ts'

/** A JSON body that creates something. */
export const PLAYBOOK = JSON.stringify({ title: 'Release', body: 'Tag it.' })

/** A fake that listens, and short ways to make it fail and to see how. */
export interface Faulty extends Fake {
  readonly url: string
  /** Adds a fault; gives its id. */
  add(fault: object): Promise<string>
  faults(): Promise<FaultView[]>
  /** What the journal has, oldest first. */
  journal(): Promise<RequestEntry[]>
  get(path?: string, init?: RequestInit): Promise<Response>
  /** Creates a playbook. */
  post(headers?: Readonly<Record<string, string>>): Promise<Response>
  /** How many playbooks there are. */
  playbooks(): Promise<number>
  /** All that comes back on a connection for texts that are sent one after the other. */
  talk(...texts: string[]): Promise<Buffer>
  /** Sends a text and hangs up. */
  leave(text: string): Promise<unknown>
}

/** Starts a fake for a test. */
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
    talk: (...texts) => converse(port, { pieces: bytes(texts), ending: 'waits' }),
    leave: (...texts) => converse(port, { pieces: bytes(texts), ending: 'hangs up' }),
  }
}

/** A request as it is sent. */
export function raw(method: string, path: string, body = '', ...headers: string[]): string {
  const ofBody = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${KEY}`,
    ...headers,
    ...(body === '' ? [] : ofBody),
    '',
    body,
  ].join('\r\n')
}

/** Why something failed. */
export function errorOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error) => String(error.cause?.code ?? error.code ?? error.name),
  )
}

/** Settles once something is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}
