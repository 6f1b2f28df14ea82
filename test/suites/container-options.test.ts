import t from 'tap'
import { containerSettings } from '../../src/suites/container-options.ts'

t.test('options are variables, files of this machine are copied, and data is written', async (t) => {
  const seed = { organizations: [{ secrets: [] }] }
  const scenarios = [{ match: { tag: '/^nightly/' }, scenario: 'blocked' }]

  const settings = containerSettings({
    speed: 60,
    keysFile: 'test/keys.txt',
    seed,
    scenarios,
    logLevel: undefined,
  })

  t.same(settings, {
    environment: {
      FAKE_DEVIN_SPEED: '60',
      FAKE_DEVIN_KEYS: '/etc/fake-devin/keysFile.txt',
      FAKE_DEVIN_SEED: '/etc/fake-devin/seed.json',
      FAKE_DEVIN_SCENARIOS: '/etc/fake-devin/scenarios.json',
    },
    files: [{ source: 'test/keys.txt', target: '/etc/fake-devin/keysFile.txt' }],
    contents: [
      { content: JSON.stringify(seed), target: '/etc/fake-devin/seed.json' },
      { content: JSON.stringify(scenarios), target: '/etc/fake-devin/scenarios.json' },
    ],
  })
  t.same(containerSettings({}), { environment: {}, files: [], contents: [] })
})

t.test('a file and data for the same option exclude each other', async (t) => {
  const message = 'seed and seedFile cannot be combined in a container'
  t.throws(() => containerSettings({ seed: { organizations: [] }, seedFile: 'seed.yaml' }), { message })
  t.throws(() => containerSettings({ scenarios: [], scenariosFile: 'rules.yaml' }), {
    message: /^scenarios and/,
  })
})

t.test('an option that a container sets itself, or a misspelt one, is an error that names it', async (t) => {
  for (const name of ['port', 'host', 'tls', 'tlsPort', 'tlsCertFile', 'tlsKeyFile', 'tlsCaOutFile']) {
    t.throws(() => containerSettings(Object({ [name]: 1 })), {
      name: 'UsageError',
      message: `a container has no option ${name}; set its variable with withEnvironment`,
    })
  }
  t.throws(() => containerSettings(Object({ sped: 1 })), { message: /did you mean speed/ })
})
