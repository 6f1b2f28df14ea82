import t from 'tap'
import { seededIds } from '../../src/base/ids.ts'
import { checkPattern } from '../../src/simulation/patterns.ts'
import { compileMatch } from '../../src/simulation/rule-matching.ts'
import { type Candidate, type Rule, ScenarioRules } from '../../src/simulation/scenario-rules.ts'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'
import { cpuMillis } from '../cpu-time.ts'

const newRules = () => new ScenarioRules(seededIds(1, ''))

const aRule = (fields: Partial<Rule> = {}): Rule => ({
  name: undefined,
  match: undefined,
  scenario: 'never',
  ...fields,
})

const aCandidate = (fields: Partial<Candidate> = {}): Candidate => ({
  prompt: 'Fix the tests',
  title: null,
  tags: [],
  ...fields,
})

const { blocked, never, slow } = builtInScenarios

t.test('a regular expression in any member of a match is recognized', async (t) => {
  const usesExpression = (match: Rule['match']) => compileMatch({ name: undefined, match }).usesExpression

  for (const member of ['prompt', 'title', 'tag']) {
    t.equal(usesExpression({ [member]: '/x/' }), true, member)
    t.equal(usesExpression({ [member]: 'x' }), false, member)
  }
})

t.test('without rules, the default scenario is chosen', async (t) => {
  t.equal(await newRules().choose(aCandidate(), 'org-a'), builtInScenarios.default)
})

t.test('the first matching rule is chosen', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { prompt: 'docs' }, scenario: 'slow' }))
  rules.add(aRule({ match: { prompt: 'Fix' }, scenario: 'blocked' }))
  rules.add(aRule({ match: { prompt: 'tests' }, scenario: 'never' }))

  t.equal(await rules.choose(aCandidate(), 'org-a'), blocked)
})

t.test('a rule without match applies to all sessions', async (t) => {
  const rules = newRules()
  rules.add(aRule())

  t.equal(await rules.choose(aCandidate(), 'org-a'), never)
})

t.test('all given members of match must match', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { prompt: '/^fix/i', title: 'Nightly', tag: '/^ci:/' } }))

  const chosen = async (fields: Partial<Candidate>) =>
    (await rules.choose(aCandidate(fields), 'org-a')) === never

  t.ok(await chosen({ title: 'Nightly run', tags: ['a', 'ci:1'] }))
  t.notOk(await chosen({ title: 'Nightly run', tags: ['a', 'x-ci:1'] }))
  t.notOk(await chosen({ title: 'Daily run', tags: ['ci:1'] }))
  t.notOk(await chosen({ title: null, tags: ['ci:1'] }))
  t.notOk(await chosen({ prompt: 'Do not fix', title: 'Nightly', tags: ['ci:1'] }))
})

t.test('title matches only titles set by the client, and tag matches any of the tags', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { title: 'x' }, scenario: 'blocked' }))
  rules.add(aRule({ match: { tag: 'nightly' }, scenario: 'slow' }))

  t.equal(await rules.choose(aCandidate({ prompt: 'x' }), 'o'), builtInScenarios.default)
  t.equal(await rules.choose(aCandidate({ title: 'xy' }), 'o'), blocked)
  t.equal(await rules.choose(aCandidate({ tags: ['a', 'nightly-2'] }), 'o'), slow)
})

t.test('only the first hundred tags are searched', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { tag: 'wanted' } }))
  const others = (count: number) => Array.from({ length: count }, (_, index) => `tag-${index}`)

  t.equal(await rules.choose(aCandidate({ tags: [...others(99), 'wanted'] }), 'o'), never)
  t.equal(await rules.choose(aCandidate({ tags: [...others(100), 'wanted'] }), 'o'), builtInScenarios.default)
})

t.test('a rule with a name and no match applies only to sessions that name it', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'mine', scenario: 'slow' }))

  t.equal(await rules.choose(aCandidate(), 'o'), builtInScenarios.default)
  t.equal(await rules.choose(aCandidate({ prompt: 'Please [fake:mine] do it' }), 'o'), slow)
})

t.test('a marker in the prompt takes precedence over every rule', async (t) => {
  const rules = newRules()
  rules.add(aRule({ scenario: 'slow' }))

  for (const marker of ['[fake:blocked]', '[fake: blocked ]', 'see [fake:blocked] not [fake:never]']) {
    t.equal(await rules.choose(aCandidate({ prompt: `x ${marker} y` }), 'o'), blocked, marker)
  }
})

t.test('a marker with an unknown name is an error with the known names', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'mine' }))

  for (const name of ['Blocked', 'toString', '__proto__', 'not such']) {
    await t.rejects(rules.choose(aCandidate({ prompt: `[fake:${name}]` }), 'o'), {
      name: 'UnknownScenarioError',
      message: `unknown scenario ${name}; known are mine, default, blocked-then-finished,`,
    })
  }
})

