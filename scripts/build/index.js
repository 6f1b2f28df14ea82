// The entry point for `import`. The library itself is CommonJS.
import library from './library.cjs'

export const { connectFakeDevin, FakeDevinError, StartError, startFakeDevin } = library
