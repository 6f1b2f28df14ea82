// A test runner may run tests in a separate realm (Jest; Vitest with vmThreads), with its own JavaScript
// classes, faked timers and the globals of a browser. This module loads the server code in Node's own realm,
// which has none of that.
'use strict'

/** The file that loads the server. */
const ENGINE = './engine.cjs'

/** Whether this module runs in Node's own realm. */
const isOwn = require('node:url').URL instanceof Function

/**
 * Loads a file beside this one in Node's own realm. If that is the current realm, calls `here` instead, which
 * loads the file with a `require` that bundlers can follow.
 */
exports.load = (path, here) => {
  if (isOwn) {
    if (path === ENGINE) require('./code-cache.cjs').preloadServer()
    return here()
  }
  const { getBuiltinModule } = require('node:vm').runInThisContext('process')
  const requireThere = getBuiltinModule('node:module').createRequire(__filename)
  if (path === ENGINE) requireThere('./code-cache.cjs').preloadServer()
  return requireThere(path)
}