t.test('malformed markers are ignored', async (t) => {
  for (const prompt of ['[fake:]', '[fake:blocked', 'fake:blocked', '[fake:blo\ncked]', '[Fake:blocked]']) {
    t.equal(await newRules().choose(aCandidate({ prompt }), 'o'), builtInScenarios.default, prompt)
  }
})

t.test(
  'rules of an organization take precedence over those for all, regardless of their order',
  async (t) => {
    const rules = newRules()
    rules.add(aRule({ scenario: 'slow' }))
    rules.add(aRule({ scenario: 'blocked' }), 'org-a')

    t.equal(await rules.choose(aCandidate(), 'org-a'), blocked)
    t.equal(await rules.choose(aCandidate(), 'org-b'), slow)
  },
)

t.test('rule names are scoped to an organization and take precedence over built-in names', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'blocked', scenario: 'slow' }), 'org-a')

  t.equal(rules.named('blocked', 'org-a'), slow)
  t.equal(rules.named('blocked', 'org-b'), blocked)
  t.equal(rules.named('blocked', null), blocked)
})

t.test('a rule named default replaces the default scenario', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'default', scenario: 'slow' }), 'org-a')

  t.equal(await rules.choose(aCandidate(), 'org-a'), slow)
  t.equal(await rules.choose(aCandidate(), 'org-b'), builtInScenarios.default)
})

t.test(
  'a rule can refer to an earlier rule, and keeps its scenario after that rule is deleted',
  async (t) => {
    const rules = newRules()
    const scenario = { steps: [{ message: 'hello' }] }
    const { id } = rules.add(aRule({ name: 'mine', scenario }))
    rules.add(aRule({ match: { prompt: 'Fix' }, scenario: 'mine' }))
    rules.delete(id)

    t.equal(await rules.choose(aCandidate(), 'o'), scenario)
    t.throws(() => rules.named('mine', null), { name: 'UnknownScenarioError' })
  },
)

t.test('a rule with an unknown scenario name is not added', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'mine' }), 'org-a')

  t.throws(() => rules.add(aRule({ scenario: 'mine' })), { name: 'UnknownScenarioError' })
  t.equal(rules.list().length, 1)
})

t.test('the names that a session can choose are listed without duplicates', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'mine' }))
  rules.add(aRule({ name: 'never' }), 'org-a')
  rules.add(aRule())

  const builtIn = Object.keys(builtInScenarios)
  t.same(rules.names(null), ['mine', ...builtIn])
  t.same(rules.names('org-a'), ['never', 'mine', ...builtIn.filter((name) => name !== 'never')])
})

t.test('a name is taken if another rule in the same scope has it', async (t) => {
  const rules = newRules()
  rules.add(aRule({ name: 'mine' }), 'org-a')
  const { isKnown, isTaken } = rules.knownNames('org-a')

  t.same([isTaken('mine'), isTaken('never'), isTaken('other')], [true, false, false])
  t.same(['mine', 'never', 'other'].map(isKnown), [true, true, false])
  t.notOk(rules.knownNames(null).isTaken('mine'))
  t.notOk(rules.knownNames('org-b').isTaken('mine'))
  t.notOk(rules.knownNames(null).isKnown('mine'))
})

t.test('the rules are listed in the order in which they are tried', async (t) => {
  const rules = newRules()
  const forAll = rules.add(aRule())
  const ofA = rules.add(aRule({ scenario: 'slow' }), 'org-a')
  const ofB = rules.add(aRule({ name: 'b', match: { prompt: 'x' } }), 'org-b')

  t.same(rules.list('org-a'), [ofA, forAll])
  t.same(rules.list('org-c'), [forAll])
  t.same(rules.list(), [ofA, ofB, forAll])
  t.match(ofB, { orgId: 'org-b', name: 'b', match: { prompt: 'x' }, scenario: 'never' })
  t.match(ofB.id, /^scenario-[0-9a-f]{32}$/)
})

t.test('a deleted rule no longer applies', async (t) => {
  const rules = newRules()
  const { id } = rules.add(aRule(), 'org-a')

  t.ok(rules.delete(id))
  t.notOk(rules.delete(id))
  t.same(rules.list(), [])
  t.equal(await rules.choose(aCandidate(), 'org-a'), builtInScenarios.default)
})

t.test('clear deletes the rules of one organization, or all rules', async (t) => {
  const rules = newRules()
  const forAll = rules.add(aRule())
  rules.add(aRule(), 'org-a')
  rules.add(aRule(), 'org-b')

  rules.clear('org-a')
  t.same(rules.list('org-a'), [forAll])
  t.equal(rules.list().length, 2)

  rules.clear()
  t.same(rules.list(), [])
})

