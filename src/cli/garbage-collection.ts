import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, type HeapSpaceInfo, setFlagsFromString } from 'node:v8'

/** The size from which V8's space for new objects stops growing, in bytes. Node 26 shows a smaller size than it has, and stops at up to 64 MiB. */
const GROWN_BYTES = 32 * 2 ** 20

/** Matches an option of Node with which somebody has chosen the size of that space. */
const CHOSEN_SIZE = /semi[-_]space/

/** Matches an option of Node with which somebody has chosen the threads that collect garbage. */
const CHOSEN_THREADS = /parallel[-_]scavenge|single[-_]threaded/

/**
 * Adapts V8's garbage collection to a server that answers requests on one core and shares the machine with its clients. Both settings work in a
 * running process. Options of Node with which somebody has chosen otherwise are kept. Does nothing in a runtime that does not report collections,
 * such as Bun and Deno.
 *
 * - New objects are collected by the main thread alone. With V8's helper threads, the process takes 6 % more CPU time per request (Node 24).
 * - The space for new objects stops growing at 32 MiB. It doubles while objects survive a collection, as the latest requests in the journal do, up
 *   to 128 MiB on a machine with much memory, for 1 % less CPU time per request. V8 reads its limit only at the start of a process, but the factor
 *   of growth at each collection, so the factor becomes 1 once the space has grown.
 */
export function tuneGarbageCollection({
  execArgv,
  env,
}: Pick<NodeJS.Process, 'execArgv' | 'env'> = process): void {
  if (!supportedEntryTypes().includes('gc')) return
  const isChosen = (pattern: RegExp) =>
    [...execArgv, env.NODE_OPTIONS ?? ''].some((option) => pattern.test(option))
  if (!isChosen(CHOSEN_THREADS)) setFlagsFromString('--no-parallel-scavenge')
  if (!isChosen(CHOSEN_SIZE)) stopGrowth()
}

function stopGrowth(): void {
  let factor = 2
  const adjust = () => {
    // V8 may shrink the space again, after a collection of all objects.
    const wanted = newSpaceBytes() < GROWN_BYTES ? 2 : 1
    if (wanted === factor) return
    factor = wanted
    setFlagsFromString(`--semi-space-growth-factor=${factor}`)
  }
  new PerformanceObserver(adjust).observe({ entryTypes: ['gc'] })
}

/** Returns what can be observed. The types of Node lack this property. */
function supportedEntryTypes(): readonly string[] {
  return Reflect.get(PerformanceObserver, 'supportedEntryTypes')
}

function newSpaceBytes(): number {
  const isNewSpace = ({ space_name: name }: HeapSpaceInfo) => name === 'new_space'
  return (getHeapSpaceStatistics().find(isNewSpace) as HeapSpaceInfo).space_size
}
