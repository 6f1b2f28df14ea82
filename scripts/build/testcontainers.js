// The entry point `fake-devin/testcontainers` for `import`.
import suite from './testcontainers.cjs'

export const { FakeDevinContainer, StartedFakeDevinContainer } = suite
