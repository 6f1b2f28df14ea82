import { Board } from './board.tsx'
import { SessionPage } from './session.tsx'

/** The view of sessions: the board, or the page of one session. */
export default function View({ path: [id, tab] }: { readonly path: readonly string[] }) {
  return id === undefined ? <Board /> : <SessionPage key={id} id={id} tab={tab} />
}
