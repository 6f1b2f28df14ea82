import t from 'tap'
import { ValidationContext } from '../../src/fastapi/validation/compile.ts'
import { checkSettings } from '../../src/simulation/automation-settings.ts'

const settings = { name: 'n', triggers: [], actions: [], run_as: { type: 'organization' } }

/** Returns the places and the messages of the flaws of settings. */
function flawsOf(changes: object): string[] {
  const context = new ValidationContext()
  checkSettings({ ...settings, ...changes }, context)
  return context.issues.map(({ type, loc, msg }) => `${type} ${loc.join('.')}: ${msg}`)
}

t.test('each unusable pattern of an automation is reported with its trigger', (t) => {
  const trigger = (...values: unknown[]) => ({
    event_type: 'github:issues',
    conditions: { any: [{ all: values.map((value) => ({ field: 'a', operator: 'globs', value })) }] },
  })

  t.same(flawsOf({ triggers: [trigger(1), trigger('*'), trigger('*', 2)] }), [
    'value_error triggers.0.conditions: Value error, the value of globs is not a pattern',
    'value_error triggers.2.conditions: Value error, the value of globs is not a pattern',
  ])
  t.end()
})

t.test('the bounds of an automation are part of what it may have', (t) => {
  t.same(
    flawsOf({
      concurrency: { max_concurrent_runs: 1, max_queue_depth: 0 },
      limits: { invocations: { max_per_window: 1_000, window_seconds: 31_536_000 } },
    }),
    [],
  )
  t.match(flawsOf({ concurrency: { max_concurrent_runs: 0, max_queue_depth: -1 } }), [
    /concurrency\.max_concurrent_runs: Input should be greater than or equal to 1$/,
    /concurrency\.max_queue_depth: Input should be greater than or equal to 0$/,
  ])
  t.match(flawsOf({ limits: { invocations: { max_per_window: 1_001, window_seconds: 31_536_001 } } }), [
    /max_per_window: Input should be less than or equal to 1000$/,
    /window_seconds: Input should be less than or equal to 31536000$/,
  ])
  t.end()
})
