// A test runner may run tests in a separate realm (Jest; Vitest with vmThreads), with its own JavaScript
// classes, faked timers and the globals of a browser. This module loads the server code in Node's own realm
// instead.
'use strict'

const { isOwnRealm } = require('./code-cache.cjs')

/**
 * Loads a file beside this one in Node's own realm. If that is the current realm, calls `here` instead, which
 * loads the file with a `require` that bundlers can follow.
 */
exports.load = (path, here) => {
  if (isOwnRealm) return here()
  const { getBuiltinModule } = require('node:vm').runInThisContext('process')
  const requireThere = getBuiltinModule('node:module').createRequire(__filename)
  requireThere('./code-cache.cjs').preload(path)
  return requireThere(path)
}
