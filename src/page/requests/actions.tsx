import { useSignal } from '@preact/signals'
import type { ApiAnswer } from '../../schemas/control/calls.ts'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import { Button, CopyButton } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { ErrorText } from '../components/states.tsx'
import { control } from '../control.ts'
import { curlOf } from '../model/curl.ts'
import { withoutOrigin } from '../model/requests-path.ts'
import { expectationOf, verifySnippet } from '../model/verify-snippet.ts'
import { targetOrg } from '../organizations.ts'
import { texts } from '../texts/index.ts'
import { Body } from './exchange.tsx'
import { FailDialog } from './fail-dialog.tsx'
import { StatusBadge } from './list.tsx'

/** What can be done with a request. */
export function Actions({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const isFailing = useSignal(false)
  const sent = useSignal<ApiAnswer | Error | undefined>(undefined)
  const send = async () => {
    sent.value = await sendAgain(entry).catch((error: Error) => error)
  }
  return (
    <div class="stack">
      <div class="row request-actions">
        <CopyButton text={() => curlOf(entry, location.origin)}>{requests.asCurl}</CopyButton>
        <CopyButton text={() => verifySnippet(expectationOf(entry))}>{requests.asVerify}</CopyButton>
        <Button
          aria-haspopup="dialog"
          onClick={() => {
            isFailing.value = true
          }}
        >
          {requests.fail}
        </Button>
        {canBeSentAgain(entry) && <SendAgain entry={entry} send={send} />}
      </div>
      <small class="muted">{requests.masked}</small>
      {isFailing.value && (
        <FailDialog
          entry={entry}
          onClose={() => {
            isFailing.value = false
          }}
        />
      )}
      <div class="request-status" role="status">
        {sent.value !== undefined && <SentAgain entry={entry} result={sent.value} />}
      </div>
    </div>
  )
}

/** What deletes something has to be confirmed. */
function SendAgain({ entry, send }: { readonly entry: RequestEntry; readonly send: () => Promise<void> }) {
  const { requests } = texts.value
  if (entry.method !== 'DELETE') return <Button onClick={send}>{requests.again}</Button>
  return (
    <ConfirmButton
      look="plain"
      label={requests.again}
      question={requests.againQuestion(`${entry.method} ${entry.path}`)}
      onConfirm={send}
    />
  )
}

/** Returns whether the page can send a request as it was: to the API, without a body or with JSON. */
function canBeSentAgain(entry: RequestEntry): boolean {
  const { path, method, body_bytes: size, headers } = entry
  const isOfApi = /^\/v\d\w*\//.test(withoutOrigin(path)) && /^(?:GET|POST|PUT|PATCH|DELETE)$/.test(method)
  if (!('body' in entry)) return isOfApi && size === 0
  return isOfApi && /^application\/json\b/i.test(headers['content-type'] ?? 'application/json')
}

async function sendAgain(entry: RequestEntry): Promise<ApiAnswer> {
  const { method, path, query, org_id: orgId } = entry
  const target = query.raw === '' ? withoutOrigin(path) : `${withoutOrigin(path)}?${query.raw}`
  const call = { org_id: orgId ?? targetOrg(), method, path: target }
  const body = { ...call, ...('body' in entry && { body: entry.body }) }
  return control<ApiAnswer>('/calls', { method: 'POST', body })
}

/** The answer to a request that was sent again, or why there is none. */
function SentAgain({ entry, result }: { readonly entry: RequestEntry; readonly result: ApiAnswer | Error }) {
  const { requests } = texts.value
  const isMasked = JSON.stringify([entry.path, entry.query.raw, entry.body]).includes('***')
  if (result instanceof Error) return <ErrorText error={result} />
  return (
    <div class="request-note">
      <h3>
        {requests.againTitle} <StatusBadge status={result.status} />
      </h3>
      <p class="muted">
        {requests.againHint} {isMasked && requests.againMasked}
      </p>
      <Body value={result.body ?? undefined} bytes={0} label={requests.againTitle} />
    </div>
  )
}
