import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Figure, figure, note } from './figures.ts'
import { bare, fake, type Load, load, type Program, type Running, start } from './servers.ts'
import { median } from './statistics.ts'
import type { Postgres } from './stores-postgres.ts'

const ROUNDS = 9

/** The number of requests in each round, by the number of connections. */
const COUNTS = { 1: 600, 16: 3_000, 64: 6_000 }

/** Two replicas, the database and the generator need these. */
const CORES_FOR_TWO = 4

/** The servers by their stores. Those of one store share what they keep. */
type Servers = Readonly<Record<string, readonly Running[]>>
type Round = Readonly<Record<string, Load>>

/** Compares throughput and latency of creating and deleting with 1, 16 and 64 connections. */
export async function storeLoadFigures(folder: string, postgres: Postgres | undefined): Promise<Figure[]> {
  const servers: Record<string, Running[]> = {}
  try {
    for (const [name, programs] of Object.entries(await programsOf(folder, postgres))) {
      servers[name] = []
      for (const program of programs) servers[name].push(await start(program, 0))
    }
    for (const running of Object.values(servers)) {
      await load(running, { kind: 'create-delete', ms: 3_000 })
      await load(running, { kind: 'delete', count: 3_000 })
    }
    const figures: Figure[] = []
    for (const [connections, count] of Object.entries(COUNTS)) {
      const rounds = await compare(servers, { connections: Number(connections), count })
      figures.push(...rowsOf(rounds, `${connections} connection${connections === '1' ? '' : 's'}`))
    }
    return figures
  } finally {
    await Promise.all(Object.values(servers).flatMap((running) => running.map((server) => server.stop())))
  }
}

async function programsOf(
  folder: string,
  postgres: Postgres | undefined,
): Promise<Readonly<Record<string, readonly Program[]>>> {
  const silent = (...flags: string[]) => fake('--log-level', 'silent', ...flags)
  const { FORMER_CLI: former } = process.env
  const [one, two] = [await postgres?.createDatabase(), await postgres?.createDatabase()]
  return {
    bare: [bare],
    ...(former !== undefined && {
      former: [{ args: (port) => [former, '--port', String(port), '--log-level', 'silent'] }],
    }),
    memory: [silent()],
    SQLite: [silent('--store', join(folder, 'load.sqlite'))],
    ...(one !== undefined && { 'PostgreSQL, one replica': [silent('--store', one)] }),
    ...(two !== undefined && {
      'PostgreSQL, two replicas': [silent('--store', two), silent('--store', two)],
    }),
  }
}

/** Loads the servers in turn. */
async function compare(
  servers: Servers,
  plan: { readonly connections: number; readonly count: number },
): Promise<Round[]> {
  const rounds: Round[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const names = Object.keys(servers)
    const round: Record<string, Load> = {}
    for (const name of index % 2 === 0 ? names : names.toReversed()) {
      round[name] = await load(servers[name] ?? [], { kind: 'delete', ...plan })
    }
    rounds.push(round)
  }
  return rounds
}

const PER_CPU = ({ cpu }: Load) => 1 / cpu
const PER_SECOND = ({ perSecond }: Load) => perSecond
const [ONE, TWO] = ['PostgreSQL, one replica', 'PostgreSQL, two replicas']

function rowsOf(rounds: readonly Round[], connections: string): Figure[] {
  const creations = rounds.map((round) =>
    Object.fromEntries(Object.entries(round).map(([name, { creations }]) => [name, creations as Load])),
  )
  return [...actRows(rounds, `DELETE, ${connections}`), ...actRows(creations, `create, ${connections}`)]
}

function actRows(rounds: readonly Round[], act: string): Figure[] {
  const ratio = (name: string, other: string, value: (of: Load) => number) =>
    median(rounds.map((round) => value(round[name] as Load) / value(round[other] as Load)))
  // The CPU time per request, unlike the throughput, does not depend on other processes on the core.
  const row = (name: string, other: string, goal: number, value = PER_CPU) => {
    const target = { goal, isMoreBetter: true, unit: ` × ${other}` }
    return figure(`${act}: ${name}`, measured(rounds, name), ratio(name, other, value), target)
  }
  const share = (name: string, other: string, value: (of: Load) => number) =>
    note(`${act}: ${name}`, measured(rounds, name), `${ratio(name, other, value).toFixed(2)} × ${other}`)
  const has = (name: string) => rounds[0]?.[name] !== undefined
  return [
    has('former') ? row('memory', 'former', 0.98) : share('memory', 'bare', PER_CPU),
    row('SQLite', 'memory', 0.35),
    ...(has(ONE) ? [share(ONE, 'memory', PER_SECOND), twoReplicas(row(TWO, ONE, 1.5, PER_SECOND))] : []),
  ]
}

/** Leaves out the verdict on a machine where two replicas cannot be faster than one. */
function twoReplicas(row: Figure): Figure {
  if (availableParallelism() >= CORES_FOR_TWO) return row
  return { ...row, goal: `${row.goal} with ${CORES_FOR_TWO} cores`, verdict: '–' }
}

function measured(rounds: readonly Round[], name: string): string {
  const middle = (value: (of: Load) => number) => median(rounds.map((round) => value(round[name] as Load)))
  const ms = (micros: number) => (micros / 1000).toFixed(1)
  const [p50, p99] = [middle(({ p50 }) => p50), middle(({ p99 }) => p99)]
  const rate = Math.round(middle(({ perSecond }) => perSecond))
  return `${Math.round(middle(({ cpu }) => cpu))} µs (${rate}/s; p50 ${ms(p50)} ms, p99 ${ms(p99)} ms)`
}
