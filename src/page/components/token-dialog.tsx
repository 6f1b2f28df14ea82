import { useSignal } from '@preact/signals'
import { setToken, token } from '../control.ts'
import { texts } from '../texts/index.ts'
import { Button } from './button.tsx'
import { Field } from './fields.tsx'

/** Asks for the control token instead of showing anything. */
export function TokenDialog() {
  const { title, hint, label, wrong, enter } = texts.value.token
  const value = useSignal('')
  return (
    <div class="cover">
      <form
        class="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          setToken(value.value)
        }}
      >
        <h2>{title}</h2>
        {token.value !== null && (
          <p class="error" role="alert">
            {wrong}
          </p>
        )}
        <Field
          label={label}
          hint={hint}
          type="password"
          required
          autoFocus
          value={value.value}
          onInput={(text) => {
            value.value = text
          }}
        />
        <div class="actions">
          <Button type="submit" look="primary">
            {enter}
          </Button>
        </div>
      </form>
    </div>
  )
}
