import type { SessionDetail } from '../../schemas/control/sessions.ts'
import { Json } from '../components/json.tsx'
import { texts } from '../texts/index.ts'

/** The structured output of a session, beside its schema. */
export function Output({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const { structured_output: output, structured_output_schema: schema } = session
  return (
    <div class="session-output">
      <section>
        <h2>{sessions.output}</h2>
        {output === null ? (
          <p class="muted">{sessions.noOutput}</p>
        ) : (
          <Json value={output} label={sessions.output} />
        )}
      </section>
      <section>
        <h2>{sessions.schema}</h2>
        {schema === null ? (
          <p class="muted">{sessions.noSchema}</p>
        ) : (
          <Json value={schema} label={sessions.schema} />
        )}
      </section>
    </div>
  )
}

interface AnswerProps {
  readonly session: SessionDetail
  readonly generation: 'v1' | 'v3'
}

/** What a generation of the API answers for a session. */
export function Answer({ session, generation }: AnswerProps) {
  const { session_id: id, org_id: orgId } = session
  const path = generation === 'v1' ? `/v1/sessions/${id}` : `/v3/organizations/${orgId}/sessions/${id}`
  return (
    <div class="session-answer">
      <h2>
        <code>GET {path}</code>
      </h2>
      <Json value={session[generation]} label={texts.value.sessions.tabs[generation]} />
    </div>
  )
}
