import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import { memoryStore } from '../src/store/memory.ts'
import { childEnvironment } from './child-environment.ts'
import { NOW, startFake } from './fake.ts'

const directory = new URL('../examples/', import.meta.url)

/**
 * Runs an example against its own server, whose clock moves only by ten seconds with every GET, however slow the machine is. Resolves
 * with the exit code and the output.
 */
async function run(t: Test, name: string, env: Record<string, string> = {}) {
  let now = NOW
  const organizations = new Organizations({ store: memoryStore(), clock: { now: () => now }, ids: randomIds })
  const fake = await startFake(t, { organizations })
  fake.app.server.prependListener('request', ({ method }) => {
    if (method === 'GET') now += 10_000_000
  })
  const DEVIN_API_URL = await fake.listen()
  return new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env: childEnvironment({ DEVIN_API_URL, ...env }) }
    const child = execFile(
      process.execPath,
      [new URL(name, directory).pathname],
      options,
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (child.exitCode ?? -1), output: stdout + stderr }),
    )
  })
}

const examples = readdirSync(directory).filter((name) => name.endsWith('.mjs'))

t.test('there is an example for each resource', async (t) => {
  t.same(examples.sort(), [
    'attachments.mjs',
    'knowledge.mjs',
    'legacy.mjs',
    'playbooks.mjs',
    'secrets.mjs',
    'sessions.mjs',
  ])
})

for (const name of examples) {
  t.test(`examples/${name} runs through`, async (t) => {
    const { code, output } = await run(t, name)

    t.equal(code, 0, output)
    t.match(output, /200/)
  })

  t.test(`examples/${name} fails where the server does not answer as it should`, async (t) => {
    const { code, output } = await run(t, name, { DEVIN_API_KEY: 'cog_no_v1_key' })

    t.not(code, 0, output)
  })
}
