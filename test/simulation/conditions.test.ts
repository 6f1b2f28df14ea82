import fc from 'fast-check'
import t from 'tap'
import {
  type Condition,
  type Conditions,
  meetsAny,
  OPERATORS,
  patternFlaw,
} from '../../src/simulation/conditions.ts'
import { cpuMillis } from '../cpu-time.ts'

const EVENT = {
  action: 'opened',
  count: 5,
  labels: ['bug', 'ui'],
  empty: '',
  nothing: null,
  none: [],
  blank: {},
  pull_request: { number: 7, commits: [{ author: 'ann' }] },
}

/** Returns whether an event meets the conditions of one trigger. */
const meetsConditions = (conditions: Conditions | null, event: unknown) => meetsAny([conditions], event)

/** Returns whether the event meets one condition. */
const meets = (field: string, operator: Condition['operator'], value: unknown) =>
  meetsConditions({ any: [{ all: [{ field, operator, value }] }] }, EVENT)

t.test('every operator tests a member of an event', (t) => {
  const met = [
    ['action', 'eq', 'opened'],
    ['pull_request.number', 'eq', 7],
    ['pull_request.commits.0.author', 'eq', 'ann'],
    ['labels', 'eq', ['bug', 'ui']],
    ['action', 'neq', 'closed'],
    ['missing', 'neq', 'closed'],
    ['action', 'in', ['closed', 'opened']],
    ['action', 'in', 'opened'],
    ['action', 'not_in', ['closed']],
    ['action', 'contains', 'pen'],
    ['labels', 'contains', 'bug'],
    ['labels', 'not_contains', 'docs'],
    ['count', 'not_contains', '5'],
    ['count', 'not_contains', 5],
    ['action', 'starts_with', 'op'],
    ['action', 'ends_with', 'ed'],
    ['action', 'matches', '^o.*d$'],
    ['empty', 'is_empty', null],
    ['nothing', 'is_empty', true],
    ['missing', 'is_empty', true],
    ['none', 'is_empty', true],
    ['blank', 'is_empty', true],
    ['labels', 'is_empty', false],
    ['count', 'is_empty', false],
    ['count', 'gt', 4],
    ['action', 'gt', 'a'],
    ['count', 'lt', 6],
    ['action', 'lt', 'z'],
    ['count', 'between', [5, 6]],
    ['count', 'between', [4, 5]],
    ['action', 'between', ['opened', 'opened']],
    ['action', 'globs', 'op*'],
    ['action', 'globs', ['x', '?p*n??']],
    ['action', 'globs', '*e*'],
    ['action', 'globs', 'opened**'],
  ] as const
  for (const [field, operator, value] of met) t.ok(meets(field, operator, value), `${field} ${operator}`)
  // The rule of a schedule is no test.
  t.notOk(meets('action', 'recurrence', 'opened'))
  const operators: string[] = met.map(([, operator]) => operator)
  t.same(
    OPERATORS.filter((operator) => !operators.includes(operator)),
    ['recurrence'],
  )
  t.end()
})

t.test('no operator accepts another value or a member of another type', (t) => {
  const unmet = [
    ['action', 'eq', 'closed'],
    ['action.length', 'eq', 6],
    ['constructor', 'is_empty', false],
    ['action', 'neq', 'opened'],
    ['action', 'in', ['closed']],
    ['action', 'not_in', ['opened']],
    ['action', 'contains', 'x'],
    ['count', 'contains', '5'],
    ['count', 'contains', 5],
    ['labels', 'contains', 'bu'],
    ['action', 'not_contains', 'op'],
    ['action', 'starts_with', 'pened'],
    ['count', 'starts_with', '5'],
    ['action', 'ends_with', 'opene'],
    ['count', 'ends_with', '5'],
    ['count', 'matches', '5'],
    ['action', 'matches', '^p'],
    ['labels', 'is_empty', true],
    ['pull_request', 'is_empty', true],
    ['none', 'is_empty', false],
    ['count', 'gt', 5],
    ['count', 'gt', '4'],
    ['action', 'gt', 'z'],
    ['count', 'lt', 5],
    ['count', 'between', [6, 7]],
    ['count', 'between', 5],
    ['count', 'globs', '*'],
    ['action', 'globs', 'op'],
    ['action', 'globs', '*x*'],
    ['action', 'globs', 'opened?'],
  ] as const
  for (const [field, operator, value] of unmet) t.notOk(meets(field, operator, value), `${field} ${operator}`)
  t.end()
})

