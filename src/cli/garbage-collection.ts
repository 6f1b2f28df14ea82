import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, type HeapSpaceInfo, setFlagsFromString } from 'node:v8'

/** The size at which V8's new space stops growing, in bytes. Node 26 reports less than the actual size, so there it stops at up to 64 MiB. */
const GROWN_BYTES = 32 * 2 ** 20

/** Matches an option of Node that sets the size of the new space. */
const CHOSEN_SIZE = /semi[-_]space/

/** Matches an option of Node that sets the threads that collect garbage in the new space. */
const CHOSEN_THREADS = /parallel[-_]scavenge|single[-_]threaded/

/**
 * Tunes V8's garbage collection of the new space for a server that answers requests on one core and shares the machine with its clients. Both
 * settings take effect in a running process. Settings that are given as options of Node are kept. Does nothing in runtimes that do not report
 * collections, such as Bun and Deno.
 *
 * - The main thread alone collects. With V8's helper threads, the process takes 6 % more CPU time per request (Node 24).
 * - The new space stops growing at 32 MiB. Otherwise it doubles while objects survive a collection, as the latest requests in the journal do, up
 *   to 128 MiB on a machine with much memory, for 1 % less CPU time per request. V8 reads its limit only at the start of a process, but the
 *   growth factor at each collection, so the factor becomes 1 once the space has grown.
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
    // V8 may shrink the space again after a full collection.
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
