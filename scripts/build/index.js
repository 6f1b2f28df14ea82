// What `import` finds: the library, which is CommonJS.
import library from './library.cjs'

export const { connectFakeDevin, FakeDevinError, StartError, startFakeDevin } = library
