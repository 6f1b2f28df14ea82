// Stand-ins: code that replaces a module where one importer loads it. All other importers get the real module. They replace modules that
// bundled packages load but this program never uses, work that is only needed later, and modules that must be separate files. Most of
// them make a start faster; the comments say by how much.

import { createRequire } from 'node:module'

/** Returns code for a function that is never called. The function throws. */
const NEVER = (name) => `module.exports = () => { throw new Error('${name} is not part of this build') }`

/** Replaces `node:assert`, with which packages check their own calls. Loading the real one, which can print differences in colour, takes 1 ms. */
const ASSERT = `module.exports = (value, message) => { if (!value) throw new Error(message) }`

/** The members of pino that Fastify reads. */
const PINO = `exports.symbols = { serializersSym: Symbol.for('pino.serializers') }; exports.stdSerializers = {}`

/** A file in dist, beside its importer. It is loaded with `require`, since modules in Jest have no `module.require`. */
const LIGHT_MY_REQUEST = './light-my-request.cjs'

/** Returns a function that returns code which loads `file` in Node's own realm; see realm.cjs. In dist, both files are beside the importer. */
const IN_OWN_REALM = (file) => () =>
  `module.exports = require('./realm.cjs').load('./${file}', () => require('./${file}'))`

/**
 * Returns code that fills in the defaults of Fastify's options without checking them. The checks are a twentieth of the server's code. The
 * tests, which run the sources, include them.
 */
function fastifyDefaults() {
  const { defaultInitOptions } = createRequire(import.meta.url)('fastify/lib/config-validator.js')
  return `const defaults = ${JSON.stringify(defaultInitOptions)}
module.exports = (options) => {
  for (const name in defaults) options[name] ??= defaults[name]
  return true
}
module.exports.defaultInitOptions = defaults`
}

/** Creates each of Fastify's 90 error classes at its first use. Creating all of them takes 2 ms of a start. */
const LATE_ERROR = `const createError = require('@fastify/error')
module.exports = (...args) => {
  let FastifyError
  return function (...values) {
    FastifyError ??= createError(...args)
    return new FastifyError(...values)
  }
}`

/** Creates Fastify's router of unknown paths at the first request for one. Its two routes for each of 35 methods take 1.5 ms of a start. */
const LATE_ROUTER = `const findMyWay = require('find-my-way')
module.exports = (options) => {
  const routes = []
  let router
  const late = {
    defaultRoute: options.defaultRoute,
    all: (...route) => routes.push(route),
    lookup: (...request) => {
      if (router === undefined) {
        router = findMyWay({ ...options, defaultRoute: late.defaultRoute })
        for (const route of routes) router.all(...route)
      }
      return router.lookup(...request)
    },
  }
  return late
}`

/** Where the file that matches `importer` loads `name`, it gets the module with the code that `code(name)` returns. */
const STAND_INS = [
  { importer: /\/src\/index\.ts$/, name: './server/engine.ts', code: IN_OWN_REALM('engine.cjs') },
  { importer: /\/src\/client\/connect\.ts$/, name: './remote.ts', code: IN_OWN_REALM('remote.cjs') },
  // A separate file, because only `app.inject` needs it, for the library's `fetch` without a socket.
  {
    importer: /\/fastify\/fastify\.js$/,
    name: 'light-my-request',
    code: () =>
      `require('./code-cache.cjs').preload('${LIGHT_MY_REQUEST}'); module.exports = require('${LIGHT_MY_REQUEST}')`,
  },
  {
    importer: /\/node_modules\/(?:fastify|find-my-way|light-my-request)\//,
    name: 'node:assert',
    code: () => ASSERT,
  },
  // src/fastapi/ has its own validation and serialization.
  { importer: /\/fastify\/lib\/schema-controller\.js$/, name: '@fastify/ajv-compiler', code: NEVER },
  {
    importer: /\/fastify\/lib\/schema-controller\.js$/,
    name: '@fastify/fast-json-stringify-compiler',
    code: NEVER,
  },
  {
    importer: /\/fastify\/lib\/initial-config-validation\.js$/,
    name: './config-validator',
    code: fastifyDefaults,
  },
  { importer: /\/fastify\/lib\/errors\.js$/, name: '@fastify/error', code: () => LATE_ERROR },
  { importer: /\/fastify\/lib\/four-oh-four\.js$/, name: 'find-my-way', code: () => LATE_ROUTER },
  // Fastify never creates a logger, but adds serializers to the one it is given, if any.
  { importer: /\/fastify\/lib\/logger-pino\.js$/, name: 'pino', code: () => PINO },
  // Starts threads that write a log elsewhere, from unbundled files. Takes half a millisecond of pino's five.
  { importer: /\/pino\/pino\.js$/, name: './lib/transport', code: NEVER },
  { importer: /\/pino\/lib\/tools\.js$/, name: './transport', code: NEVER },
  // For `trustProxy`, which is never set. Takes 2.6 ms at startup.
  { importer: /\/fastify\/lib\/request\.js$/, name: '@fastify/proxy-addr', code: NEVER },
  // Checks Fastify's version against a plugin's range, which the lock file settles. Takes 3.4 ms at startup.
  {
    importer: /\/fastify\/lib\/plugin-utils\.js$/,
    name: 'semver',
    code: () => 'exports.satisfies = () => true',
  },
  // Checks three regular expressions of its own and those in routes, which have none. Takes 3 ms at startup.
  { importer: /\/find-my-way\/index\.js$/, name: 'safe-regex2', code: () => 'module.exports = () => true' },
]

/** Files in dist that are loaded at run time, not bundled into their importer. */
const BESIDE = [LIGHT_MY_REQUEST, './code-cache.cjs', './realm.cjs', './engine.cjs', './remote.cjs']

const PREFIX = '\0stand-in:'

/** Returns the plugin that inserts the stand-ins. Fails if one is unused, because then its package has changed. */
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
