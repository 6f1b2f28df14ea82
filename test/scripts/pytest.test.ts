import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { installedPytest, pytestPython } from '../../scripts/setup/pytest.mjs'

const skip = process.platform === 'win32' ? 'the programs of these tests are shell scripts' : false

/** A Python with pytest, and one without it. */
const [WITH, WITHOUT] = ['exit 0', 'exit 1']

/** Returns a machine with these programs. Its PATH is the folder `bin`. */
function machine(t: Test, programs: Record<string, string>) {
  const root = t.testdir({ bin: {} })
  for (const [path, text] of Object.entries(programs)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `#!/bin/sh\n${text}\n`)
    chmodSync(join(root, path), 0o755)
  }
  return { root, env: { PATH: join(root, 'bin') }, at: (path: string) => join(root, path) }
}

t.test('the Python is that of PYTEST_PYTHON, or else of PATH, or else of Debian', { skip }, async (t) => {
  const { root, env, at } = machine(t, { own: WITH, 'bin/python': WITH, 'usr/bin/python3': WITH })

  t.equal(pytestPython({ ...env, PYTEST_PYTHON: at('own') }, root), at('own'))
  t.equal(pytestPython({ ...env, PYTEST_PYTHON: '' }, root), at('bin/python'))
  t.equal(pytestPython({}, root), at('usr/bin/python3'))
  t.equal(await installedPytest(env, root), at('bin/python'))
})

t.test('a Python without pytest is skipped', { skip }, async (t) => {
  const { root, env, at } = machine(t, { 'bin/python3': WITHOUT, 'usr/bin/python3': WITH })

  t.equal(pytestPython(env, root), at('usr/bin/python3'))
})

t.test(
  'a PYTEST_PYTHON without pytest is refused in words, even if there is another',
  { skip },
  async (t) => {
    const { root, env, at } = machine(t, { own: WITHOUT, 'bin/python3': WITH })
    const given = { ...env, PYTEST_PYTHON: at('own') }
    const message = new RegExp(
      `^PYTEST_PYTHON is ${at('own')}, which is not Python 3\\.9 or later with pytest\\. The tests`,
    )

    t.throws(() => pytestPython(given, root), { message })
    await t.rejects(installedPytest(given, root), { message })
  },
)

t.test('without pytest and apt-get, the error says what to install', { skip }, async (t) => {
  const { root, env } = machine(t, { 'bin/python3': WITHOUT })
  const message = /^No Python with pytest was found\. .* `apt-get install python3-pytest`/

  t.throws(() => pytestPython(env, root), { message })
  await t.rejects(installedPytest(env, root), { message })
})

const onDebian = { skip: process.platform === 'linux' ? false : 'other systems have no apt-get' }

t.test('pytest is installed by apt-get', onDebian, async (t) => {
  const { root, env, at } = machine(t, {
    'bin/apt-get': `cd "\${0%/*}/.."
echo "$*" >>calls
[ "$1" = install ] || exit 1
printf '#!/bin/sh\\nexit 0\\n' >usr/bin/python3`,
    'bin/sudo': 'shift\nexec "$@"',
    'usr/bin/python3': WITHOUT,
  })

  t.equal(await installedPytest(env, root), at('usr/bin/python3'))
  t.equal(readFileSync(at('calls'), 'utf8'), 'update\ninstall -y --no-install-recommends python3-pytest\n')
})

t.test('a failed installation is an error with the reason', onDebian, async (t) => {
  const { root, env } = machine(t, {
    'bin/apt-get': 'echo no network; exit 1',
    'bin/sudo': 'shift\nexec "$@"',
  })

  await t.rejects(installedPytest(env, root), {
    message: /^pytest cannot be installed:\nno network\nThe tests/,
  })
})
