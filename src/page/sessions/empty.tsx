import { Button, Command } from '../components/button.tsx'
import { Empty } from '../components/states.tsx'
import { server } from '../organizations.ts'
import { hrefOf, setQuery, shownOrg } from '../place.ts'
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

/** A command that creates a session. Its key selects the default organization, and is valid unless keys are strict. */
function Hint() {
  const { sessions } = texts.value
  const org = shownOrg()
  const { strict_keys: isStrict = false, organizations = [] } = server.value ?? {}
  const isDefault =
    org === undefined || organizations.some(({ org_id, is_default }) => org_id === org && is_default)
  if (isStrict || !isDefault) {
    return (
      <p>
        {sessions.emptyKeys} <a href={hrefOf(['controls', 'organizations'])}>{sessions.emptyKeysLink}</a>
      </p>
    )
  }
  return (
    <>
      <p>{sessions.emptyHint}</p>
      <Command
        text={`curl ${location.origin}/v1/sessions -H 'Authorization: Bearer apk_user_demo' -H 'Content-Type: application/json' -d '{"prompt": "${sessions.examplePrompt}"}'`}
      />
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
