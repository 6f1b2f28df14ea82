// Node's fetch and its classes, captured when the library loads, like those of `src/base/builtins.ts`. A simulated browser replaces the
// globals. This is a file of its own, because Node takes 15 ms to load the classes, which the program does not need.
export const { fetch, Headers, ReadableStream, Request, Response } = globalThis
