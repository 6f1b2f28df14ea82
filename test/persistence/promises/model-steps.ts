import fc from 'fast-check'

/** What clients do: `count` requests at the same time, the first one to the replica `by`, the others to both in turn. */
export type Step = { readonly by: number; readonly count: number } & (
  | { readonly kind: 'create' | 'delete'; readonly name: string }
  | { readonly kind: 'list' | 'reset' }
  | { readonly kind: 'start session'; readonly prompt: string; readonly idempotent: boolean }
  | { readonly kind: 'send message'; readonly number: number; readonly text: string }
  | { readonly kind: 'read session'; readonly number: number }
  | { readonly kind: 'advance'; readonly seconds: number }
  | { readonly kind: 'add fault'; readonly after: number; readonly times: number }
  | { readonly kind: 'take snapshot' | 'restore snapshot'; readonly name: string }
  | { readonly kind: 'put state'; readonly names: readonly string[] }
  /** The replica is killed, while there are requests if `count` is not 0, and started again. */
  | { readonly kind: 'kill replica' }
  /** The same for the database. */
  | { readonly kind: 'stop database' | 'kill database' }
)

const by = fc.nat({ max: 1 })
// Few values, so that they clash.
const name = fc.constantFrom('A', 'B', 'C')
const names = fc.uniqueArray(name)
const prompt = fc.constantFrom('Fix it', 'Test it')
const number = fc.nat({ max: 3 })
const snapshot = fc.constantFrom('one', 'two')

function step<Kind extends Step['kind'], Members>(
  kind: Kind,
  members: { [Name in keyof Members]: fc.Arbitrary<Members[Name]> },
  count = fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 6 })),
): fc.Arbitrary<Step> {
  return fc.record({ ...members, by, count }).map((one) => ({ kind, ...one }) as unknown as Step)
}

const once = fc.constant(1)
const nothingOrMany = fc.constantFrom(0, 8)

/** Generates steps. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: step('create', { name }) },
  { weight: 4, arbitrary: step('delete', { name }) },
  { weight: 3, arbitrary: step('list', {}) },
  { weight: 2, arbitrary: step('start session', { prompt, idempotent: fc.constant(true) }) },
  // The model cannot know which of several new sessions with one prompt was created first.
  { weight: 2, arbitrary: step('start session', { prompt, idempotent: fc.constant(false) }, once) },
  { weight: 3, arbitrary: step('send message', { number, text: name }) },
  { weight: 3, arbitrary: step('read session', { number }) },
  { weight: 2, arbitrary: step('advance', { seconds: fc.constantFrom(1, 40, 100) }) },
  {
    weight: 2,
    arbitrary: step('add fault', { after: fc.nat({ max: 2 }), times: fc.constantFrom(1, 2, 5) }, once),
  },
  { weight: 1, arbitrary: step('reset', {}) },
  { weight: 1, arbitrary: step('take snapshot', { name: snapshot }) },
  { weight: 2, arbitrary: step('restore snapshot', { name: snapshot }) },
  { weight: 1, arbitrary: step('put state', { names }, once) },
  { weight: 1, arbitrary: step('kill replica', {}, nothingOrMany) },
  { weight: 1, arbitrary: step('stop database', {}, nothingOrMany) },
  { weight: 1, arbitrary: step('kill database', {}, nothingOrMany) },
)
