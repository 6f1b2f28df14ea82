import type { IncomingMessage } from 'node:http'
import { weightsOf } from '../../fastapi/accept.ts'

/** Returns whether a browser asks for `/`, where a person expects the page. API clients get the 404 of the real API there. */
export function isBrowserAtRoot({ method, url = '', headers }: IncomingMessage): boolean {
  if (url !== '/' && !url.startsWith('/?')) return false
  const isBrowser =
    headers['sec-fetch-mode'] === 'navigate' || Number(weightsOf(headers.accept).get('text/html')) > 0
  return method === 'GET' && isBrowser
}
