import fc from 'fast-check'

/** A generation of the API. Both serve the same organizations. */
export type Generation = 'v1' | 'v3'

/** What a call of either generation does. `number` selects its target among all records that any organization has created. */
type SharedAction =
  | { readonly kind: 'create secret'; readonly name: string }
  | { readonly kind: 'delete secret'; readonly number: number }
  | { readonly kind: 'list secrets' }
  | { readonly kind: 'get session'; readonly number: number }
  | { readonly kind: 'end session'; readonly number: number }
  | { readonly kind: 'tag session'; readonly number: number; readonly tags: readonly string[] }
  | { readonly kind: 'list sessions'; readonly tag: string | null }
  | { readonly kind: 'send message'; readonly number: number; readonly text: string }
  | { readonly kind: 'create note'; readonly name: string }
  | { readonly kind: 'change note'; readonly number: number; readonly name: string }
  | { readonly kind: 'delete note'; readonly number: number }
  | { readonly kind: 'list notes' }
  | { readonly kind: 'create playbook'; readonly macro: string | null }
  | { readonly kind: 'change playbook'; readonly number: number; readonly macro: string | null }
  | { readonly kind: 'get playbook'; readonly number: number }
  | { readonly kind: 'delete playbook'; readonly number: number }
  | { readonly kind: 'list playbooks' }

type V1Action =
  | { readonly kind: 'create session'; readonly prompt: string; readonly idempotent: boolean }
  | { readonly kind: 'upload'; readonly name: string }
  | { readonly kind: 'download'; readonly number: number }

type V3Action =
  | { readonly kind: 'create session'; readonly prompt: string }
  | { readonly kind: 'list messages'; readonly number: number }
  | { readonly kind: 'add tags'; readonly number: number; readonly tags: readonly string[] }
  | { readonly kind: 'archive session'; readonly number: number }

/** A call of a generation of the API. */
export type OperationOf<G extends Generation> = G extends 'v1'
  ? { readonly by: 'v1' } & (SharedAction | V1Action)
  : { readonly by: 'v3' } & (SharedAction | V3Action)

/** A call of the API. */
export type Operation = OperationOf<Generation>

const number = fc.nat({ max: 7 })
// Few values, so that they clash.
const name = fc.constantFrom('A', 'B', 'C')
const macro = fc.constantFrom('!a', '!b', null)
const tag = fc.constantFrom('x', 'y', 'z')
const tags = fc.uniqueArray(tag)

function action<Kind extends string, Members>(
  kind: Kind,
  members: { [Name in keyof Members]: fc.Arbitrary<Members[Name]> },
): fc.Arbitrary<{ kind: Kind } & Members> {
  return fc.record(members).map((one) => ({ kind, ...(one as Members) }))
}

const sharedAction: fc.Arbitrary<SharedAction> = fc.oneof(
  { weight: 4, arbitrary: action('create secret', { name }) },
  { weight: 4, arbitrary: action('delete secret', { number }) },
  action('list secrets', {}),
  action('get session', { number }),
  action('end session', { number }),
  action('tag session', { number, tags }),
  action('list sessions', { tag: fc.option(tag) }),
  action('send message', { number, text: name }),
  action('create note', { name }),
  action('change note', { number, name }),
  action('delete note', { number }),
  action('list notes', {}),
  { weight: 2, arbitrary: action('create playbook', { macro }) },
  action('change playbook', { number, macro }),
  action('get playbook', { number }),
  action('delete playbook', { number }),
  action('list playbooks', {}),
)

const v1Action: fc.Arbitrary<V1Action> = fc.oneof(
  { weight: 3, arbitrary: action('create session', { prompt: name, idempotent: fc.boolean() }) },
  action('upload', { name }),
  action('download', { number }),
)

const v3Action: fc.Arbitrary<V3Action> = fc.oneof(
  action('create session', { prompt: name }),
  action('list messages', { number }),
  action('add tags', { number, tags }),
  action('archive session', { number }),
)

/** Generates calls of both generations. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom<Generation>('v1', 'v3'), sharedAction)
      .map(([by, one]) => ({ by, ...one })),
  },
  { weight: 2, arbitrary: v1Action.map((one) => ({ by: 'v1' as const, ...one })) },
  { weight: 2, arbitrary: v3Action.map((one) => ({ by: 'v3' as const, ...one })) },
)

/** The calls of both generations that list all records. */
export const LISTS = (['v1', 'v3'] as const).flatMap((by): Operation[] => [
  { by, kind: 'list secrets' },
  { by, kind: 'list sessions', tag: null },
  { by, kind: 'list notes' },
  { by, kind: 'list playbooks' },
])
