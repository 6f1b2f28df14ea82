// Node's fetch and its classes, captured when the library loads, like those of `src/base/builtins.ts`. A simulated browser replaces the
// globals. This is a file of its own, because Node takes 15 to 40 ms to load the classes, which the program does not need. It loads them even
// when the descriptor of a property is read, so they cannot be captured lazily.
export const fetch: typeof globalThis.fetch = globalThis.fetch
export const Headers: typeof globalThis.Headers = globalThis.Headers
export const ReadableStream: typeof globalThis.ReadableStream = globalThis.ReadableStream
export const Request: typeof globalThis.Request = globalThis.Request
export const Response: typeof globalThis.Response = globalThis.Response
