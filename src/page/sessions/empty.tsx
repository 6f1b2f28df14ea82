import { Button, Command } from '../components/button.tsx'
import { Empty } from '../components/states.tsx'
import { createCommand } from '../model/state-commands.ts'
import { server, targetOrg } from '../organizations.ts'
import { hrefOf, setQuery } from '../place.ts'
import { texts } from '../texts/index.ts'

/** What to do while there are no sessions. */
export function NoSessions({ create }: { readonly create: () => void }) {
  const { sessions } = texts.value
  return (
    <Empty title={sessions.empty}>
      <Hint />
      <Button look="primary" aria-haspopup="dialog" onClick={create}>
        {sessions.create}
      </Button>
    </Empty>
  )
}

/** A command that creates a session. Its key is valid for every organization unless keys are strict. */
function Hint() {
  const { sessions } = texts.value
  if (server.value === undefined) return null
  if (server.value.strict_keys) {
    return (
      <p>
        {sessions.emptyKeys} <a href={hrefOf(['controls', 'organizations'])}>{sessions.emptyKeysLink}</a>
      </p>
    )
  }
  const target = { origin: location.origin, orgId: targetOrg(), key: 'cog_demo' }
  return (
    <>
      <p>{sessions.emptyHint}</p>
      <Command text={createCommand(target, '/sessions', { prompt: sessions.examplePrompt })} />
    </>
  )
}

/** What to do when the filter selects nothing. */
export function NoMatch() {
  const { sessions } = texts.value
  return (
    <Empty title={sessions.noMatch}>
      <Button onClick={() => setQuery({ q: '', tag: '' })}>{sessions.clearFilter}</Button>
    </Empty>
  )
}
