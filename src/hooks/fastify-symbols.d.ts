/** What Fastify keeps its own things under; no part of its API. */
declare module 'fastify/lib/symbols.js' {
  const symbols: {
    /** Under it a reply has its headers, by their names in lower case. */
    readonly kReplyHeaders: unique symbol
  }
  export default symbols
}
