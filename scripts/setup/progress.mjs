/** The interval of progress updates, in milliseconds: in place on a terminal, otherwise as new lines. */
const TICK_MS = { terminal: 200, lines: 3_000 }

/** Shows the title, what `state` returns, and the time elapsed. Returns a function to stop it. */
export function showProgress(title, state) {
  const start = performance.now()
  const isTerminal = process.stderr.isTTY === true
  const line = () => `${title}: ${state()}${Math.round((performance.now() - start) / 1000)} s`
  const write = () => process.stderr.write(isTerminal ? `\r\u001b[K${line()}` : `${line()}\n`)
  process.stderr.write(isTerminal ? `${title} …` : `${title} (only once) …\n`)
  const timer = setInterval(write, isTerminal ? TICK_MS.terminal : TICK_MS.lines)
  return () => {
    clearInterval(timer)
    if (isTerminal) process.stderr.write(`\r\u001b[K${line()}\n`)
  }
}
