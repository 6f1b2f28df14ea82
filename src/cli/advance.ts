import type { Config } from '../settings/config.ts'
import { callServer, type Outputs, type Target } from './control-command.ts'

/** `fake-devin advance SECONDS`: lets time pass at once, and prints what time it is then. */
export function advance(config: Target & Pick<Config, 'argument'>, outputs: Outputs): Promise<number> {
  return callServer(config, outputs, async ({ clock }) => {
    const { now } = await clock.advance(Number(config.argument))
    return `${now}\n`
  })
}
