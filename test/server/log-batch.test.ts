import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { LogBatch } from '../../src/server/log-batch.ts'

/** Returns a batch with its output and a clock that the test sets, in milliseconds. */
function aBatch() {
  const clock = { ms: 1_000, now: () => clock.ms * 1000 + 999 }
  const written: string[] = []
  const wrote = new PassThrough({ objectMode: true })
  const batch = new LogBatch(clock, (text) => {
    written.push(text)
    wrote.write(text)
  })
  return { batch, clock, written, wrote }
}

t.test('lines are written together after a delay', async (t) => {
  const { batch, written, wrote } = aBatch()
  batch.add('one\n')
  batch.defer(() => batch.add('two\n'))
  batch.add('three\n')

  t.same(written, [])
  await once(wrote, 'data')
  t.same(written, ['one\nthree\ntwo\n'])
})

t.test('a deferred entry keeps the time at which it was deferred', async (t) => {
  const { batch, clock, written } = aBatch()
  batch.defer(() => batch.add(`${batch.now()} `))
  clock.ms = 2_000
  batch.defer(() => batch.add(`${batch.now()} `))
  clock.ms = 3_000

  batch.flush()

  t.same(written, ['1000 2000 '])
  t.equal(batch.now(), 3_000)
})

t.test('flushDeferred logs the deferred entries once and in order', async (t) => {
  const { batch, written } = aBatch()
  // Like a logger that calls flushDeferred before each line.
  const log = (text: string) => {
    batch.flushDeferred()
    batch.add(text)
  }
  for (const text of ['a', 'b', 'c']) batch.defer(() => log(text))

  log('d')
  batch.flush()

  t.same(written, ['abcd'])
})

t.test('nothing is written if nothing was logged', async (t) => {
  const { batch, written } = aBatch()

  batch.flush()

  t.same(written, [])
})

t.test('a thousand entries are flushed at once', async (t) => {
  const { batch, written } = aBatch()
  for (let count = 0; count < 1_000; count++) batch.defer(() => batch.add('.'))

  t.same(written, ['.'.repeat(1_000)])
})

t.test('an entry that fails to log stops neither the clock nor the next entries', async (t) => {
  const { batch, clock, written } = aBatch()
  batch.defer(() => {
    throw new Error('broken')
  })
  t.throws(() => batch.flushDeferred(), { message: 'broken' })

  clock.ms = 2_000
  batch.defer(() => batch.add(String(batch.now())))
  batch.flush()

  t.same(written, ['2000'])
})
