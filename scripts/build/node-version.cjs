// Runs first, so that an old Node prints a clear message instead of failing later. Uses old syntax only.
'use strict'

/** The oldest Node version that is tested, the same as `engines` in package.json. */
var NEEDED = [22, 19]

/** Returns the message to print if Node is too old, or undefined. Bun and Deno have their own versions. */
exports.complaint = () => {
  var versions = process.versions
  if (versions.bun || versions.deno) return undefined
  var running = String(versions.node).split('.').map(Number)
  if (running[0] > NEEDED[0] || (running[0] === NEEDED[0] && running[1] >= NEEDED[1])) return undefined
  return `fake-devin needs Node.js ${NEEDED.join('.')} or later, and this is ${versions.node}`
}
