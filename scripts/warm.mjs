// Starts the built program once and sends it a first request, so that its code cache has what V8 compiles for a start.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url))
const env = { ...process.env, FAKE_DEVIN_HOST: '127.0.0.1', FAKE_DEVIN_PORT: '0' }

const server = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
const [line] = await once(server.stdout.setEncoding('utf8'), 'data')
const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line)
const headers = { authorization: 'Bearer apk_user_demo' }
await fetch(`${url}/v1/secrets/secret-unknown`, { method: 'DELETE', headers })
const health = spawn(process.execPath, [program, 'health', '--url', url], { env, stdio: 'ignore' })
await once(health, 'exit')
server.kill('SIGTERM')
await once(server, 'exit')
