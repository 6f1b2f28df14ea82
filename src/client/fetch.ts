/** The type of the global `fetch`, as declared by the DOM types or by Node's. */
export type Fetch = typeof globalThis extends { fetch: infer Global } ? Global : never
