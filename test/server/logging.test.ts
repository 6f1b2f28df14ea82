// Tests logging.ts and log-batch.ts.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { LogBatch } from '../../src/server/log-batch.ts'
import { openLog } from '../../src/server/logging.ts'
import { childEnvironment } from '../child-environment.ts'
import { linesOf, logToFile } from '../log-to-file.ts'

const KEY = 'apk_user_c2VjcmV0'

t.test('the level silent opens no log', async (t) => {
  t.equal(await openLog('silent'), undefined)
})

t.test(
  'all open logs share their handlers of the end of the process, which the last one removes',
  async (t) => {
    const handlers = () => process.listeners('exit')
    const before = handlers()

    const first = await logToFile(t, 'info')
    const shared = handlers()
    const [second, third] = [await logToFile(t, 'info'), await logToFile(t, 'info')]
    t.ok(shared.some((handler) => !before.includes(handler)))
    t.same(handlers(), shared)

    for (const { text } of [first, second]) {
      await text()
      t.same(handlers(), shared)
    }
    await third.text()
    t.same(handlers(), before)
  },
)

t.test('a log that is not on a terminal has one JSON object per line', async (t) => {
  const { logger, text } = await logToFile(t, 'info')

  logger.debug('not at this level')
  logger.info({ port: 1 }, 'hello')

  const lines = linesOf(await text())
  t.equal(lines.length, 1)
  t.match(lines[0], { level: 30, time: Number, port: 1, msg: 'hello' })
  t.strictSame(Object.keys(lines[0] ?? {}), ['level', 'time', 'port', 'msg'])
})

t.test('a log on a terminal is readable and written immediately', async (t) => {
  const { logger, text } = await logToFile(t, 'info', true)

  logger.info({ route: '/v1/secrets', ms: 0.5 }, 'GET /v1/secrets 200')

  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours, if any, do not matter.
  const plain = (await text()).replaceAll(/\u001b\[\d+m/g, '')
  t.match(plain, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: GET \/v1\/secrets 200 \{"ms":0\.5\}\n$/)
})

t.test('a deferred entry is logged before later entries', async (t) => {
  for (const isTerminal of [false, true]) {
    const { logger, later, text } = await logToFile(t, 'info', isTerminal)

    later(() => logger.info('one'))
    later(() => logger.info('two'))
    logger.info('three')
    later(() => logger.info('four'))

    t.match(await text(), /one.*\n.*two.*\n.*three.*\n.*four/)
  }
})

t.test('nothing is lost when a process with an open log ends, not even deferred entries', async (t) => {
  const module = JSON.stringify(new URL('../../src/server/logging.ts', import.meta.url).href)
  const program = `
    const { openLog } = await import(${module})
    const [one, other] = [await openLog('info'), await openLog('info')]
    one.logger.info('first')
    one.later(() => one.logger.info('second'))
    other.logger.info('third')
    throw new Error('crash')`

  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: childEnvironment(),
    encoding: 'utf8',
  })

  t.same(
    linesOf(stdout).map(({ msg }) => msg),
    ['first', 'second', 'third'],
  )
})

t.test('a log that cannot be written does not change how a process ends', async (t) => {
  const module = JSON.stringify(new URL('../../src/server/logging.ts', import.meta.url).href)
  const path = join(t.testdir({ log: '' }), 'log')
  const program = `
    const { default: fs } = await import('node:fs')
    const { openLog } = await import(${module})
    const { write } = fs
    const tried = new Promise((resolve) => {
      fs.write = (...args) => {
        const done = args.pop()
        write(...args, (...result) => resolve(done(...result)))
      }
    })
    const log = await openLog('info', { fd: fs.openSync(${JSON.stringify(path)}, 'r') })
    log.logger.info('lost')
    // Once after a failed write, and once with a write still pending.
    if (process.argv[1] === 'tried') await tried
    process.exit(3)`

  for (const when of ['at once', 'tried']) {
    const args = ['--input-type=module', '-e', program, when]
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: childEnvironment(),
      encoding: 'utf8',
      timeout: 20_000,
    })
    t.same([status, stderr], [3, ''], when)
  }
})

t.test('entries after the log was closed are dropped', async (t) => {
  const { logger, text } = await logToFile(t, 'info')
  logger.info('one')
  await text()

  logger.info('two')

  t.match(await text().catch(() => 'closed twice'), /^(?!.*two)/s)
})

t.test('a log whose reader does not read neither blocks nor prevents the end of the program', async (t) => {
  const path = join(t.testdir({}), 'pipe')
  execFileSync('mkfifo', [path], { env: childEnvironment() })
  const log = await openLog('info', {
    fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
    isTerminal: false,
  })

  for (let line = 0; line < 200; line++) log?.logger.info('x'.repeat(1000))

  await t.resolves(Promise.resolve(log?.close()))
})

