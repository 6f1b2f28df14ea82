/** The type of the global `fetch`, for those whose types have one: DOM's, or Node's. */
export type Fetch = typeof globalThis extends { fetch: infer Global } ? Global : never
