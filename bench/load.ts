import { type Figure, figure } from './figures.ts'
import { bare, fake, type Load, load, type Plan, type Running, start } from './servers.ts'
import { median } from './statistics.ts'

/** How often the servers are started anew: V8 optimizes the code of each process a little differently, which makes up to a tenth. */
const PROCESSES = 3

/** The rounds of each plan in each process. */
const ROUNDS = 4

const PLANS = {
  delete: { kind: 'delete', count: 10_000 },
  unknown: { kind: 'unknown', ms: 700 },
  'create-delete': { kind: 'create-delete', ms: 700 },
} as const satisfies Record<string, Plan>

/** The load on every server before it is measured, since V8 compiles hot code only under load. */
const WARM_UP: Plan[] = [
  { kind: 'create-delete', ms: 3000 },
  { kind: 'unknown', ms: 2000 },
]

/** The rounds of all plans: of v1 on three servers, and of both generations on one. */
interface Measured {
  readonly removal: Round<Name>[]
  readonly unknown: Round<Name>[]
  readonly both: Round<Name>[]
  readonly removalByGeneration: Round<Generation>[]
  readonly unknownByGeneration: Round<Generation>[]
}

type Name = 'bare' | 'silent' | 'logging'
type Generation = 'v1' | 'v3'
type Round<Key extends string> = Readonly<Record<Key, Load>>

/** Measures throughput and latency with 16 connections, the server on one core and the generator on the other. */
export async function loadFigures(): Promise<Figure[]> {
  const all: Measured = {
    removal: [],
    unknown: [],
    both: [],
    removalByGeneration: [],
    unknownByGeneration: [],
  }
  for (let run = 0; run < PROCESSES; run++) await measure(all)
  const more = { isMoreBetter: true, unit: ' × bare' }
  // A goal of 1.05 × the CPU time of the bare server.
  const silent = { ...more, goal: 0.95, stretch: 1 }
  const logging = { ...more, goal: 0.65, stretch: 0.8 }
  return [
    rate('DELETE, silent', all.removal, 'silent', silent),
    rate('DELETE, logs to /dev/null', all.removal, 'logging', logging),
    rate('DELETE of unknown secrets (404), silent', all.unknown, 'silent', silent),
    rate('DELETE of unknown secrets (404), logs to /dev/null', all.unknown, 'logging', logging),
    rate('create and delete in turn, silent', all.both, 'silent', { ...more, goal: 0.87, stretch: 0.95 }),
    latency('p99 of DELETE, silent', all.removal),
    generations('DELETE on v3, silent', all.removalByGeneration),
    generations('DELETE of unknown secrets on v3 (403), silent', all.unknownByGeneration),
  ]
}

/** Starts the servers and adds the rounds of all plans. */
async function measure(all: Measured): Promise<void> {
  const servers = {
    bare: await start(bare, 0),
    silent: await start(fake('--log-level', 'silent'), 0),
    // Standard output is /dev/null.
    logging: await start(fake(), 0),
  }
  try {
    for (const server of Object.values(servers)) for (const plan of WARM_UP) await load(server, plan)
    all.removal.push(...(await compare(servers, PLANS.delete)))
    all.unknown.push(...(await compare(servers, PLANS.unknown)))
    all.both.push(...(await compare(servers, PLANS['create-delete'])))
    for (const plan of WARM_UP) await load(servers.silent, { ...plan, generation: 'v3' })
    all.removalByGeneration.push(...(await compareGenerations(servers.silent, PLANS.delete)))
    all.unknownByGeneration.push(...(await compareGenerations(servers.silent, PLANS.unknown)))
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
  }
}

/** Loads the servers in turn. Resolves with every round except the first. */
async function compare(servers: Readonly<Record<Name, Running>>, plan: Plan): Promise<Round<Name>[]> {
  const rounds: Round<Name>[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const order: Name[] = round % 2 === 0 ? ['bare', 'silent', 'logging'] : ['logging', 'silent', 'bare']
    const found: Partial<Record<Name, Load>> = {}
    for (const name of order) found[name] = await load(servers[name], plan)
    if (round > 0) rounds.push(found as Round<Name>)
  }
  return rounds
}

/** Loads one server with the requests of both generations in turn. */
async function compareGenerations(server: Running, plan: Plan): Promise<Round<Generation>[]> {
  const rounds: Round<Generation>[] = []
  for (let round = 0; round < 2 * ROUNDS; round++) {
    rounds.push({ v1: await load(server, plan), v3: await load(server, { ...plan, generation: 'v3' }) })
  }
  return rounds
}

function rate(
  what: string,
  rounds: readonly Round<Name>[],
  name: Name,
  target: Parameters<typeof figure>[3],
): Figure {
  const middle = (of: Name, member: 'cpu' | 'perSecond') =>
    Math.round(median(rounds.map((round) => round[of][member])))
  // The CPU time per request, unlike the throughput, does not depend on other processes on the core.
  const ratio = median(rounds.map((round) => round.bare.cpu / round[name].cpu))
  const [own, least] = [name, 'bare' as const].map(
    (of) => `${middle(of, 'cpu')} µs (${middle(of, 'perSecond')}/s)`,
  )
  return figure(what, `${own}, bare ${least}`, ratio, target)
}

function latency(what: string, rounds: readonly Round<Name>[]): Figure {
  const micros = (of: Name) => Math.round(median(rounds.map((round) => round[of].p99)))
  const ratio = median(rounds.map((round) => round.silent.p99 / round.bare.p99))
  return figure(what, `${micros('silent')} µs, bare ${micros('bare')} µs`, ratio, {
    goal: 1.3,
    stretch: 1.1,
    unit: ' × bare',
  })
}

/** Compares v3 with v1 on one server. */
function generations(what: string, rounds: readonly Round<Generation>[]): Figure {
  const micros = (of: Generation) => `${of} ${Math.round(median(rounds.map((round) => round[of].cpu)))} µs`
  const ratio = median(rounds.map(({ v1, v3 }) => v3.cpu / v1.cpu))
  return figure(what, `${micros('v3')}, ${micros('v1')}`, ratio, { goal: 1.1, stretch: 1, unit: ' × v1' })
}
