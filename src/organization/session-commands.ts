import type { Principal } from '../auth/principal.ts'
import type { SessionCommand } from '../resources/session-document.ts'
import { sessionAt } from '../simulation/session.ts'
import { SESSION_ITEMS_MAX, SessionFullError } from '../simulation/session-limits.ts'
import { AlreadyEnded, found, Impossible, type NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'
import { getSession, sessionId } from './sessions.ts'

/** The progress of a command. */
export interface CommandStatus {
  readonly status: 'running' | 'completed'
  /** The result; null while the command runs. */
  readonly response: unknown
}

/** The time that a command takes, in microseconds. */
export const COMMAND_MICROS = 1_000_000

/** The result of a command for which the scenario has none. 127 is a shell's exit code for a command that it cannot find. */
const NOT_RUN = {
  exit_code: 127,
  output: 'fake-devin: commands do not really run; give their results in `commands` of the scenario\n',
}

/**
 * Starts a command in the machine of a session. Throws {@link NotFound}, {@link AlreadyEnded}, {@link Impossible} if the session is
 * suspended, and SessionFullError.
 */
export async function startCommand(
  { sessions, clock, ids, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  command: string,
): Promise<SessionCommand> {
  const started = { id: `command-${ids.hex()}`, at: clock.now(), command: command.toWellFormed() }
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    const { phase, endedAt } = sessionAt(before, started.at, clock.instant)
    if (endedAt !== null) throw new AlreadyEnded()
    if (phase.status === 'suspended') throw new Impossible('The session is suspended')
    if (before.commands.length >= SESSION_ITEMS_MAX) throw new SessionFullError('items')
    return { ...before, commands: [...before.commands, started] }
  })
  const session = found(updated, 'session')
  auditLog.write(principal, 'run_session_command', session.id)
  return started
}

/** Returns the progress of a command. Throws {@link NotFound}. */
export async function commandStatus(
  organization: Organization,
  idInPath: string,
  commandId: string,
): Promise<CommandStatus> {
  const { clock } = organization
  const { commands, scenario } = await getSession(organization, idInPath)
  const started = commands.find(({ id }) => id === commandId)
  const { at, command } = found(started, 'command')
  if (!clock.instant && clock.now() < at + COMMAND_MICROS) return { status: 'running', response: null }
  const scripted = scenario.commands?.find(({ match = '' }) => command.includes(match))
  return { status: 'completed', response: scripted === undefined ? NOT_RUN : scripted.response }
}
