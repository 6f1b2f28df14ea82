// What bundled packages load although this program never uses it, and what stands in its place. Each is named with who loads
// it, so that nobody else is kept from the real one.

/** For what nobody calls. */
const NEVER = (name) => `module.exports = () => { throw new Error('${name} is not part of this build') }`

const PINO = `exports.symbols = { serializersSym: Symbol.for('pino.serializers') }; exports.stdSerializers = {}`

/** Beside the file that loads it, in dist. Not `module.require`, which Jest's modules do not have. */
const LATER = './light-my-request.cjs'

/** For what runs in Node's own realm, whatever realm asks for it. Both files are beside the one that loads them. */
const IN_OWN_REALM = (file) => () =>
  `module.exports = require('./realm.cjs').load('./${file}', () => require('./${file}'))`

const STAND_INS = [
  { importer: /\/src\/index\.ts$/, name: './server/engine.ts', code: IN_OWN_REALM('engine.cjs') },
  { importer: /\/src\/client\/connect\.ts$/, name: './remote.ts', code: IN_OWN_REALM('remote.cjs') },
  // Loaded by `app.inject`, behind the library's `fetch` without a socket: a file of its own.
  {
    importer: /\/fastify\/fastify\.js$/,
    name: 'light-my-request',
    code: () => `module.exports = require('${LATER}')`,
  },
  // The dialect brings its own validation and its own writer of answers.
  { importer: /\/fastify\/lib\/schema-controller\.js$/, name: '@fastify/ajv-compiler', code: NEVER },
  {
    importer: /\/fastify\/lib\/schema-controller\.js$/,
    name: '@fastify/fast-json-stringify-compiler',
    code: NEVER,
  },
  // Fastify is handed a logger or none, and never makes one, but adds serializers to it.
  { importer: /\/fastify\/lib\/logger-pino\.js$/, name: 'pino', code: () => PINO },
  // Starts threads that write a log somewhere else, from files that are not bundled. Half a millisecond of the five that pino takes.
  { importer: /\/pino\/pino\.js$/, name: './lib/transport', code: NEVER },
  { importer: /\/pino\/lib\/tools\.js$/, name: './transport', code: NEVER },
  // For `trustProxy`, which is never set. 2.6 ms of a start.
  { importer: /\/fastify\/lib\/request\.js$/, name: '@fastify/proxy-addr', code: NEVER },
  // Compares a plugin's version range with Fastify's, which the lock file has settled. 3.4 ms of a start.
  {
    importer: /\/fastify\/lib\/plugin-utils\.js$/,
    name: 'semver',
    code: () => 'exports.satisfies = () => true',
  },
  // Checks three expressions of its own, and those of routes, of which there are none. 3 ms of a start.
  { importer: /\/find-my-way\/index\.js$/, name: 'safe-regex2', code: () => 'module.exports = () => true' },
]

/** Files of dist that are loaded as they are. */
const BESIDE = [LATER, './realm.cjs', './engine.cjs', './remote.cjs']

const PREFIX = '\0stand-in:'

/** A plugin that puts the stand-ins in. Fails where one is never asked for, since then its package has changed. */
export function standIns() {
  const unused = new Set(STAND_INS)
  return {
    name: 'stand-ins',
    resolveId(specifier, importer = '') {
      if (BESIDE.includes(specifier)) return { id: specifier, external: 'absolute' }
      const found = STAND_INS.find(({ name, importer: file }) => name === specifier && file.test(importer))
      if (found === undefined) return null
      unused.delete(found)
      return `${PREFIX}${STAND_INS.indexOf(found)}`
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null
      const { name, code } = STAND_INS[Number(id.slice(PREFIX.length))]
      return { code: code(name), moduleType: 'js' }
    },
    buildEnd() {
      for (const { name } of unused) throw new Error(`nothing loads ${name}: remove its stand-in`)
    },
  }
}