t.test('an event has to meet all conditions of one list', (t) => {
  const isOpened: Condition = { field: 'action', operator: 'eq', value: 'opened' }
  const isClosed: Condition = { field: 'action', operator: 'eq', value: 'closed' }
  const meetsOne = (...any: { all: Condition[] }[]) => meetsConditions({ any }, EVENT)

  t.ok(meetsConditions(null, EVENT))
  t.ok(meetsOne({ all: [isClosed] }, { all: [isOpened] }))
  t.notOk(meetsOne({ all: [isOpened, isClosed] }))
  t.ok(meetsOne({ all: [] }))
  t.notOk(meetsOne())
  t.ok(meetsAny([{ any: [] }, { any: [{ all: [isOpened] }] }], EVENT))
  t.ok(meetsAny([{ any: [] }, null], EVENT))
  t.notOk(meetsAny([], EVENT))
  t.notOk(meetsConditions({ any: [{ all: [isOpened] }] }, 'opened'))
  t.end()
})

t.test('an event does not meet the conditions if the tests of all triggers together take too long', (t) => {
  const text = 'a'.repeat(5_000)
  const event = { text: `${text}!`, list: Array.from({ length: 500_000 }, () => ({})) }
  const tests: Condition[] = [
    { field: 'text', operator: 'matches', value: '^(a+)+$' },
    { field: 'text', operator: 'globs', value: Array(5_000).fill(`*${text.slice(0, 500)}b`) },
    { field: 'list', operator: 'not_contains', value: { a: 1 } },
  ]
  for (const slow of tests) {
    const started = cpuMillis()
    const triggers = Array(50).fill({ any: [{ all: Array(50).fill(slow) }] })

    t.notOk(meetsAny(triggers, event), slow.operator)
    t.ok(cpuMillis() - started < 5_000, slow.operator)
  }
  t.end()
})

t.test('a pattern is searched for in the first 10,000 characters of a text', (t) => {
  const meetsIn = (text: string, operator: Condition['operator'], value: unknown) =>
    meetsConditions({ any: [{ all: [{ field: 'text', operator, value }] }] }, { text })
  const text = `${'a'.repeat(9_999)}bc`

  t.ok(meetsIn(text, 'matches', 'b'))
  t.notOk(meetsIn(text, 'matches', 'c'))
  t.ok(meetsIn(text, 'globs', '*b'))
  t.notOk(meetsIn(text, 'globs', '*c'))
  t.ok(meetsIn(text, 'contains', 'c'))
  t.end()
})

t.test('an unusable pattern is described', (t) => {
  const flaw = (operator: Condition['operator'], value: unknown) =>
    patternFlaw({ field: 'a', operator, value })

  t.equal(flaw('matches', '^a'), undefined)
  t.equal(flaw('globs', ['a*', 'b']), undefined)
  t.equal(flaw('eq', '('), undefined)
  t.equal(flaw('eq', 5), undefined)
  t.equal(flaw('contains', 'a'.repeat(1_001)), undefined)
  t.equal(flaw('globs', 'a'.repeat(1_000)), undefined)
  t.match(flaw('matches', '('), /Invalid regular expression/)
  t.equal(flaw('matches', ['a']), 'is not a pattern')
  t.equal(flaw('globs', ['a', 1]), 'is not a pattern')
  t.equal(flaw('globs', 'a'.repeat(1_001)), 'is longer than 1000 characters')
  t.end()
})

t.test('a glob selects the same texts as its regular expression', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 })
  fc.assert(
    fc.property(text, glob, (value, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      const condition = { field: 'a', operator: 'globs', value: pattern } as const
      return (
        meetsConditions({ any: [{ all: [condition] }] }, { a: value }) ===
        new RegExp(`^${source}$`).test(value)
      )
    }),
    { numRuns: 1_000 },
  )
  t.end()
})
