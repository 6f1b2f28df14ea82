// Finds a Python with pytest for the tests of the recipe for it, and installs both where that is possible without asking.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installPackage, isExecutable, onPath } from './programs.mjs'

/** What to do without pytest. */
const ADVICE =
  'The tests of the recipe for pytest need Python 3.9 or later with pytest: install it, for example with `apt-get install python3-pytest`, or set PYTEST_PYTHON to a Python that has it.'

const PROGRAM = 'import sys, pytest; sys.exit(sys.version_info < (3, 9))'

/**
 * Returns the path of a Python that has pytest. `root` is the folder below which Debian has its own Python, which may not be the first in
 * PATH. Throws an Error that says what to do if there is none.
 */
export function pytestPython(env = process.env, root = '/') {
  const { PYTEST_PYTHON: given } = env
  if (given) {
    if (isUsable(given, env)) return given
    throw new Error(`PYTEST_PYTHON is ${given}, which is not Python 3.9 or later with pytest. ${ADVICE}`)
  }
  const found = candidates(env, root).find((path) => isUsable(path, env))
  if (found === undefined) throw new Error(`No Python with pytest was found. ${ADVICE}`)
  return found
}

/** Like {@link pytestPython}, but installs pytest first if there is none. */
export async function installedPytest(env = process.env, root = '/') {
  if (!env.PYTEST_PYTHON && !candidates(env, root).some((path) => isUsable(path, env))) {
    const reasons = { title: 'pytest', purpose: 'the tests of the recipe for it', advice: ADVICE }
    await installPackage('python3-pytest', reasons, env)
  }
  return pytestPython(env, root)
}

function candidates(env, root) {
  const names = process.platform === 'win32' ? ['python.exe'] : ['python3', 'python']
  return [...names.flatMap((name) => onPath(name, env)), join(root, 'usr/bin/python3')]
}

function isUsable(path, env) {
  return isExecutable(path) && spawnSync(path, ['-c', PROGRAM], { env }).status === 0
}
