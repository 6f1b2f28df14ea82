// Makes the bundle load some modules of Node at their first use instead of at the start, where they cost 2 to 5 ms each.

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
 * Returns a plugin that rewrites how a chunk loads these modules. The code
 *
 *     let node_tls = require("node:tls");
 *     node_tls.connect(443);
 *     const { randomUUID } = require("node:crypto");
 *
 * becomes
 *
 *     let node_tls$;
 *     (node_tls$ ??= require("node:tls")).connect(443);
 *     const randomUUID = (...args) => require("node:crypto").randomUUID(...args);
 */
export function lateBuiltins() {
  return {
    name: 'late-builtins',
    renderChunk(code) {
      const late = withLateFunctions(LATE.reduce(withLateModule, code))
      return late === code ? null : { code: late }
    },
  }
}

/** Rewrites all variables that contain a module as a whole. */
function withLateModule(code, name) {
  const declaration = new RegExp(`(?:let|const|var) (\\w+)\\s*=\\s*require\\(["']${name}["']\\);`)
  let late = code
  for (let found = declaration.exec(late); found !== null; found = declaration.exec(late)) {
    const [statement, variable] = found
    const use = new RegExp(`(?<![\\w$.'"/:-])${variable}\\.`, 'g')
    late = late
      .replace(statement, `let ${variable}$;`)
      .replaceAll(use, `(${variable}$ ??= require("${name}")).`)
  }
  return late
}

/** Rewrites all functions that are destructured from a module. */
function withLateFunctions(code) {
  return code.replaceAll(DESTRUCTURED, (_whole, names, name) =>
    names
      .split(',')
      .map((one) => `const ${one.trim()} = (...args) => require("${name}").${one.trim()}(...args);`)
      .join(' '),
  )
}
