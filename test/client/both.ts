import t, { type Test } from 'tap'
import { connectFakeDevin, type FakeDevin, type FakeDevinOptions, startFakeDevin } from '../../src/index.ts'

/** Runs a test against a fake in this process and against one over a socket. Both must behave alike. */
export function both(
  title: string,
  test: (t: Test, devin: FakeDevin) => Promise<unknown>,
  options: FakeDevinOptions = {},
): void {
  t.test(`${title}, in this process`, async (t) => {
    const devin = await startFakeDevin(options)
    t.teardown(() => devin.close())
    await test(t, devin)
  })

  t.test(`${title}, over a socket`, async (t) => {
    const server = await startFakeDevin(options)
    t.teardown(() => server.close())
    const devin = connectFakeDevin(server.url, { token: options.controlToken })
    await test(t, devin)
  })
}

/** Calls the API with a key and a JSON body. Resolves with the parsed answer. */
export async function call(
  devin: Pick<FakeDevin, 'fetch' | 'key'>,
  operation: string,
  body?: unknown,
  key = devin.key,
): Promise<{ status: number; json: ReturnType<JSON['parse']> }> {
  const [method = '', path = ''] = operation.split(' ')
  const response = await devin.fetch(path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

/** Returns the body that creates a secret of the given name. */
export const secret = (key: string) => ({
  type: 'key-value',
  key,
  value: 's3cr3t',
  sensitive: true,
  note: '',
})
