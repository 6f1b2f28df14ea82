import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Field, Select } from '../components/fields.tsx'
import { filterOf, isEmpty, type RequestFilter } from '../model/requests-filter.ts'
import { place, setQuery } from '../place.ts'
import { texts } from '../texts/index.ts'

/** The methods of the API. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** How long nothing is typed before the address has the filter. Browsers allow few changes of an address per second. */
const ADDRESS_MS = 250

/** A filter that is being typed. */
export interface TypedFilter {
  /** As it is typed. */
  readonly typed: RequestFilter
  /** As it is applied: at most once per frame. */
  readonly applied: RequestFilter
  set(changes: Partial<RequestFilter>): void
}

/** The filter that the address has. Typing applies it at once, and then changes the address. */
export function useFilter(): TypedFilter {
  const ofAddress = JSON.stringify(filterOf(place.value.query))
  const typed = useSignal<RequestFilter>(JSON.parse(ofAddress))
  const applied = useSignal(typed.peek())
  const timers = useRef({ frame: 0, address: 0 })
  useEffect(() => {
    // While the address is still to be changed, it has an earlier filter.
    if (timers.current.address !== 0) return
    typed.value = JSON.parse(ofAddress)
    applied.value = typed.value
  }, [ofAddress])
  const apply = () => {
    applied.value = typed.value
  }
  const write = () => {
    timers.current.address = 0
    setQuery({ ...typed.value })
  }
  useEffect(
    () => () => {
      cancelAnimationFrame(timers.current.frame)
      clearTimeout(timers.current.address)
    },
    [],
  )
  const set = (changes: Partial<RequestFilter>) => {
    typed.value = { ...typed.value, ...changes }
    cancelAnimationFrame(timers.current.frame)
    clearTimeout(timers.current.address)
    timers.current = { frame: requestAnimationFrame(apply), address: window.setTimeout(write, ADDRESS_MS) }
  }
  return { typed: typed.value, applied: applied.value, set }
}

/** The fields of the filter. */
export function FilterBar({ filter: { typed, set } }: { readonly filter: TypedFilter }) {
  const { requests, common } = texts.value
  const search = useRef<HTMLDivElement>(null)
  return (
    <search class="request-filter" aria-label={common.filter}>
      <div ref={search} class="wide">
        <Field
          label={requests.text}
          type="search"
          placeholder={requests.textHint}
          value={typed.text}
          onInput={(text) => set({ text })}
        />
      </div>
      <div class="wide">
        <Field
          label={requests.path}
          type="search"
          placeholder="/v3/**/sessions"
          value={typed.path}
          onInput={(path) => set({ path })}
        />
      </div>
      <Select
        label={requests.method}
        value={typed.method}
        options={[['', requests.anyMethod], ...METHODS.map((method) => [method, method] as const)]}
        onChange={(method) => set({ method })}
      />
      <div class="narrow">
        <Field
          label={requests.status}
          type="search"
          placeholder={requests.statusHint}
          value={typed.status}
          onInput={(status) => set({ status })}
        />
      </div>
      {!isEmpty(typed) && (
        <Button
          look="quiet"
          onClick={() => {
            set({ method: '', path: '', status: '', text: '' })
            search.current?.querySelector('input')?.focus()
          }}
        >
          {requests.resetFilter}
        </Button>
      )}
    </search>
  )
}
