import type { Config } from '../settings/config.ts'
import { callServer, type Outputs, type Target } from './control-command.ts'

/** `fake-devin restore NAME`: restores a snapshot. */
export function restore(config: Target & Pick<Config, 'argument'>, outputs: Outputs): Promise<number> {
  const name = String(config.argument)
  return callServer(config, outputs, async ({ snapshots }) => {
    await snapshots.restore(name)
    return `${config.orgId ?? 'everything'} has been restored from snapshot ${name}\n`
  })
}
