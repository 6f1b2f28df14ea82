// Preloaded into the server that is fuzzed: tells its parent, when asked, how many bytes are in use after a collection.
process.on('message', () => {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send({ bytes: heapUsed + external })
})
process.channel.unref()
