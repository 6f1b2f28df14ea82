import type { Config } from '../settings/config.ts'
import { callServer, type Outputs, type Target } from './control-command.ts'

/** `fake-devin advance SECONDS`: moves the clock forward and prints the new time. */
export function advance(config: Target & Pick<Config, 'argument'>, outputs: Outputs): Promise<number> {
  return callServer(config, outputs, async ({ clock }) => {
    const { now } = await clock.advance(Number(config.argument))
    return `${now}\n`
  })
}
