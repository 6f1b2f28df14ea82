// What a test file does: starts a fake, sends it one request, closes it.
import { startFakeDevin } from '../../dist/index.js'

const devin = await startFakeDevin()
const headers = { authorization: 'Bearer apk_user_bench' }
const response = await fetch(`${devin.url}/v1/secrets/secret-unknown`, { method: 'DELETE', headers })
if (response.status !== 404) throw new Error(String(response.status))
await response.json()
await devin.close()
