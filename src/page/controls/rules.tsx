import { useSignal } from '@preact/signals'
import type { Rule } from '../../schemas/control/scenarios.ts'
import { Button, Command, CopyButton } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { Empty } from '../components/states.tsx'
import { control } from '../control.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'
import { KeepFocus } from './keep-focus.tsx'
import { RuleDialog } from './rule-dialog.tsx'
import { Turns } from './scenario-card.tsx'

interface RulesProps {
  readonly rules: readonly Rule[]
  /** The names of the built-in scenarios. */
  readonly names: readonly string[]
}

/** The rules that give new sessions their scenarios, in the order in which they are tried. */
export function RulesInForce({ rules, names }: RulesProps) {
  const { scenarios: words } = texts.value.controls
  const isAdding = useSignal(false)
  const known = [...names, ...rules.flatMap(({ name }) => name ?? [])]
  return (
    <KeepFocus label={words.rules}>
      <div class="row between section-head">
        <div>
          <h2>{words.rules}</h2>
          <p class="muted">{words.rulesHint}</p>
        </div>
        <Button
          aria-haspopup="dialog"
          onClick={() => {
            isAdding.value = true
          }}
        >
          {words.add}
        </Button>
      </div>
      {rules.length === 0 ? (
        <Empty title={words.noRules}>
          <Command text={exampleCommand()} />
        </Empty>
      ) : (
        <ol class="rules">
          {rules.map((rule, index) => (
            <RuleItem key={rule.id} rule={rule} number={index + 1} />
          ))}
        </ol>
      )}
      {isAdding.value && (
        <RuleDialog
          names={[...new Set(known)]}
          onClose={() => {
            isAdding.value = false
          }}
        />
      )}
    </KeepFocus>
  )
}

function exampleCommand(): string {
  const rule = { match: { prompt: 'refactor' }, scenario: 'blocked-then-finished' }
  return `curl ${location.origin}/_fake/scenarios -H 'content-type: application/json' -d '${JSON.stringify(rule)}'`
}

function RuleItem({ rule, number }: { readonly rule: Rule; readonly number: number }) {
  const { controls, common } = texts.value
  const { scenarios: words } = controls
  const { id, org_id: orgId, name, scenario } = rule
  const marker = `[fake:${name}]`
  return (
    <li class="card rule">
      <div class="row between">
        <div class="row">
          <span class="badge" aria-hidden="true">
            {number}
          </span>
          <b>{matchText(rule)}</b>
          <span aria-hidden="true">→</span>
          {typeof scenario === 'string' ? (
            <a href={hrefOf(['controls', 'scenarios', scenario])}>{words.follows(scenario)}</a>
          ) : (
            <span>{words.ownSteps}</span>
          )}
          <span class="muted">{orgId === null ? controls.all : nameOfOrg(orgId)}</span>
        </div>
        <div class="row">
          {name !== null && (
            <CopyButton text={marker} label={common.copyThis(marker)}>
              <code>{marker}</code>
            </CopyButton>
          )}
          <ConfirmButton
            look="quiet"
            label={controls.remove}
            name={words.removeOne(number)}
            question={words.removeRule}
            onConfirm={() =>
              control(`/scenarios/${encodeURIComponent(id)}`, {
                method: 'DELETE',
                query: { org_id: orgId ?? undefined },
              })
            }
          />
        </div>
      </div>
      <Turns name={name ?? `${number}`} scenario={scenario} />
    </li>
  )
}

function matchText({ name, match }: Rule): string {
  const { scenarios: words } = texts.value.controls
  const { prompt, title, tag } = match ?? {}
  const parts = [
    prompt !== undefined && words.prompt_is(prompt),
    title !== undefined && words.title_is(title),
    tag !== undefined && words.tag_is(tag),
  ].filter((part) => part !== false)
  if (parts.length > 0) return parts.join(', ')
  return name === null ? words.anySession : words.onlyNamed
}
