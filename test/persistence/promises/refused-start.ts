import type { Test } from 'tap'
import { startPublished } from '../../cli/program.ts'

/** Checks that the program does not start on a store, and says why in one line. */
export async function checkRefused(t: Test, store: string, reason: RegExp): Promise<void> {
  const { ended } = startPublished(t, ['--port', '0', '--store', store])
  const { code, stdout, stderr } = await ended
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /^fake-devin: .+\n$/)
  t.match(stderr, reason)
  t.notMatch(stderr, /\n\s+at /)
  const password = /:\/\/[^:]*:([^@]+)@/.exec(store)?.[1]
  if (password !== undefined) t.notMatch(stderr, password)
}
