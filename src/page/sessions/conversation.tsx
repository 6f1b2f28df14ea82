import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ConversationMessage, SessionDetail } from '../../schemas/control/sessions.ts'
import { Button } from '../components/button.tsx'
import { Ago } from '../components/time.tsx'
import { texts } from '../texts/index.ts'
import { Composer } from './composer.tsx'
import { WebText } from './web-text.tsx'

/** The number of messages that are shown, and how many more at a time. */
const SHOWN = 200

/** How far from its end a conversation still counts as read to the end, in pixels. */
const END_TOLERANCE = 40

/** The messages of a session, and a field to say something. */
export function Conversation({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const { conversation, org_id: orgId } = session
  const shown = useSignal(SHOWN)
  const { scroller, isBehind, onScroll, toEnd } = useEnd(conversation.length)
  const hidden = Math.max(0, conversation.length - shown.value)
  return (
    <div class="conversation">
      <div
        ref={scroller}
        class="messages"
        role="log"
        // Not the ages of the messages, which change all the time.
        aria-relevant="additions"
        aria-label={sessions.tabs.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {hidden > 0 && (
          <Button
            look="quiet"
            onClick={() => {
              shown.value += SHOWN
            }}
          >
            {sessions.earlier(hidden)}
          </Button>
        )}
        <ol>
          {conversation.slice(hidden).map((message) => (
            <Bubble key={message.event_id} message={message} orgId={orgId} />
          ))}
        </ol>
      </div>
      {isBehind && (
        <Button class="to-end" onClick={toEnd}>
          ↓ {sessions.newMessages}
        </Button>
      )}
      <Composer session={session} />
    </div>
  )
}

/** Keeps the end of a conversation in view if the reader is there. */
function useEnd(count: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const rendered = useRef(count)
  /** The heights when the end was shown last: of the conversation, and of the part in view. */
  const heights = useRef({ scrollHeight: 0, clientHeight: 0 })
  const seen = useSignal(count)
  const showEnd = () => {
    const element = scroller.current
    if (element === null) return
    element.scrollTop = element.scrollHeight
    const { scrollHeight, clientHeight } = element
    heights.current = { scrollHeight, clientHeight }
  }
  const toEnd = () => {
    showEnd()
    seen.value = count
  }
  /** Whether the conversation has become longer, or its view smaller, since the end was shown. Then the end is out of view though nobody has scrolled. */
  const isPushed = ({ scrollHeight, clientHeight }: HTMLElement) =>
    scrollHeight > heights.current.scrollHeight || clientHeight < heights.current.clientHeight
  // A message may come before the event of a scroll.
  if (
    count !== rendered.current &&
    isAtEnd.current &&
    scroller.current !== null &&
    !isPushed(scroller.current)
  ) {
    isAtEnd.current = isEndInView(scroller.current)
  }
  rendered.current = count
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd()
  }, [count])
  useLayoutEffect(() => {
    const element = scroller.current as HTMLDivElement
    const observer = new ResizeObserver(() => isAtEnd.current && showEnd())
    for (const sized of [element, ...element.children]) observer.observe(sized)
    return () => observer.disconnect()
  }, [])
  const onScroll = () => {
    const element = scroller.current as HTMLDivElement
    if (isAtEnd.current && isPushed(element)) return showEnd()
    isAtEnd.current = isEndInView(element)
    if (isAtEnd.current) seen.value = count
  }
  return { scroller, isBehind: count > seen.value, onScroll, toEnd }
}

/** Returns whether the end of a conversation is in view, or almost. */
function isEndInView({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < END_TOLERANCE
}

interface BubbleProps {
  readonly message: ConversationMessage
  readonly orgId: string
}

function Bubble({ message, orgId }: BubbleProps) {
  const { sessions } = texts.value
  const { from, by, at, text } = message
  return (
    <li class={`bubble ${from}`}>
      <div class="who muted">
        <strong>{sessions.from[from]}</strong>
        {by !== null && <span>{by}</span>}
        <Ago time={at} orgId={orgId} />
      </div>
      <WebText text={text} />
    </li>
  )
}
