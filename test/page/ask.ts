/** An answer to a client. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests know what they get.
  readonly body: any
}

/** Sends a request with a key and a JSON body, as a client does. */
export async function ask(
  url: string,
  { method, key, body }: { readonly method: string; readonly key: string; readonly body?: unknown },
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
