import { useSignal } from '@preact/signals'
import type { Organization } from '../../schemas/control/organizations.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Field } from '../components/fields.tsx'
import { control } from '../control.ts'
import { texts } from '../texts/index.ts'
import { Keys } from './organization-item.tsx'

/** A button that creates an organization, and then shows its keys. */
export function NewOrganizationButton() {
  const { organizations: words } = texts.value.controls
  const { create } = texts.value.common
  const step = useSignal<'closed' | 'asking' | Created>('closed')
  const name = useSignal('')
  const close = () => {
    if (step.value === 'asking') step.value = 'closed'
  }
  const submit = async () => {
    const body = name.value === '' ? {} : { name: name.value }
    const created = await control<Organization>('/organizations', { method: 'POST', body })
    step.value = { ...created, name: name.value }
  }
  return (
    <>
      <Button
        look="primary"
        aria-haspopup="dialog"
        onClick={() => {
          step.value = 'asking'
        }}
      >
        {words.create}
      </Button>
      {step.value === 'asking' && (
        <Dialog
          title={words.createTitle}
          submit={create}
          onSubmit={submit}
          onDiscard={() => {
            name.value = ''
          }}
          onClose={close}
        >
          <Field
            label={words.name}
            hint={words.nameHint}
            value={name.value}
            onInput={(value) => {
              name.value = value
            }}
          />
        </Dialog>
      )}
      {typeof step.value === 'object' && (
        <CreatedDialog
          created={step.value}
          onClose={() => {
            step.value = 'closed'
          }}
        />
      )}
    </>
  )
}

type Created = Organization & { readonly name: string }

interface CreatedProps {
  readonly created: Created
  readonly onClose: () => void
}

function CreatedDialog({ created: { name, org_id: orgId, keys }, onClose }: CreatedProps) {
  const { organizations: words } = texts.value.controls
  const shown = name === '' ? orgId : name
  const { v3, personal, service } = keys
  return (
    <Dialog title={words.createdTitle(shown)} onClose={onClose}>
      <p>{words.createdHint}</p>
      <p>
        <code>{orgId}</code>
      </p>
      <Keys name={shown} v3={[v3.service, v3.personal]} v1={[personal, service]} />
    </Dialog>
  )
}
