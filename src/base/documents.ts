/** The media type of YAML (RFC 9512). `text/yaml` and `application/x-yaml` are deprecated aliases. It has no charset. */
export const YAML = 'application/yaml'

/** Returns a document as YAML, in the style of the vendor's. */
export async function yamlOf(document: object): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(document, { singleQuote: true })
}

/** Returns a function that creates a text on its first call and caches it, as bytes because Fastify adds a charset to the type of a string. */
export function once(make: () => Promise<string>): () => Promise<Buffer> {
  let bytes: Promise<Buffer> | undefined
  return () => (bytes ??= make().then((text) => Buffer.from(text)))
}
