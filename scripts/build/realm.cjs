// A test runner may give tests a realm of their own (Jest; Vitest with vmThreads): other classes of JavaScript, faked timers, the
// globals of a browser. What serves is loaded in Node's own realm all the same, where nothing of that is.
'use strict'

/** Whether this very module is in Node's own realm. */
const isOwn = require('node:url').URL instanceof Function

/** Loads a file beside this one in Node's own realm. `here` loads it in this one, with a `require` that a bundler can follow. */
exports.load = (path, here) => {
  if (isOwn) return here()
  const { getBuiltinModule } = require('node:vm').runInThisContext('process')
  return getBuiltinModule('node:module').createRequire(__filename)(path)
}
