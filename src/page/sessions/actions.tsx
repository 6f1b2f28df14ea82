import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { SessionDetail } from '../../schemas/control/sessions.ts'
import { Button } from '../components/button.tsx'
import { control } from '../control.ts'
import { EFFECTS } from '../model/sessions-effects.ts'
import { texts } from '../texts/index.ts'
import { ActionDialog, type ActionName } from './action-dialog.tsx'
import { isNarrow } from './media.ts'

/** What can be done with a session. */
const ACTIONS: readonly ActionName[] = [...EFFECTS, 'archive', 'terminate']

/** The actions that end a session. */
const FINAL: readonly ActionName[] = ['fail', 'expire', 'terminate']

/** The buttons that steer a session. On a phone, they unfold. */
export function Actions({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const open = useSignal<ActionName | undefined>(undefined)
  const buttons = (
    <div class="session-actions row">
      <NextStep session={session} />
      {ACTIONS.map((name) => (
        <ActionButton
          key={name}
          label={sessions.actions[name]}
          isDangerous={FINAL.includes(name)}
          isDialog
          reason={reasonAgainst(name, session)}
          onClick={() => {
            open.value = name
          }}
        />
      ))}
    </div>
  )
  return (
    <>
      {isNarrow.value ? (
        <details class="session-steer">
          <summary class="button">{sessions.steer}</summary>
          {buttons}
        </details>
      ) : (
        buttons
      )}
      {open.value !== undefined && (
        <ActionDialog
          name={open.value}
          session={session}
          onClose={() => {
            open.value = undefined
          }}
        />
      )}
    </>
  )
}

/** Returns why an action is impossible; undefined if it is possible. */
function reasonAgainst(name: ActionName, session: SessionDetail): string | undefined {
  const { sessions } = texts.value
  if (name === 'archive') return session.archived ? sessions.alreadyArchived : undefined
  return session.has_ended ? sessions.ended : undefined
}

function NextStep({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const { session_id: id, org_id: orgId, timeline, has_ended: hasEnded } = session
  const isLast = timeline.every(({ is_past }) => is_past)
  return (
    <ActionButton
      label={sessions.nextStep}
      reason={hasEnded ? sessions.ended : isLast ? sessions.nothingComes : undefined}
      isPrimary
      onClick={() => control(`/sessions/${id}/next-step`, { method: 'POST', body: { org_id: orgId } })}
    />
  )
}

interface ActionButtonProps {
  readonly label: string
  /** Why it is impossible. The button can still get the focus, so that a screen reader says the reason. */
  readonly reason: string | undefined
  readonly isPrimary?: boolean
  readonly isDangerous?: boolean
  readonly isDialog?: boolean
  readonly onClick: () => unknown
}

function ActionButton({ label, reason, isPrimary, isDangerous, isDialog, onClick }: ActionButtonProps) {
  const id = useId()
  return (
    <>
      <Button
        look={isPrimary ? 'primary' : isDangerous ? 'danger' : 'plain'}
        onClick={() => (reason === undefined ? onClick() : undefined)}
        {...(isDialog && { 'aria-haspopup': 'dialog' as const })}
        {...(reason !== undefined && { 'aria-disabled': true, 'aria-describedby': id, title: reason })}
      >
        {label}
      </Button>
      {reason !== undefined && (
        <span id={id} class="hidden">
          {reason}
        </span>
      )}
    </>
  )
}