t.test('captured rules are restored unchanged', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { prompt: 'Fix' }, scenario: 'slow' }), 'org-a')
  rules.add(aRule({ scenario: { steps: [] } }))
  const other = newRules()
  other.add(aRule())

  other.restore(rules.capture())

  t.same(other.list(), rules.list())
  t.equal(await other.choose(aCandidate(), 'org-a'), slow)
})

t.test('captured rules contain the scenarios that they refer to', async (t) => {
  const rules = newRules()
  const scenario = { steps: [] }
  const { id } = rules.add(aRule({ name: 'mine', scenario }))
  rules.add(aRule({ scenario: 'mine' }))
  rules.delete(id)
  // Refers to the built-in scenario, although a later rule has the same name.
  rules.add(aRule({ name: 'first', scenario: 'blocked' }))
  rules.add(aRule({ name: 'blocked', scenario }))

  const [byName, first] = rules.capture()

  t.equal(byName?.scenario, scenario)
  t.equal(first?.scenario, blocked)
})

t.test('restoring the rules of one organization does not change the others', async (t) => {
  const rules = newRules()
  const ofA = rules.add(aRule(), 'org-a')
  const forAll = rules.add(aRule())
  const captured = rules.capture()
  rules.clear('org-a')
  rules.add(aRule({ scenario: 'slow' }), 'org-a')
  const later = rules.add(aRule())

  rules.restore(captured, 'org-a')

  t.same(rules.list(), [ofA, forAll, later])
})

// Takes exponential time, but passes the check, because none of the tried texts consists of `qwerty`.
const SLOW = '/^(?:qwer|qwert|y|ty)*!/'
const slowPrompt = 'qwerty'.repeat(1500)

t.test('a regular expression with exponential time can pass the check', async (t) => {
  t.doesNotThrow(() => checkPattern(SLOW))
})

t.test('a regular expression that exceeds the time limit counts as not matching', async (t) => {
  const rules = newRules()
  rules.add(aRule({ match: { prompt: SLOW }, scenario: 'slow' }))
  rules.add(aRule({ match: { prompt: 'qwerty' }, scenario: 'blocked' }))

  const begun = cpuMillis()

  t.equal(await rules.choose(aCandidate({ prompt: slowPrompt }), 'o'), blocked)
  t.ok(cpuMillis() - begun < 5000)
})

t.test(
  'a thousand regular expressions with exponential time delay a session by at most 20 seconds',
  async (t) => {
    const rules = newRules()
    for (let count = 0; count < 1000; count++) rules.add(aRule({ match: { prompt: SLOW }, scenario: 'slow' }))

    const begun = cpuMillis()

    t.equal(await rules.choose(aCandidate({ prompt: slowPrompt }), 'o'), builtInScenarios.default)
    t.ok(cpuMillis() - begun < 20_000)
  },
)

t.test('ten sessions are matched against ten thousand rules within five seconds', async (t) => {
  const rules = newRules()
  for (let count = 0; count < 10_000; count++) {
    const prompt = count % 2 === 0 ? `nothing ${count}` : `/no (thing|body) ${count}$/i`
    rules.add(aRule({ match: { prompt }, scenario: 'slow' }))
  }
  rules.add(aRule({ match: { prompt: 'Fix' } }))

  const begun = cpuMillis()
  const chosen: unknown[] = []
  for (let count = 0; count < 10; count++) chosen.push(await rules.choose(aCandidate(), 'o'))

  t.ok(chosen.every((scenario) => scenario === never))
  t.ok(cpuMillis() - begun < 5000)
})

t.test(
  'a captured rule keeps the name of a scenario that equals the built-in one of that name',
  async (t) => {
    const rules = newRules()
    const equal = structuredClone(builtInScenarios.never)
    rules.add({ name: 'never', match: undefined, scenario: equal })
    rules.add({ name: 'other', match: undefined, scenario: 'never' })

    t.match(rules.capture(), [{ scenario: equal }, { scenario: 'never' }])
  },
)

t.test(
  'a captured rule contains its scenario if a rule that is restored earlier has the name of that scenario',
  async (t) => {
    const rules = newRules()
    rules.add({ name: 'never', match: undefined, scenario: 'never' }, 'org-a')
    rules.add({ name: 'never', match: undefined, scenario: slow })
    const captured = rules.capture()

    rules.restore(captured)

    t.equal(rules.named('never', 'org-a'), builtInScenarios.never)
    t.same(rules.capture(), captured)
  },
)

t.test('stored rules are in the order of their positions, in whatever order they are put', async (t) => {
  const rules = newRules()
  const rule = { orgId: null, name: undefined, match: undefined, scenario: 'never', resolved: { steps: [] } }
  for (const position of [2, 1, 3]) rules.put({ ...rule, id: `r${position}`, position })
  rules.put({ ...rule, id: 'r3', position: 0 })

  t.same(
    rules.list().map(({ id }) => id),
    ['r3', 'r1', 'r2'],
  )
  t.equal(rules.stored(null, 'r1')?.position, 1)
})
