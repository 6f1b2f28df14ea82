import { type Signal, useSignal } from '@preact/signals'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import type { ExpectedRequest, Verification } from '../../schemas/control/requests.ts'
import { Button } from '../components/button.tsx'
import { Field, Select } from '../components/fields.tsx'
import { ErrorText } from '../components/states.tsx'
import { control } from '../control.ts'
import { expectationOf } from '../model/verify-snippet.ts'
import { hrefOf, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { StatusBadge } from './list.tsx'

type Bound = 'at_least' | 'times' | 'at_most'

/** Verifies that requests like this one were received. Shows the nearest ones otherwise. */
export function Verify({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const expected = useSignal(JSON.stringify(expectationOf(entry), null, 2))
  const bound = useSignal<Bound>('at_least')
  const count = useSignal('1')
  const result = useSignal<Verification | Error | undefined>(undefined)
  const verify = async () => {
    const orgId = entry.org_id ?? shownOrg()
    result.value = await verified(expected.value, {
      ...(orgId !== undefined && { org_id: orgId }),
      [bound.value]: Number(count.value),
    }).catch((error: Error) => error)
  }
  return (
    <details class="request-verify">
      <summary>
        <h3>{requests.verifyTitle}</h3>
      </summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void verify()
        }}
      >
        <Field
          label={requests.expected}
          isLong
          rows={Math.min(14, expected.value.split('\n').length + 1)}
          value={expected.value}
          onInput={(text) => {
            expected.value = text
          }}
        />
        <div class="row request-bounds">
          <Bounds bound={bound} count={count} />
          <Button type="submit" look="primary">
            {requests.verify}
          </Button>
        </div>
      </form>
      <div role="status">
        {result.value instanceof Error && <ErrorText error={result.value} />}
        {result.value !== undefined && !(result.value instanceof Error) && <Result result={result.value} />}
      </div>
    </details>
  )
}

interface BoundsProps {
  readonly bound: Signal<Bound>
  readonly count: Signal<string>
}

function Bounds({ bound, count }: BoundsProps) {
  const { requests } = texts.value
  return (
    <>
      <Select
        label={requests.bound}
        value={bound.value}
        options={(['at_least', 'times', 'at_most'] as const).map((one) => [one, requests.bounds[one]])}
        onChange={(one) => {
          bound.value = one
        }}
      />
      <Field
        label={requests.times}
        type="number"
        required
        value={count.value}
        onInput={(text) => {
          count.value = text
        }}
      />
    </>
  )
}

async function verified(text: string, more: Partial<ExpectedRequest>): Promise<Verification> {
  const body = { ...parsed(text), ...more }
  return control<Verification>('/requests/verify', { method: 'POST', body })
}

function parsed(text: string): object {
  const value: unknown = parseOr(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Error(texts.value.requests.notJson)
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function Result({ result }: { readonly result: Verification }) {
  const { requests } = texts.value
  const { verified: isVerified, count, expected, uncertain, nearest = [] } = result
  return (
    <div class="request-note">
      <p>
        <span class={`badge ${isVerified ? 'good' : 'bad'}`}>
          {isVerified ? `✓ ${requests.verified(count)}` : `✗ ${requests.notVerified(count)}`}
        </span>
      </p>
      {expected !== undefined && <p>{expected}</p>}
      {uncertain !== undefined && <p>{uncertain}</p>}
      {nearest.length > 0 && <h4>{requests.nearest}</h4>}
      <ul class="request-nearest">
        {nearest.map(({ request: { id, method, path, status }, differences }) => (
          <li key={id}>
            <a href={hrefOf(['requests', String(id)])}>
              {method} {path.slice(0, 500)}
            </a>{' '}
            <StatusBadge status={status} />
            <ul>
              {differences.map((difference) => (
                <li key={difference}>{difference}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  )
}
