/** Returns the text of an error's `detail`: a text, or a list of issues of a 422 such as `body.key: Field required`. */
export function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail
  if (!Array.isArray(detail)) return JSON.stringify(detail ?? null)
  return detail.map(issueText).join('\n')
}

/** Returns the text of an error body of v1 (`detail`), v3 (RFC 9457, with `errors` on 422) or the control plane. */
export function errorText(body: unknown): string {
  if (typeof body !== 'object' || body === null) return String(body ?? '')
  const { detail, errors, title } = body as { detail?: unknown; errors?: unknown; title?: unknown }
  if (Array.isArray(errors) && errors.length > 0) return detailText(errors)
  return detailText(detail ?? title ?? body)
}

function issueText(issue: unknown): string {
  const { loc, msg } = (issue ?? {}) as { loc?: unknown; msg?: unknown }
  if (!Array.isArray(loc) || typeof msg !== 'string') return JSON.stringify(issue)
  return `${loc.join('.')}: ${msg}`
}
