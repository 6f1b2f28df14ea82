import { useSignal } from '@preact/signals'
import type { Ref } from 'preact'
import { useId, useRef } from 'preact/hooks'
import type { SessionDetail } from '../../schemas/control/sessions.ts'
import { useDraft } from '../components/draft.ts'
import { notify } from '../components/notices.tsx'
import { ErrorText } from '../components/states.tsx'
import { callApi, control } from '../control.ts'
import { columnOf } from '../model/sessions.ts'
import { texts } from '../texts/index.ts'

type Speaker = 'user' | 'devin'

/** A field to say something as Devin, or as the user. */
export function Composer({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const speaker = useSignal<Speaker>(columnOf(session) === 'blocked' ? 'user' : 'devin')
  const { values: draft } = useDraft(`message ${session.org_id} ${session.session_id}`, '')
  const text = draft.value
  const error = useSignal<Error | undefined>(undefined)
  const isBusy = useSignal(false)
  const send = async () => {
    if (session.has_ended || isBusy.value || text.trim() === '') return
    isBusy.value = true
    error.value = undefined
    try {
      await say(session, speaker.value, text)
      if (draft.value === text) draft.value = ''
    } catch (reason) {
      error.value = reason as Error
    } finally {
      isBusy.value = false
      field.current?.focus()
    }
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Speakers
        speaker={speaker.value}
        onChange={(value) => {
          speaker.value = value
        }}
      />
      <Message
        id={id}
        field={field}
        text={text}
        onInput={(value) => {
          draft.value = value
        }}
        placeholder={session.has_ended ? sessions.ended : sessions.placeholder[speaker.value]}
        isReadOnly={session.has_ended}
        onEnter={() => void send()}
      />
      {error.value !== undefined && <ErrorText error={error.value} />}
      <div class="row between">
        <small class="muted" id={`${id}-hint`}>
          {session.has_ended ? sessions.ended : sessions.composerHint}
        </small>
        <button
          type="submit"
          class="button primary"
          aria-disabled={session.has_ended || text.trim() === ''}
          aria-busy={isBusy.value}
          aria-describedby={`${id}-hint`}
        >
          {sessions.send}
        </button>
      </div>
    </form>
  )
}

interface MessageProps {
  readonly id: string
  readonly field: Ref<HTMLTextAreaElement>
  readonly text: string
  readonly onInput: (text: string) => void
  readonly placeholder: string
  readonly isReadOnly: boolean
  readonly onEnter: () => void
}

function Message({ id, field, text, onInput, placeholder, isReadOnly, onEnter }: MessageProps) {
  return (
    <>
      <label class="hidden" for={id}>
        {texts.value.sessions.message}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={2}
        value={text}
        placeholder={placeholder}
        aria-describedby={`${id}-hint`}
        readOnly={isReadOnly}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          // The Enter that ends the input of Chinese characters does not send them.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          onEnter()
        }}
      />
    </>
  )
}

interface SpeakersProps {
  readonly speaker: Speaker
  readonly onChange: (speaker: Speaker) => void
}

function Speakers({ speaker, onChange }: SpeakersProps) {
  const { sessions } = texts.value
  const name = useId()
  return (
    <fieldset class="speakers">
      <legend class="hidden">{sessions.speaker}</legend>
      {(['devin', 'user'] as const).map((one) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={speaker === one}
            onChange={() => onChange(one)}
          />
          <span>{sessions.as[one]}</span>
        </label>
      ))}
    </fieldset>
  )
}

async function say(session: SessionDetail, speaker: Speaker, message: string): Promise<void> {
  const { session_id: id, org_id: orgId } = session
  if (speaker === 'devin') {
    await control(`/sessions/${id}/events`, { method: 'POST', body: { org_id: orgId, message } })
    return
  }
  const { body } = await callApi(orgId, 'POST', `/v1/sessions/${id}/message`, { message })
  // v1 says so of a session that is suspended, or has ended meanwhile.
  const { detail } = (body ?? {}) as { readonly detail?: unknown }
  if (typeof detail === 'string') notify({ kind: 'info', text: detail })
}
