import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button, CopyButton } from '../components/button.tsx'
import { callApi } from '../control.ts'
import { createErrorOf, turnsOf } from '../model/scenario-line.ts'
import { targetOrg } from '../organizations.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'
import { StepList, TimeLine } from './time-line.tsx'

interface ScenarioCardProps {
  readonly name: string
  readonly scenario: unknown
  readonly purpose: string | undefined
  /** Whether the address names it: it is brought into view, with its steps. */
  readonly isChosen: boolean
}

/** A built-in scenario: its picture, its marker, and a button that tries it. */
export function ScenarioCard({ name, scenario, purpose, isChosen }: ScenarioCardProps) {
  const { scenarios: words } = texts.value.controls
  const card = useRef<HTMLLIElement>(null)
  const created = useSignal<string | undefined>(undefined)
  const marker = `[fake:${name}]`
  useEffect(() => {
    if (isChosen) card.current?.scrollIntoView({ block: 'center' })
  }, [isChosen])
  const start = async () => {
    const prompt = `${words.prompt(name)} ${marker}`
    const { body } = await callApi(targetOrg(), 'POST', '/v3/organizations/{org_id}/sessions', { prompt })
    created.value = `devin-${(body as { session_id: string }).session_id.replace(/^devin-/, '')}`
  }
  return (
    <li ref={card} class={`card scenario ${isChosen ? 'chosen' : ''}`}>
      <h3>
        <a href={hrefOf(['controls', 'scenarios', name])}>
          <code>{name}</code>
        </a>
      </h3>
      {purpose !== undefined && <p class="muted">{purpose}</p>}
      <Turns name={name} scenario={scenario} isOpen={isChosen} />
      <div class="row scenario-actions">
        <CopyButton text={marker} label={texts.value.common.copyThis(marker)}>
          <code>{marker}</code>
        </CopyButton>
        <Button aria-label={words.startOne(name)} onClick={start}>
          {words.start}
        </Button>
      </div>
      <p role="status" class={created.value === undefined ? 'hidden' : ''}>
        {created.value !== undefined && (
          <>
            {words.started} <a href={hrefOf(['sessions', created.value])}>{created.value.slice(0, 14)}…</a>
          </>
        )}
      </p>
    </li>
  )
}

interface TurnsProps {
  readonly name: string
  readonly scenario: unknown
  readonly isOpen?: boolean
}

/** What a scenario does after the creation of a session, and after a message. */
export function Turns({ name, scenario, isOpen = false }: TurnsProps) {
  const { scenarios: words } = texts.value.controls
  const error = createErrorOf(scenario)
  const turns = turnsOf(scenario)
  if (error !== undefined) {
    return (
      <p class="refusal">
        <span class="badge bad">✕ {words.refuses(error.status)}</span> {error.detail}
      </p>
    )
  }
  if (turns === undefined) return null
  const { steps, onMessage } = turns
  return (
    <>
      <TimeLine name={name} start={words.created} steps={steps} />
      {onMessage.length > 0 && (
        <TimeLine name={`${name}: ${words.second}`} start={words.message} steps={onMessage} before="" />
      )}
      <details open={isOpen}>
        <summary>{words.steps}</summary>
        <StepList steps={steps} />
        <b class="muted">{words.second}</b>
        {onMessage.length === 0 ? <p>{words.nothingFollows}</p> : <StepList steps={onMessage} before="" />}
      </details>
    </>
  )
}
