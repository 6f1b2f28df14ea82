import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { childEnvironment } from '../child-environment.ts'

const driver = fileURLToPath(new URL('../../scripts/test/each.mjs', import.meta.url))

t.test('each file runs in its own process, and the exit code is 1 if one fails', async (t) => {
  const files = {
    'good.mjs': "console.log('# { total: 2, pass: 2 }')",
    'bad.mjs': "console.log('not ok 1 - a test')\nprocess.exitCode = 1",
    'broken.mjs': "throw new Error('boom')",
    'also-good.mjs': 'console.error(process.argv.length, process.env.TAP_TIMEOUT)',
  }
  const cwd = t.testdir(files)
  const run = (names: readonly string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = childEnvironment()
      const child = execFile(process.execPath, [driver, ...names], { cwd, env }, (_error, stdout) =>
        resolve({ code: child.exitCode ?? -1, output: stdout }),
      )
    })

  const { code, output } = await run(Object.keys(files))

  t.equal(code, 1)
  t.match(output, /^# \{ total: 2, pass: 2 \}\nok - good\.mjs # \d+ s\n$/m)
  t.match(output, /^not ok 1 - a test\nnot ok - bad\.mjs # \d+ s, exit code 1\n$/m)
  t.match(output, /Error: boom[\s\S]*\nnot ok - broken\.mjs # \d+ s, exit code 1\n$/m)
  t.match(output, /^2 300\nok - also-good\.mjs # \d+ s\n$/m)
  t.match(await run(['good.mjs', 'also-good.mjs']), { code: 0 })
})
