import { Blob, File } from 'node:buffer'
import { transferableAbortController } from 'node:util'
import { Request, Response, URLSearchParams } from '../base/builtins.ts'

type Body = NonNullable<RequestInit['body']>

/**
 * What a caller gives `fetch`, with Node's own classes in the place of those of a simulated browser (jsdom), which Node's `Request`
 * refuses or writes as `[object FormData]`. What is Node's already stays as it is. Throws TypeError for a file that cannot be read.
 */
export async function nativeInit(init: RequestInit | undefined): Promise<RequestInit | undefined> {
  if (typeof init?.body !== 'object' && init?.signal == null) return init
  const { body, signal } = init
  return {
    ...init,
    ...(body != null && { body: await nativeBody(body) }),
    ...(signal != null && { signal: nativeSignal(signal) }),
  }
}

async function nativeBody(body: Body): Promise<Body> {
  // By name, since the classes of a simulated browser are others, and have not all a tag.
  switch (body.constructor?.name) {
    case 'URLSearchParams':
      return body instanceof URLSearchParams ? body : new URLSearchParams(String(body))
    case 'Blob':
    case 'File':
      return nativeBlob(body as Blob)
    case 'FormData':
      return nativeForm(body as FormData)
    default:
      return body
  }
}

async function nativeForm(form: FormData): Promise<FormData> {
  const own = await emptyForm()
  if (form instanceof own.constructor) return form
  for (const [name, value] of form) {
    if (typeof value === 'string') own.append(name, value)
    else own.append(name, await nativeBlob(value), value.name)
  }
  return own
}

/** A form of the class that `Request` knows, of which there may be another one among the globals. */
function emptyForm(): Promise<FormData> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return new Response('', { headers }).formData()
}

async function nativeBlob(blob: Blob): Promise<Blob> {
  if (blob instanceof Blob) return blob
  // To the types, all are Node's.
  const { type, name, arrayBuffer } = blob as File
  if (typeof arrayBuffer !== 'function') {
    throw new TypeError('this Blob has no arrayBuffer() (old versions of jsdom): take that of node:buffer')
  }
  const bytes = new Uint8Array(await arrayBuffer.call(blob))
  return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type })
}

/** A signal of the class that `Request` knows, which follows a foreign one. */
function nativeSignal(signal: AbortSignal): AbortSignal {
  const own = new Request('http://localhost').signal.constructor
  if (signal instanceof own) return signal
  const controller = transferableAbortController()
  const abort = () => controller.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return controller.signal
}
