import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, type HeapSpaceInfo, setFlagsFromString } from 'node:v8'

/** The size from which V8's space for new objects stops growing, in bytes. Node 26 shows a smaller size than it has, and stops at up to 64 MiB. */
const GROWN_BYTES = 32 * 2 ** 20

/** Matches an option of Node with which somebody has chosen the size of that space. */
const CHOSEN = /semi[-_]space/

/**
 * Stops V8's space for new objects from growing when it has 32 MiB. It doubles while objects survive a collection, as the latest requests in the
 * journal do, up to 128 MiB on a machine with much memory, for 1 % less CPU time per request (Node 24). V8 reads its limit only at the start of a
 * process, but the factor of growth at each collection, so the factor becomes 1 once the space has grown. Does nothing if the size was chosen by an
 * option of Node, or in a runtime that does not report collections, such as Bun and Deno.
 */
export function limitYoungGeneration({
  execArgv,
  env,
}: Pick<NodeJS.Process, 'execArgv' | 'env'> = process): void {
  if ([...execArgv, env.NODE_OPTIONS ?? ''].some((option) => CHOSEN.test(option))) return
  if (!supportedEntryTypes().includes('gc')) return
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
