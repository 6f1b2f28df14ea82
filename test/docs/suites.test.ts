// Tests docs/suites.md. `npm run check-runners` runs its recipes for Jest, mocha, node:test and Testcontainers, which are not installed here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { pytestPython } from '../../scripts/setup/pytest.mjs'
import { startFakeDevin } from '../../src/index.ts'
import { FLAGS, readConfig } from '../../src/settings/config.ts'
import { clientVariables } from '../../src/suites/client-variables.ts'
import { WITHOUT_LOADERS } from '../child-environment.ts'
import { blocksOf, codeSpansOf } from '../markdown.ts'
import { publishedProgram } from '../published.ts'
import { folderOfFiles, run } from './files.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/suites.md')
const blocks = blocksOf(page)
const recipes = blocks.filter(({ role }) => /\.(?:mjs|cjs|py)$/.test(role))

t.test('docs/suites.md names every variable that is set', async (t) => {
  const spans = codeSpansOf(page)

  for (const name of Object.keys(clientVariables({ url: '', v3Key: '', key: '', orgId: '' })))
    t.ok(spans.includes(name), name)
})

t.test('the recipe for Vitest runs with Vitest', async (t) => {
  const files = recipes.filter(({ role }) => /vitest/.test(role))
  const [shell, ...command] = [
    ...WITHOUT_LOADERS,
    process.execPath,
    join(root, 'node_modules/vitest/vitest.mjs'),
  ] as const

  const printed = await run(shell, [...command, 'run'], { cwd: folderOfFiles(t, files) })

  t.match(printed, /Tests +1 passed/)
})

/** Runs pytest on the tests of the page with conftest.py. Resolves with what it has printed. Rejects with that if it fails. */
async function pytest(
  t: Test,
  variables: NodeJS.ProcessEnv,
  tests = blocks.find(({ role }) => role === 'test_devin.py')?.text,
) {
  const cwd = t.testdir({
    'conftest.py': read('docs/examples/pytest/conftest.py'),
    'test_devin.py': `${tests}\n`,
  })
  // Without pyenv, whose programs of this name depend on the folder.
  return run(pytestPython(), ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-p', 'no:xdist'], {
    cwd,
    variables: { PYTHONDONTWRITEBYTECODE: '1', ...variables },
  })
}

/** The command that starts the published program. The page's is `npx fake-devin`. */
const FAKE_DEVIN_COMMAND = `'${process.execPath}' '${publishedProgram()}' --port {port}`

t.test('the tests of the page pass with conftest.py, which starts a fake', async (t) => {
  t.match(await pytest(t, { FAKE_DEVIN_COMMAND, http_proxy: 'http://127.0.0.1:9' }), /^2 passed\b/m)
})

t.test('conftest.py uses a fake that runs already, and its token', async (t) => {
  const controlToken = 's3cr3t'
  const devin = await startFakeDevin({ controlToken })
  t.teardown(() => devin.close())
  const variables = {
    FAKE_DEVIN_URL: `${devin.url}/`,
    FAKE_DEVIN_CONTROL_TOKEN: controlToken,
    FAKE_DEVIN_COMMAND: 'false',
  }

  t.match(await pytest(t, variables), /^2 passed\b/m)

  t.equal((await devin.organizations.list()).organizations.length, 3, 'an organization per test')
})

t.test('the fixture has what its description says', async (t) => {
  const tests = `
import os
from urllib.error import HTTPError
import pytest

def test_variables(devin):
    assert os.environ["DEVIN_API_KEY"] == devin.key
    assert os.environ["DEVIN_ORG_ID"] == devin.org_id
    assert {os.environ[name] for name in (${JSON.stringify(Object.keys(clientVariables({ url: '', v3Key: '', key: '', orgId: '' })).filter((name) => /URL|BASE/.test(name))).slice(1, -1)})} == {devin.url}
    assert devin.call("GET", "/v1/secrets", key=devin.v1_key) == []

def test_faults_and_reset(devin):
    path = f"/v3/organizations/{devin.org_id}/secrets"
    devin.fail(preset="rate-limit")
    with pytest.raises(HTTPError, match=f"429.*GET {path}.*Too Many Requests") as refused:
        devin.call("GET", path)
    assert b"Too Many Requests" in refused.value.read()
    devin.reset()
    devin.fail(method="DELETE", path="/v3/**", status=503)
    assert devin.call("GET", path)["total"] == 0
    with pytest.raises(HTTPError, match="503"):
        devin.call("DELETE", f"{path}/secret-none")

def test_verify(devin):
    path = f"/v3/organizations/{devin.org_id}/secrets"
    devin.verify(method="GET", path=path, times=0)
    with pytest.raises(AssertionError, match=r"expected at least 1 request, found 0\\s+there were no requests"):
        devin.verify()
    devin.call("GET", path)
    devin.verify(method="GET", path=path, times=1)
    with pytest.raises(AssertionError, match=r"exactly 2 requests.*found 1\\s+there were no other requests"):
        devin.verify(method="GET", times=2)
    with pytest.raises(AssertionError, match=rf"nearest requests:\\s+#[0-9]+ GET {path} 200\\s+method: expected POST"):
        devin.verify(method="POST")
    with pytest.raises(HTTPError, match="did you mean method"):
        devin.verify(methd="POST")

def test_no_variables_without_the_fixture():
    assert "DEVIN_API_URL" not in os.environ
`

  t.match(await pytest(t, { FAKE_DEVIN_COMMAND }, tests), /^4 passed\b/m)
})

t.test('a command that does not start a fake fails the tests with its output', async (t) => {
  await t.rejects(pytest(t, { FAKE_DEVIN_COMMAND: `${FAKE_DEVIN_COMMAND} --sped 60` }), {
    message: /The command that starts the fake ended with 2:\nfake-devin: unknown flag --sped/,
  })
})

t.test('the example for pytest equals the one on the page', async (t) => {
  const shown = blocks.find(({ role }) => role === 'test_devin.py')?.text

  t.equal(read('docs/examples/pytest/test_devin.py'), `${shown}\n`)
})

t.test('the workflow gives the action inputs that it has, and uses outputs that it has', async (t) => {
  const action = parse(read('setup/action.yml'))
  const text = blocks.find(({ role }) => role === 'actions')?.text ?? ''
  const { steps } = parse(text).jobs.test
  const { id, uses, with: inputs } = steps.find(({ uses = '' }) => /\/setup@/.test(uses))

  t.match(uses, /^[\w-]+\/fake-devin\/setup@\w+$/)
  for (const name of Object.keys(inputs)) t.ok(name in action.inputs, name)
  t.doesNotThrow(() => readConfig({ argv: inputs.flags.split(' '), env: {} }))
  for (const [, step, name = ''] of text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)) {
    t.equal(step, id)
    t.ok(name in action.outputs, name)
  }
  t.equal(action.inputs.port.default, String(FLAGS.port.default))
})
