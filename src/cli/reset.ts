import { callServer, type Outputs, type Target } from './control-command.ts'

/** `fake-devin reset`: restores the state at the start of the server. */
export function reset(target: Target, outputs: Outputs): Promise<number> {
  return callServer(target, outputs, async (controls) => {
    await controls.reset()
    return `${target.orgId ?? 'everything'} has been reset\n`
  })
}
