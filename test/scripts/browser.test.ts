import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { browserPath, installedBrowser } from '../../scripts/setup/browser.mjs'

/** A program that does nothing. */
const PROGRAM = '#!/bin/sh\n'

/** Returns an environment whose PATH has these programs only, and the path of a file in it. */
function environment(t: Test, programs: Record<string, string>) {
  const folder = t.testdir({})
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  return { env: { PATH: folder }, pathOf: (name: string) => join(folder, name) }
}

/** A machine with Debian's package manager, which notes how it is called and installs a browser beside itself. */
function debian(t: Test, install: string) {
  return environment(t, {
    'apt-get': `#!/bin/sh\necho "$*" >>"\${0%apt-get}calls"\n[ "$1" = install ] || exit 1\n${install}`,
    sudo: '#!/bin/sh\nshift\nexec "$@"\n',
  })
}

/** Installs an empty program of the name of the package, which is the last argument. */
const INSTALL = `for name; do :; done\necho '#!/bin/sh' >"\${0%apt-get}$name"\n/bin/chmod +x "\${0%apt-get}$name"\n`

t.test('the browser is that of CHROMIUM_PATH, or else the first known one on PATH', async (t) => {
  const { env, pathOf } = environment(t, {
    'google-chrome': PROGRAM,
    'chromium-browser': PROGRAM,
    own: PROGRAM,
  })

  t.equal(browserPath({ ...env, CHROMIUM_PATH: pathOf('own') }), pathOf('own'))
  t.equal(browserPath({ ...env, CHROMIUM_PATH: '' }), pathOf('chromium-browser'))
  t.equal(await installedBrowser(env), pathOf('chromium-browser'))
})

t.test('a headless Chromium is preferred', async (t) => {
  const { env, pathOf } = environment(t, { chromium: PROGRAM, 'chromium-headless-shell': PROGRAM })

  t.equal(browserPath(env), pathOf('chromium-headless-shell'))
})

t.test('a CHROMIUM_PATH that is not a program is an error, even if there is another browser', async (t) => {
  const { env, pathOf } = environment(t, { chromium: PROGRAM })
  for (const CHROMIUM_PATH of [pathOf('missing'), pathOf('')]) {
    const message = `CHROMIUM_PATH is ${CHROMIUM_PATH}, which is not a program.`
    t.throws(() => browserPath({ ...env, CHROMIUM_PATH }), { message: new RegExp(`^${message}`) })
    await t.rejects(installedBrowser({ ...env, CHROMIUM_PATH }), { message: new RegExp(`^${message}`) })
  }
})

const skip = process.platform === 'linux' ? false : 'other systems have browsers and no apt-get'

t.test(
  'Chromium is installed by apt-get if there is no browser, even if its lists are old',
  { skip },
  async (t) => {
    const { env, pathOf } = debian(t, INSTALL)

    t.equal(await installedBrowser(env), pathOf('chromium-headless-shell'))
    t.equal(
      readFileSync(pathOf('calls'), 'utf8'),
      'update\ninstall -y --no-install-recommends chromium-headless-shell\n',
    )
  },
)

t.test('the full browser is installed if Debian has no headless Chromium', { skip }, async (t) => {
  const { env, pathOf } = debian(t, `${INSTALL.replace('\n', '\n[ $name = chromium ] || exit 100\n')}`)

  t.equal(await installedBrowser(env), pathOf('chromium'))
})

t.test('a failed installation is reported with its reason and with what to do', { skip }, async (t) => {
  const { env } = debian(t, 'echo "E: Unable to locate package chromium" >&2\nexit 100\n')

  await t.rejects(installedBrowser(env), {
    message:
      /^Chromium cannot be installed:\nE: Unable to locate package chromium\nThe tests .* set CHROMIUM_PATH/,
  })
})

t.test('without a browser and apt-get, the error says what to install', { skip }, async (t) => {
  const { env, pathOf } = environment(t, {})

  for (const failure of [installedBrowser(env), (async () => browserPath(env))()]) {
    await t.rejects(failure, { message: /^No browser was found\. .* set CHROMIUM_PATH to its executable\.$/ })
  }
  t.notOk(existsSync(pathOf('calls')))
})
