import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import { control } from '../control.ts'
import { errorText } from '../model/details.ts'
import { type Difference, nearOperations } from '../model/requests-near.ts'
import { withoutOrigin } from '../model/requests-path.ts'
import { texts } from '../texts/index.ts'

/** Why a request got an error, and for one that the API has no operation for, which operations come nearest. */
export function WhatWentWrong({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const { route, status, response_body: body } = entry
  if (status === null || status < 400) return null
  return (
    <div class="request-note bad">
      <h3>{requests.why}</h3>
      {body !== undefined && <p class="request-reason">{errorText(body).slice(0, 2_000)}</p>}
      {route === null && <NearOperations entry={entry} />}
    </div>
  )
}

/** The operations of the API, such as `GET /v1/sessions`. Read once. */
let operations: Promise<readonly string[]> | undefined

async function readOperations(): Promise<readonly string[]> {
  const { rows } = await control<{ rows: { operation?: string }[] }>('/fidelity')
  return rows.flatMap(({ operation }) => operation ?? [])
}

function NearOperations({ entry: { method, path } }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const known = useSignal<readonly string[]>([])
  useEffect(() => {
    operations ??= readOperations()
    operations.then(
      (all) => {
        known.value = all
      },
      () => {
        operations = undefined
      },
    )
  }, [])
  const near = nearOperations({ method, path: withoutOrigin(path) }, known.value)
  if (near.length === 0) return null
  return (
    <>
      <p>{requests.noOperation}</p>
      <ul class="request-nearest">
        {near.map((operation) => (
          <li key={`${operation.method} ${operation.path}`}>
            <code>
              {operation.method} {operation.path}
            </code>
            <ul>
              {operation.differences.map((difference, index) => (
                <li key={index}>{textOf(difference)}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  )
}

function textOf({ expected, sent }: Difference): string {
  const { requests } = texts.value
  if (sent === undefined) return requests.lacks(expected ?? '')
  return expected === undefined ? requests.exceeds(sent) : requests.differs(sent, expected)
}
