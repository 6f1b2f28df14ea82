import { Dialog } from '../components/dialog.tsx'
import { useDraft } from '../components/draft.ts'
import { Field, Select } from '../components/fields.tsx'
import { control } from '../control.ts'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'

/** Steps to start from. */
const EXAMPLE = {
  steps: [
    { after_seconds: 0, status_enum: 'working', message: "I'm on it: {{request}}" },
    { after_seconds: 5, status_enum: 'blocked', message: 'Which branch should I use?' },
  ],
  on_message: [{ after_seconds: 3, status_enum: 'finished', message: 'Done.' }],
}

const OWN = ''

const NEW = {
  name: '',
  prompt: '',
  title: '',
  tag: '',
  scenario: 'blocked-then-finished',
  json: JSON.stringify(EXAMPLE, null, 2),
}

interface RuleDialogProps {
  /** The names of the known scenarios. */
  readonly names: readonly string[]
  readonly onClose: () => void
}

/** Asks for a rule. */
export function RuleDialog({ names, onClose }: RuleDialogProps) {
  const { scenarios: words } = texts.value.controls
  const { values: rule, discard } = useDraft('rule', NEW)
  const bound = (name: keyof typeof rule.value) => ({
    value: rule.value[name],
    onInput: (value: string) => {
      rule.value = { ...rule.value, [name]: value }
    },
  })
  const scenario = bound('scenario')
  const add = () => {
    const { name, scenario, json, ...match } = rule.value
    const given = Object.entries(match).filter(([, value]) => value !== '')
    const body = {
      org_id: shownOrg(),
      ...(name !== '' && { name }),
      ...(given.length > 0 && { match: Object.fromEntries(given) }),
      scenario: scenario === OWN ? parsed(json) : scenario,
    }
    return control('/scenarios', { method: 'POST', body })
  }
  return (
    <Dialog title={words.addTitle} submit={words.addNow} onSubmit={add} onDiscard={discard} onClose={onClose}>
      <Field label={words.prompts} hint={words.matchHint} {...bound('prompt')} />
      <div class="row fields">
        <Field label={words.titles} {...bound('title')} />
        <Field label={words.tags} {...bound('tag')} />
      </div>
      <Field label={words.name} hint={words.nameHint} {...bound('name')} />
      <Select
        label={words.scenario}
        value={scenario.value}
        options={[[OWN, words.own], ...names.map((one) => [one, one] as const)]}
        onChange={scenario.onInput}
      />
      {scenario.value === OWN && <Field label={words.json} isLong rows={10} {...bound('json')} />}
    </Dialog>
  )
}

/** Throws an Error that says what is wrong with the JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(texts.value.controls.scenarios.notJson((error as Error).message))
  }
}
