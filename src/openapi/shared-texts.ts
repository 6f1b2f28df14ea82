/** The members of a document that hold texts for people. */
const TEXTS = ['summary', 'description']

/** Returns the translations of the texts of a document, by their original. `translated` is a translation of the whole document. */
function translationsOf(document: unknown, translated: unknown, found = new Map<string, string>()) {
  for (const [name, member] of Object.entries(Object(document))) {
    const counterpart: unknown = Object(translated)[name]
    if (typeof member === 'object') translationsOf(member, counterpart, found)
    else if (isText(name, member) && typeof counterpart === 'string' && counterpart !== member) {
      // The vendor's translations of the same text differ. The first one is used.
      if (!found.has(member)) found.set(member, counterpart)
    }
  }
  return found
}

/**
 * Returns a copy of a document with the translations of all texts that it shares with another document, of which there is a translation.
 * Other texts stay as they are.
 */
export function translateShared<Document>(
  document: Document,
  other: { readonly original: object; readonly translated: object },
): Document {
  const translations = translationsOf(other.original, other.translated)
  const translate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(translate)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        isText(name, member) ? (translations.get(member) ?? member) : translate(member),
      ]),
    )
  }
  return translate(document) as Document
}

function isText(name: string, member: unknown): member is string {
  return TEXTS.includes(name) && typeof member === 'string'
}
