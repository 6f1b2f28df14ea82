import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { health } from '../../src/cli/health.ts'
import { runHere } from './run-here.ts'

/** Starts a server with the given answers and returns its URL. */
async function answering(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function check(url: string, limit?: AbortSignal) {
  const output: string[] = []
  const io = { write: (text: string) => output.push(text) }
  const where = { url, host: '127.0.0.1', port: 1 }
  const code = await health(where, { stdout: io, stderr: io }, limit)
  return { code, text: output.join('') }
}

t.test('fake-devin health calls /_fake/health below the path of the URL', async (t) => {
  const url = await answering(t, (request, response) =>
    response.writeHead(request.url === '/below/_fake/health' ? 200 : 500).end(),
  )

  t.same(await check(`${url}/below`), { code: 0, text: 'ok\n' })
})

t.test('fake-devin health fails on any other status and reports it', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(503).end())

  t.same(await check(url), { code: 1, text: `fake-devin: ${url}/_fake/health: answers 503\n` })
})

t.test('fake-devin health fails when no answer arrives in time', async (t) => {
  const limit = new AbortController()
  const url = await answering(t, () => limit.abort())

  t.same(await check(url, limit.signal), {
    code: 1,
    text: `fake-devin: ${url}/_fake/health: no answer within 2000 ms\n`,
  })
})

t.test('fake-devin health uses HTTPS for an https URL', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(200).end())

  t.match(await check(url.replace('http:', 'https:')), { code: 1, text: /: no answer \(.+\)\n$/ })
})

t.test('fake-devin health calls the local server and ignores FAKE_DEVIN_URL', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(200).end())
  const { port } = new URL(url)
  const env = { FAKE_DEVIN_URL: 'http://127.0.0.1:1' }

  for (const FAKE_DEVIN_HOST of ['127.0.0.1', '0.0.0.0']) {
    t.same(await runHere(['health'], { env: { ...env, FAKE_DEVIN_HOST, FAKE_DEVIN_PORT: port } }), {
      code: 0,
      stdout: 'ok\n',
      stderr: '',
    })
  }
  t.match(await runHere(['health', '--url', env.FAKE_DEVIN_URL], { env: { FAKE_DEVIN_PORT: port } }), {
    code: 1,
  })
})
