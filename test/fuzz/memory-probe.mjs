// Preloaded into the fuzzed server. Answers each message of the parent with the number of bytes in use after a garbage collection.
process.on('message', () => {
  globalThis.gc()
  // Buffers freed by the first collection are still counted until the second.
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send({ bytes: heapUsed + external })
})
process.channel.unref()
