// The first thing that runs, so that an old Node says what is missing instead of failing somewhere. Written in the syntax of old ones.
'use strict'

/** The oldest version that is tested; package.json has it as `engines`, too. */
var NEEDED = [22, 19]

/** What is to be said where Node is too old, else undefined. Bun and Deno have versions of their own. */
exports.complaint = () => {
  var versions = require('node:process').versions
  if (versions.bun || versions.deno) return undefined
  var running = String(versions.node).split('.').map(Number)
  if (running[0] > NEEDED[0] || (running[0] === NEEDED[0] && running[1] >= NEEDED[1])) return undefined
  return `fake-devin needs Node.js ${NEEDED.join('.')} or later, and this is ${versions.node}`
}
