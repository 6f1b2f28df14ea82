// The same as socket.mjs, by the fake's own fetch, which uses no socket.
import { startFakeDevin } from '../../dist/index.js'

const devin = await startFakeDevin()
const headers = { authorization: 'Bearer apk_user_bench' }
const response = await devin.fetch('/v1/secrets/secret-unknown', { method: 'DELETE', headers })
if (response.status !== 404) throw new Error(String(response.status))
await response.json()
await devin.close()
