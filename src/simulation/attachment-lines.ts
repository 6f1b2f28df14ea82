const ATTACHMENT_LINE = /^ATTACHMENT:"([^"\r\n]+)"[ \t]*\r?$/gm

/** A line that resembles an attachment but is ignored by the vendor's service. */
const NEAR_MISS = /^[ \t]*ATTACHMENTS?[ \t]*[:=][^\r\n]*/gim

/** Returns the URLs of the lines that are exactly `ATTACHMENT:"url"`. */
export function attachmentUrls(text: string): string[] {
  return [...text.matchAll(ATTACHMENT_LINE)].map(([, url = '']) => url)
}

/** The maximum number of lines checked for near misses. */
const CANDIDATES_MAX = 1_000

/**
 * Returns the lines that nearly name an attachment, such as `ATTACHMENT: "url"` with a space. Checks only the first thousand
 * candidates, because the result is only a hint in the log and a text can have a million lines.
 */
export function nearAttachmentLines(text: string): string[] {
  const lines: string[] = []
  let count = 0
  for (const [line] of text.matchAll(NEAR_MISS)) {
    if (attachmentUrls(line).length === 0) lines.push(line)
    if (++count === CANDIDATES_MAX) break
  }
  return lines
}

/** Logs a warning if lines nearly match the attachment syntax. Omits the lines, because they can contain anything. */
export function warnOfNearAttachments(text: string, log: { warn(message: string): void }): void {
  const count = nearAttachmentLines(text).length
  if (count > 0)
    log.warn(`${count} line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does`)
}
