// Modules of Node that are loaded when they are first used instead of at the start, where they cost 2 to 5 ms each.

const LATE = [
  'node:crypto',
  'node:dns',
  'node:fs/promises',
  'node:http2',
  'node:https',
  'node:tls',
  'node:vm',
]

const DESTRUCTURED = new RegExp(`const \\{ ([\\w, ]+) \\} = require\\("(${LATE.join('|')})"\\);`, 'g')

/**
 * A plugin that turns `let node_tls = require("node:tls")` into a function, and each use of `node_tls` into a call of it. It also turns each
 * function in `const { randomUUID } = require("node:crypto")` into one that calls it.
 */
export function lateBuiltins() {
  return {
    name: 'late-builtins',
    renderChunk(code) {
      let late = code
      for (const name of LATE) {
        const pattern = new RegExp(`(?:let|const|var) (\\w+)\\s*=\\s*require\\(["']${name}["']\\);`)
        for (let found = pattern.exec(late); found !== null; found = pattern.exec(late)) {
          const [statement, variable] = found
          late = late
            .replace(statement, `let ${variable}$;`)
            .replaceAll(
              new RegExp(`(?<![\\w$.'"/:-])${variable}\\.`, 'g'),
              `(${variable}$ ??= require("${name}")).`,
            )
        }
      }
      late = late.replaceAll(DESTRUCTURED, (_whole, names, name) =>
        names
          .split(',')
          .map((one) => `const ${one.trim()} = (...args) => require("${name}").${one.trim()}(...args);`)
          .join(' '),
      )
      return late === code ? null : { code: late }
    },
  }
}
