import { Blob, File } from 'node:buffer'
import { transferableAbortController } from 'node:util'
import { URLSearchParams } from '../base/builtins.ts'
import { fetchClasses } from './native-fetch.ts'

type Body = NonNullable<RequestInit['body']>

/**
 * Converts `fetch` options with classes of a simulated browser (jsdom) to Node's own classes. Node's `Request` refuses the others
 * or sends them as `[object FormData]`. Keeps values of Node's classes as they are. Rejects with TypeError for a file that cannot be read.
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
  // Compares names, because a simulated browser has classes of its own, and not all of them have a tag.
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

/** Returns a form of the class that `Request` accepts. The global `FormData` may be another class. */
function emptyForm(): Promise<FormData> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { Response } = fetchClasses()
  return new Response('', { headers }).formData()
}

async function nativeBlob(blob: Blob): Promise<Blob> {
  if (blob instanceof Blob) return blob
  // The types only know Node's classes.
  const { type, name, arrayBuffer } = blob as File
  if (typeof arrayBuffer !== 'function') {
    throw new TypeError('this Blob has no arrayBuffer() (old versions of jsdom): use the one of node:buffer')
  }
  const bytes = new Uint8Array(await arrayBuffer.call(blob))
  return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type })
}

/** Returns a signal of the class that `Request` accepts. It aborts when the foreign one does. */
function nativeSignal(signal: AbortSignal): AbortSignal {
  const { Request } = fetchClasses()
  const own = new Request('http://localhost').signal.constructor
  if (signal instanceof own) return signal
  const controller = transferableAbortController()
  const abort = () => controller.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return controller.signal
}
