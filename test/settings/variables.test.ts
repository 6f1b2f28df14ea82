import t from 'tap'
import { optionsOfVariables, variablesOfOptions } from '../../src/settings/variables.ts'

t.test('exactly the variables of the flags are options', async (t) => {
  const env = {
    FAKE_DEVIN_SPEED: '60',
    FAKE_DEVIN_SEED: 'seed.yaml',
    FAKE_DEVIN_STRICT_KEYS: 'false',
    FAKE_DEVIN_CLOCK: '',
    FAKE_DEVIN_URL: 'http://127.0.0.1:1',
    FAKE_DEVIN_OTHER: 'x',
    PORT: '3000',
    HOST: '0.0.0.0',
    UNSET: undefined,
  }

  t.same(optionsOfVariables(env), { speed: 60, seedFile: 'seed.yaml', strictKeys: false })
  t.same(optionsOfVariables({ FAKE_DEVIN_PORT: '3000', FAKE_DEVIN_LOG_LEVEL: 'warn' }), {
    port: 3000,
    logLevel: 'warn',
  })
  t.same(optionsOfVariables({ FAKE_DEVIN_PORT: 'tcp://10.0.0.1:8080' }), {}, 'a variable of Kubernetes')
})

t.test('an invalid variable is an error that names it', async (t) => {
  t.throws(() => optionsOfVariables({ FAKE_DEVIN_SPEED: 'fast' }), {
    name: 'UsageError',
    message: /^FAKE_DEVIN_SPEED takes a number above 0/,
  })
})

t.test('options become equivalent variables', async (t) => {
  const options = {
    speed: 'instant',
    clock: '2026-01-02T03:04:05Z',
    seedFile: '/seed.yaml',
    strictKeys: true,
    maxRecords: 7,
    answers: { 'v1-bad-key': '401', 'v1-delete-secret': '204' },
    logLevel: undefined,
  } as const

  const variables = variablesOfOptions(options)

  t.same(variables, {
    FAKE_DEVIN_SPEED: 'instant',
    FAKE_DEVIN_CLOCK: '2026-01-02T03:04:05.000000Z',
    FAKE_DEVIN_SEED: '/seed.yaml',
    FAKE_DEVIN_STRICT_KEYS: 'true',
    FAKE_DEVIN_MAX_RECORDS: '7',
    FAKE_DEVIN_ANSWER: 'v1-bad-key=401,v1-delete-secret=204',
  })
  const { logLevel: _, ...given } = options
  t.same(optionsOfVariables(variables), { ...given, clock: '2026-01-02T03:04:05.000000Z' })
})

t.test('options without trusted proxies become a variable that has an effect', async (t) => {
  const variables = variablesOfOptions({ forwardedAllowIps: 'none' })

  t.same(variables, { FAKE_DEVIN_FORWARDED_ALLOW_IPS: 'none' })
  t.same(optionsOfVariables(variables), { forwardedAllowIps: '' })
  t.same(variablesOfOptions(optionsOfVariables(variables)), variables)
})

t.test('an invalid option is an error that names it', async (t) => {
  t.throws(() => variablesOfOptions(Object({ sped: 60 })), {
    message: 'unknown option "sped", did you mean speed?',
  })
  t.throws(() => variablesOfOptions({ speed: 0 }), { message: /^speed takes a number above 0/ })
})
