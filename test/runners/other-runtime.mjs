// What runs on Bun and Deno, too, which have no test runner in common.
import { connectFakeDevin, startFakeDevin } from 'fake-devin'
import { abort, isNow, useAll, useRemote } from './shared.cjs'

const devin = await startFakeDevin()
await useAll(devin)
await abort(devin)
await isNow(devin, Date.now())
await useRemote(connectFakeDevin, devin)
await devin.close()
console.log('closed')
