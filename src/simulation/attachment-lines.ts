const ATTACHMENT_LINE = /^ATTACHMENT:"([^"\r\n]+)"[ \t]*\r?$/gm

/** A line that somebody meant to be an attachment, and that the vendor's service passes over. */
const NEAR_MISS = /^[ \t]*ATTACHMENTS?[ \t]*[:=][^\r\n]*/gim

/** The URLs of the lines of a text that are exactly `ATTACHMENT:"url"`. */
export function attachmentUrls(text: string): string[] {
  return [...text.matchAll(ATTACHMENT_LINE)].map(([, url = '']) => url)
}

/** How many lines are looked at for near misses. */
const NEAR_LINES_MAX = 1_000

/**
 * The lines that nearly name an attachment, such as `ATTACHMENT: "url"` with its blank, among the first thousand that look like
 * one: they are but a hint in the log, and a long text has a million lines.
 */
export function nearAttachmentLines(text: string): string[] {
  const lines: string[] = []
  let count = 0
  for (const [line] of text.matchAll(NEAR_MISS)) {
    if (attachmentUrls(line).length === 0) lines.push(line)
    if (++count === NEAR_LINES_MAX) break
  }
  return lines
}
