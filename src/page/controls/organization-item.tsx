import { Button, CopyButton } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { notify } from '../components/notices.tsx'
import { callApi } from '../control.ts'
import { ENTERPRISE } from '../model/state-commands.ts'
import type { OrganizationSummary } from '../organizations.ts'
import { setQuery, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'

/** An organization, with its keys if they are revealed. */
export function OrganizationItem({ organization }: { readonly organization: OrganizationSummary }) {
  const { organizations: words } = texts.value.controls
  const { org_id: orgId, name, sessions, is_default: isDefault, keys } = organization
  const isShown = shownOrg() === orgId
  const remove = async () => {
    await callApi(ENTERPRISE, 'DELETE', `/v3/enterprise/organizations/${encodeURIComponent(orgId)}`)
    if (isShown) setQuery({ org: '' })
    notify({ kind: 'info', text: words.deleted(name) })
  }
  return (
    <li class={`card organization ${isShown ? 'chosen' : ''}`}>
      <div class="row between">
        <div>
          <h3>
            {name} {isDefault && <span class="badge info">{words.isDefault}</span>}{' '}
            {isShown && <span class="badge good">✓ {words.isShown}</span>}
          </h3>
          <div class="row">
            <code>{orgId}</code>
            <CopyButton text={orgId} label={words.copyId(orgId)} />
            <span class="muted">{orgId === ENTERPRISE ? words.isEnterprise : words.sessions(sessions)}</span>
          </div>
        </div>
        <div class="row">
          <Button
            disabled={isShown}
            aria-label={words.showOne(name)}
            onClick={() => setQuery({ org: orgId })}
          >
            {words.show}
          </Button>
          {!isDefault && orgId !== ENTERPRISE && (
            <ConfirmButton
              look="quiet"
              label={texts.value.common.delete}
              name={words.deleteOne(name)}
              question={words.deleteSure(name)}
              onConfirm={remove}
            />
          )}
        </div>
      </div>
      {keys !== null && <Keys name={name} v3={keys.v3} v1={keys.v1} />}
    </li>
  )
}

interface KeysProps {
  readonly name: string
  readonly v3: readonly string[]
  readonly v1: readonly string[]
}

/** Keys of both generations of the API, each with a button that copies it. */
export function Keys({ name, ...keys }: KeysProps) {
  const { organizations: words } = texts.value.controls
  const rows = (['v3', 'v1'] as const).flatMap((generation) =>
    keys[generation].map((key) => ({ generation, key })),
  )
  if (rows.length === 0) return <p class="muted">{words.noKeys}</p>
  return (
    <ul class="plain-list keys" aria-label={words.keys}>
      {rows.map(({ generation, key }) => (
        <li key={key} class="row">
          <span class="badge">{words[generation]}</span>
          <code>{key}</code>
          <CopyButton text={key} label={words.copyKey(generation, name)} />
        </li>
      ))}
    </ul>
  )
}
