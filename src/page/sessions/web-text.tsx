import { useSignal } from '@preact/signals'
import { headOf, isWebAddress, piecesOf } from '../model/sessions-texts.ts'
import { texts } from '../texts/index.ts'

interface WebLinkProps {
  readonly url: string
  /** Default: the address. */
  readonly text?: string
}

/** An address from a client: a link only if it leads to the web. */
export function WebLink({ url, text = url }: WebLinkProps) {
  if (!isWebAddress(url)) return <span class="address">{url}</span>
  return (
    <a class="address" href={url} rel="noreferrer noopener" target="_blank">
      {text}
    </a>
  )
}

/** A text from a client, with its addresses as links. A long one is folded. */
export function WebText({ text }: { readonly text: string }) {
  const isOpen = useSignal(false)
  const head = headOf(text)
  const shown = head === undefined || isOpen.value ? text : head
  const { showLess, showMore } = texts.value.sessions
  return (
    <>
      <div class="web-text">
        {piecesOf(shown).map(({ text: piece, isLink }, index) =>
          isLink ? <WebLink key={index} url={piece} /> : piece,
        )}
        {shown !== text && '…'}
      </div>
      {head !== undefined && (
        <button
          type="button"
          class="button quiet"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value
          }}
        >
          {isOpen.value ? showLess : showMore}
        </button>
      )}
    </>
  )
}
