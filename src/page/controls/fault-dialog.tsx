import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { Dialog } from '../components/dialog.tsx'
import { useDraft } from '../components/draft.ts'
import { Check, Field, Select } from '../components/fields.tsx'
import { control } from '../control.ts'
import {
  EMPTY_FORM,
  type FaultForm,
  FormError,
  faultOf,
  type Preset,
  pathsOf,
} from '../model/controls-faults.ts'
import { METHODS } from '../model/requests-path.ts'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { addFault } from './fault-calls.ts'

type Fields = Signal<FaultForm>

/** Asks for the members of a fault: of a preset, only which requests it applies to and how often. */
export function FaultDialog({ preset, onClose }: { readonly preset?: Preset; readonly onClose: () => void }) {
  const { faults } = texts.value.controls
  const { values: form, discard } = useDraft(`fault ${preset}`, EMPTY_FORM)
  return (
    <Dialog
      title={preset === undefined ? faults.customTitle : faults.limitTitle(preset)}
      submit={faults.start}
      onClose={onClose}
      onSubmit={() => addFault(specIn(form.value, preset))}
      onDiscard={discard}
    >
      {preset !== undefined && <p class="muted">{faults.inform[preset]}</p>}
      <WhichRequests form={form} />
      {preset === undefined && <WhatHappens form={form} />}
      <WhenItStrikes form={form} />
    </Dialog>
  )
}

/** Returns the fault in the form. Throws an Error that says what is wrong with a field. */
function specIn(form: FaultForm, preset: Preset | undefined) {
  try {
    return faultOf(form, preset, shownOrg())
  } catch (error) {
    if (error instanceof FormError) throw new Error(reasonOf(error))
    throw error
  }
}

function reasonOf({ field, given }: FormError): string {
  const { faults } = texts.value.controls
  if (field === 'headers') return faults.notHeader(given)
  if (field === 'body') return faults.notJson
  const names: Partial<Record<keyof FaultForm, string>> = {
    delay_ms: faults.delay,
    bytes_per_second: faults.rate,
    times: faults.times,
    probability: faults.probability,
    after: faults.after,
  }
  return faults.notNumber(names[field] ?? faults.status, given)
}

/** Returns the value of a field and what to do when it changes. */
function bound<Name extends keyof FaultForm>(form: Fields, name: Name) {
  return {
    value: form.value[name],
    onInput: (value: FaultForm[Name]) => {
      form.value = { ...form.value, [name]: value }
    },
  }
}

function WhichRequests({ form }: { readonly form: Fields }) {
  const { faults } = texts.value.controls
  const { value: method, onInput: setMethod } = bound(form, 'method')
  return (
    <fieldset>
      <legend>{faults.whichOnes}</legend>
      <div class="row fields">
        <Select
          label={faults.method}
          value={method}
          options={[['', faults.anyMethod], ...METHODS.map((one) => [one, one] as const)]}
          onChange={setMethod}
        />
        <PathField form={form} />
      </div>
    </fieldset>
  )
}

/** The path, with the paths of all operations as suggestions. */
function PathField({ form }: { readonly form: Fields }) {
  const { faults } = texts.value.controls
  const id = useId()
  const paths = useSignal<readonly string[]>([])
  useEffect(() => {
    control<{ rows: { operation?: string }[] }>('/fidelity')
      .then(({ rows }) => {
        paths.value = pathsOf(rows)
      })
      // Without suggestions, a path can still be typed.
      .catch(() => undefined)
  }, [])
  return (
    <div class="field grow">
      <label for={id}>{faults.path}</label>
      <input
        id={id}
        list={`${id}-paths`}
        autocomplete="off"
        aria-describedby={`${id}-hint`}
        value={form.value.path}
        onInput={({ currentTarget }) => bound(form, 'path').onInput(currentTarget.value)}
      />
      <datalist id={`${id}-paths`}>
        {paths.value.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      <small id={`${id}-hint`} class="muted">
        {faults.pathHint}
      </small>
    </div>
  )
}

const ABORTS = ['', 'before', 'after', 'mid-body'] as const

function WhatHappens({ form }: { readonly form: Fields }) {
  const { faults } = texts.value.controls
  const { abort, include_retries: retries, malformed_json: malformed } = form.value
  return (
    <fieldset class="stack">
      <legend>{faults.whatHappens}</legend>
      <div class="row fields">
        <Field label={faults.status} type="number" {...bound(form, 'status')} />
        <Field label={faults.delay} type="number" {...bound(form, 'delay_ms')} />
        <Field label={faults.rate} type="number" {...bound(form, 'bytes_per_second')} />
      </div>
      <Field label={faults.headers} hint={faults.headersHint} isLong rows={2} {...bound(form, 'headers')} />
      <Field label={faults.body} hint={faults.bodyHint} isLong rows={3} {...bound(form, 'body')} />
      <Select
        label={faults.abort}
        value={abort}
        options={ABORTS.map((one) => [one, faults.aborts[one]])}
        onChange={bound(form, 'abort').onInput}
      />
      {(abort === 'before' || abort === 'after') && (
        <Check label={faults.retries} checked={retries} onChange={bound(form, 'include_retries').onInput} />
      )}
      <Check label={faults.malformed} checked={malformed} onChange={bound(form, 'malformed_json').onInput} />
    </fieldset>
  )
}

function WhenItStrikes({ form }: { readonly form: Fields }) {
  const { faults } = texts.value.controls
  return (
    <fieldset>
      <legend>{faults.whenStrikes}</legend>
      <div class="row fields">
        <Field label={faults.times} hint={faults.timesHint} type="number" {...bound(form, 'times')} />
        <Field label={faults.after} type="number" {...bound(form, 'after')} />
        <Field label={faults.probability} {...bound(form, 'probability')} />
      </div>
    </fieldset>
  )
}
