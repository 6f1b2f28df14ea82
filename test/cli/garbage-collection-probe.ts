// Prints the size of V8's space for new objects after many of them have survived a collection. Usage: `node garbage-collection-probe.ts
// NODE_OPTION …`, where the options are those that the code under test sees as the arguments of Node.
import { setImmediate } from 'node:timers/promises'
import { getHeapSpaceStatistics } from 'node:v8'
import { tuneGarbageCollection } from '../../src/cli/garbage-collection.ts'

tuneGarbageCollection({ execArgv: process.argv.slice(2), env: {} })
const survivors: { text: string }[] = []
for (let turn = 0; turn < 400; turn++) {
  for (let index = 0; index < 10_000; index++) {
    survivors[(turn * 10_000 + index) % 100_000] = { text: `${turn} ${index}` }
  }
  await setImmediate()
}
console.log(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size)
