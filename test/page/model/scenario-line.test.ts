import fc from 'fast-check'
import t from 'tap'
import { createErrorOf, type LineStep, lineOf, turnsOf } from '../../../src/page/model/scenario-line.ts'
import { en } from '../../../src/page/texts/en.ts'
import { builtInScenarios } from '../../../src/simulation/scenarios.ts'

t.test('the line of the default scenario has a point for each moment, with its effects', (t) => {
  const points = lineOf(builtInScenarios.default.steps)

  t.same(
    points.map(({ seconds, status, shape, isChange, marks }) => [seconds, status, shape, isChange, marks]),
    [
      [0, 'working', 'working', true, []],
      [1, 'working', 'working', false, ['message']],
      [4, 'working', 'working', false, ['message']],
      [6, 'working', 'working', false, ['message', 'pull-request']],
      [8, 'finished', 'done', true, ['message', 'output']],
    ],
  )
  t.end()
})

t.test('steps without a time happen together with the step before', (t) => {
  const points = lineOf([
    { message: 'first' },
    { after_seconds: 5, message: 'then' },
    { status_enum: 'blocked' },
    { after_seconds: 5, attachment: { name: 'report.md' } },
  ])

  t.same(
    points.map(({ seconds, steps }) => [seconds, steps.length]),
    [
      [0, 1],
      [5, 3],
    ],
  )
  t.same(points[1]?.marks, ['message', 'file'])
  const marks = (pull_requests: { url: string }[]) => lineOf([{ pull_requests }])[0]?.marks
  t.same([marks([{ url: 'u' }]), marks([])], [['pull-request'], []])
  t.equal(points[1]?.shape, 'waiting')
  t.end()
})

t.test('reads also advance the line', (t) => {
  const points = lineOf(builtInScenarios['three-reads'].steps)

  t.same(
    points.map(({ reads }) => reads),
    [0, 2, 3],
  )
  t.end()
})

t.test('the status is that of the session, even if status_enum does not set it', (t) => {
  const last = (name: keyof typeof builtInScenarios) => lineOf(builtInScenarios[name].steps).at(-1)

  t.match(last('error'), { status: 'error', shape: 'failed' })
  t.match(last('out-of-credits'), { status: 'suspended', shape: 'asleep' })
  t.match(last('two-pull-requests'), { status: 'blocked', shape: 'waiting', isChange: false })
  t.match(lineOf(builtInScenarios.queued.steps)[0], { seconds: 20, status: 'claimed', shape: 'queued' })
  t.match(lineOf([{ title: 'Login', status_enum: null }], 'claimed'), [
    { status: 'claimed', isChange: false },
  ])
  t.end()
})

const step: fc.Arbitrary<LineStep> = fc.record(
  {
    after_seconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    after_reads: fc.integer({ min: 1, max: 1000 }),
    status_enum: fc.constantFrom('working', 'blocked', 'finished', null),
    message: fc.string(),
  },
  { requiredKeys: [] },
)

t.test('every step is on the line, in its order, between the start and the end', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const points = lineOf(steps)
      const shown = points.flatMap((point) => point.steps)
      if (shown.length !== steps.length || shown.some((one, index) => one !== steps[index])) return false
      for (const [index, point] of points.entries()) {
        const next = points[index + 1]
        if (!(point.position >= 0 && point.position <= 1)) return false
        if (next === undefined) continue
        // Points stay apart, however close their moments are.
        if (next.position - point.position < 0.5 / (12 * points.length)) return false
        if (next.seconds < point.seconds || next.reads < point.reads) return false
      }
      const last = points.at(-1)?.position
      return last === undefined || last === 1 || (last === 0 && points.length === 1)
    }),
  )
  t.end()
})

t.test('a scenario has turns or a creation error, but the name of a scenario has neither', (t) => {
  t.same(turnsOf({ steps: [{ message: 'x' }] }), { steps: [{ message: 'x' }], onMessage: [] })
  t.equal(turnsOf('default'), undefined)
  t.equal(turnsOf(null), undefined)
  t.equal(createErrorOf(builtInScenarios['out-of-quota'])?.status, 403)
  t.equal(createErrorOf(builtInScenarios.default), undefined)
  t.equal(createErrorOf(null), undefined)
  t.end()
})

t.test('every built-in scenario has a purpose in the language files', (t) => {
  t.same(Object.keys(en.controls.scenarios.purposes).sort(), Object.keys(builtInScenarios).sort())
  t.end()
})
