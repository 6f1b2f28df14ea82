const ATTACHMENT_LINE = /^ATTACHMENT:"([^"\r\n]+)"[ \t]*\r?$/gm

/** A line that somebody meant to be an attachment, and that the vendor's service passes over. */
const NEAR_MISS = /^[ \t]*ATTACHMENTS?[ \t]*[:=][^\r\n]*/gim

/** The URLs of the lines of a text that are exactly `ATTACHMENT:"url"`. */
export function attachmentUrls(text: string): string[] {
  return [...text.matchAll(ATTACHMENT_LINE)].map(([, url = '']) => url)
}

/** The lines that nearly name an attachment, such as `ATTACHMENT: "url"` with its blank. */
export function nearAttachmentLines(text: string): string[] {
  return [...text.matchAll(NEAR_MISS)]
    .map(([line]) => line)
    .filter((line) => attachmentUrls(line).length === 0)
}
