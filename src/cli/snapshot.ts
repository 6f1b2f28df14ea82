import type { Config } from '../settings/config.ts'
import { UsageError } from '../settings/start-error.ts'
import { callServer, inJson, type Outputs, type Target } from './control-command.ts'

type Options = Pick<Config, 'argument' | 'list' | 'asJson'>

/** `fake-devin snapshot NAME`: saves the current state. `--list` prints the snapshots. Throws UsageError for neither and both. */
export function snapshot(config: Target & Options, outputs: Outputs): Promise<number> {
  const { argument: name, list, asJson } = config
  if (list === (name !== undefined)) throw new UsageError('snapshot takes the name of a snapshot, or --list')
  return callServer(config, outputs, async ({ snapshots }) => {
    if (name !== undefined) {
      const taken = await snapshots.take(name)
      return asJson ? inJson(taken) : `${name} has been saved\n`
    }
    const kept = await snapshots.list()
    if (asJson) return inJson(kept)
    if (kept.snapshots.length === 0) outputs.stderr.write('fake-devin: there are no snapshots\n')
    return kept.snapshots
      .map(({ name, org_id: orgId }) => (orgId == null ? `${name}\n` : `${name}  ${orgId}\n`))
      .join('')
  })
}
