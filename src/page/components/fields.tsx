import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string
  readonly type?: 'text' | 'search' | 'password' | 'number'
  /** More than one line. Default: false. */
  readonly isLong?: boolean
  readonly rows?: number
  readonly required?: boolean
  readonly placeholder?: string
  readonly autoFocus?: boolean
}

/** A text field with its label. */
export function Field({
  label,
  value,
  onInput,
  hint,
  isLong = false,
  type = 'text',
  rows = 4,
  ...rest
}: FieldProps) {
  const id = useId()
  const shared = {
    ...rest,
    id,
    value,
    ...(hint !== undefined && { 'aria-describedby': `${id}-hint` }),
    onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
      onInput(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {isLong ? (
        <textarea {...shared} rows={rows} />
      ) : (
        <input
          {...shared}
          type={type as 'text'}
          autocomplete="off"
          // Fractions are numbers, too. Whether one is accepted is for the server to say.
          {...(type === 'number' && { step: 'any' })}
        />
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="muted">
          {hint}
        </small>
      )}
    </div>
  )
}

interface SelectProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly (readonly [value: Value, text: string])[]
  readonly onChange: (value: Value) => void
  /** Whether only screen readers get the label. Default: false. */
  readonly isBare?: boolean
}

/** A choice of one value. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  isBare = false,
}: SelectProps<Value>) {
  const id = useId()
  return (
    <div class={isBare ? 'field bare' : 'field'}>
      <label for={id} class={isBare ? 'hidden' : ''}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as Value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

/** A checkbox with its label. */
export function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  )
}