t.test('a log that cannot be written has no effect on the program', async (t) => {
  const path = join(t.testdir({ log: '' }), 'log')
  const log = await openLog('info', { fd: openSync(path, 'r'), isTerminal: false })

  log?.logger.info('lost')

  await t.resolves(Promise.resolve(log?.close()))
})

t.test('an error is logged with only its type, message, code, stack and causes', async (t) => {
  const { logger, text } = await logToFile(t, 'error')
  const cause = Object.assign(new TypeError('inner'), { body: 's3cr3t' })
  const error = Object.assign(new Error('outer', { cause }), {
    code: 'E_OUTER',
    request: { headers: { authorization: `Bearer ${KEY}` }, body: 's3cr3t' },
  })

  logger.error({ err: error }, 'unexpected error')

  const written = await text()
  t.match(linesOf(written)[0], {
    msg: 'unexpected error',
    err: {
      type: 'Error',
      message: 'outer',
      code: 'E_OUTER',
      stack: /^Error: outer\n {4}at .*logging\.test\.ts/,
      cause: { type: 'TypeError', message: 'inner', stack: /^TypeError: inner\n {4}at / },
    },
  })
  t.equal(written.match(/"cause"/g)?.length, 1, 'no cause without one')
  t.notMatch(written, /s3cr3t|authorization/)
})

t.test('an endless chain of causes is cut', async (t) => {
  const { logger, text } = await logToFile(t, 'error')
  const error = new Error('round')
  error.cause = error

  logger.error(error)

  t.equal((await text()).match(/"message":"round"/g)?.length, 6)
})

t.test('keys are masked in the message and stack of an error', async (t) => {
  const { logger, text } = await logToFile(t, 'error')

  logger.error({ err: new Error(`cannot use ${KEY}, (cog_abc) or Authorization: Bearer xyz`) })

  const written = await text()
  t.match(linesOf(written)[0], {
    err: { message: 'cannot use [redacted], ([redacted]) or Authorization: [redacted]' },
  })
  t.notMatch(written, /c2VjcmV0|cog_abc|xyz/)
})

t.test('the text that JSON.parse quotes is not logged', async (t) => {
  const { logger, text } = await logToFile(t, 'error')
  try {
    JSON.parse('s3cr3t')
  } catch (error) {
    logger.error({ err: error })
  }

  const written = await text()
  t.match(linesOf(written)[0], { err: { type: 'SyntaxError', message: '[redacted]', stack: /^ {4}at / } })
  t.notMatch(written, /s3cr3t/)
})

t.test('a thrown value that is not an error, or has no stack, is logged without its content', async (t) => {
  const { logger, text } = await logToFile(t, 'error')
  const stackless = new Error('stackless')
  delete stackless.stack

  logger.error({ err: 's3cr3t' })
  logger.error({ err: stackless })

  t.match(linesOf(await text()), [
    { err: { type: 'string', message: 'not an Error', stack: '' } },
    { err: { message: 'stackless', stack: '' } },
  ])
})

t.test('a request and a response are never logged as a whole', async (t) => {
  const { logger, text } = await logToFile(t, 'trace')
  const whole = { headers: { authorization: KEY }, url: `/?key=${KEY}` }

  logger.info({ req: whole, res: whole }, 'whole')

  t.strictSame(Object.keys(linesOf(await text())[0] ?? {}), ['level', 'time', 'msg'])
})

t.test('on a terminal with colours the status is coloured by its class', async (t) => {
  const module = JSON.stringify(new URL('../../src/server/logging.ts', import.meta.url).href)
  const program = `
    const { openLog } = await import(${module})
    const { logger } = await openLog('info', { isTerminal: true })
    for (const status of [200, 300, 307, 400, 404, 500]) logger.info({ status }, 'GET /a ' + status + ': why')`
  const write = (variables: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: childEnvironment(variables),
      encoding: 'utf8',
    }).stdout

  const coloured = write({ FORCE_COLOR: '1', NO_COLOR: undefined })
  for (const [status, code] of Object.entries({ 200: 32, 300: 36, 307: 36, 400: 33, 404: 33, 500: 31 })) {
    t.ok(coloured.includes(`GET /a \u001b[${code}m${status}\u001b[36m: why`), status)
  }
  t.notMatch(write({ NO_COLOR: '1' }), '\u001b')
})

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
  batch.add('four\n')
  await once(wrote, 'data')
  t.same(written, ['one\nthree\ntwo\n', 'four\n'])
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

t.test('flushDeferred logs the deferred entries once and in order, each with its time', async (t) => {
  const { batch, clock, written } = aBatch()
  // Like a logger that calls flushDeferred before each line.
  const log = (text: string) => {
    batch.flushDeferred()
    batch.add(`${text}${batch.now()} `)
  }
  for (const text of ['a', 'b', 'c']) batch.defer(() => log(text))
  clock.ms = 2_000

  log('d')
  batch.flush()

  t.same(written, ['a1000 b1000 c1000 d2000 '])
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
