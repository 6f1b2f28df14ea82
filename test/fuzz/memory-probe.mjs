// Preloaded into the server that is fuzzed: tells its parent, when asked, how many bytes are in use after a collection.
process.on('message', () => {
  globalThis.gc()
  // What the first one freed of buffers is no longer counted after the second.
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send({ bytes: heapUsed + external })
})
process.channel.unref()
