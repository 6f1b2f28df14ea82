import { texts } from '../texts/index.ts'
import { CopyButton } from './button.tsx'

/** A name, a text, or another scalar of JSON. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** The longest text that is coloured, in characters. */
const COLOURED_MAX = 50_000

/** JSON, indented and coloured, with a button to copy it. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = JSON.stringify(value, null, 2) ?? 'undefined'
  return (
    <figure class="json" aria-label={label}>
      <CopyButton text={text} label={texts.value.common.copyThis(label)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>
        <code>{text.length > COLOURED_MAX ? text : coloured(text)}</code>
      </pre>
    </figure>
  )
}

function coloured(text: string) {
  const parts = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match
    if (match.index > end) parts.push(text.slice(end, match.index))
    const kind = string === undefined ? 'scalar' : colon === undefined ? 'string' : 'name'
    parts.push(
      <span key={match.index} class={kind}>
        {string ?? whole}
      </span>,
      colon,
    )
    end = match.index + whole.length
  }
  return [...parts, text.slice(end)]
}
