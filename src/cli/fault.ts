import type { FaultPreset } from '../client/faults.ts'
import type { FaultSpec, FaultView } from '../schemas/control/fault.ts'
import type { Config } from '../settings/config.ts'
import { UsageError } from '../settings/start-error.ts'
import { callServer, type Outputs, type Target } from './control-command.ts'

type Options = Pick<Config, 'argument' | 'spec' | 'list' | 'clear' | 'times' | 'method' | 'path'>

/**
 * `fake-devin fault PRESET`, or `--json`: adds a fault and prints its id. `--list` prints the faults, `--clear` removes them. Throws
 * UsageError unless exactly one of these is given.
 */
export function fault(config: Target & Options, outputs: Outputs): Promise<number> {
  const { argument: preset, list, clear, spec } = config
  const isNew = preset !== undefined || spec !== undefined
  if ([list, clear, isNew].filter(Boolean).length !== 1) {
    throw new UsageError('fault takes the name of a preset or --json, or --list, or --clear')
  }
  return callServer(config, outputs, async ({ faults }) => {
    if (list) {
      const found = (await faults.list()).faults
      if (found.length === 0) outputs.stderr.write('fake-devin: there are no faults\n')
      return found.map(lineOf).join('')
    }
    if (isNew) return `${(await faults.add(specOf(config))).id}\n`
    await faults.clear()
    return ''
  })
}

function specOf({ argument, spec, times, method, path }: Options): FaultSpec {
  return {
    // The server validates the presets and the members of a fault.
    ...(argument !== undefined && { preset: argument as FaultPreset }),
    ...spec,
    ...(times !== undefined && { times }),
    ...(method !== undefined && { method: method as 'GET' }),
    ...(path !== undefined && { path }),
  }
}

/** Returns the line of a fault: `fault-1  {"preset":"flaky","status":503,"times":1}  struck 0, 1 left`. */
function lineOf({ id, org_id: orgId, matched: _, struck, left, ...spec }: FaultView): string {
  const owner = orgId === null ? [] : [orgId]
  const counters = left === null ? `struck ${struck}` : `struck ${struck}, ${left} left`
  return `${[id, ...owner, JSON.stringify(spec), counters].join('  ')}\n`
}
