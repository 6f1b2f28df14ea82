// The baseline: a minimal secrets server on `node:http`. It checks the key, deletes from a Map or adds to it, and answers JSON.
// Plain JavaScript, so that no types are stripped at the start. `node bench/bare.mjs PORT`
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

const AUTHORIZATION = 'Bearer apk_user_bench'
const PREFIX = '/v1/secrets/'
const secrets = new Map()

const server = createServer((request, response) => {
  const { method, url, headers } = request
  if (headers.authorization !== AUTHORIZATION) return answer(response, 401, { detail: 'Unauthorized' })
  if (method === 'DELETE' && url.startsWith(PREFIX)) {
    if (!secrets.delete(url.slice(PREFIX.length)))
      return answer(response, 404, { detail: 'Secret not found' })
    return answer(response, 200, { message: 'Secret deleted successfully' })
  }
  if (method === 'POST') return create(request, response)
  answer(response, 404, { detail: 'Not Found' })
})

function create(request, response) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const id = `secret-${randomBytes(16).toString('hex')}`
    secrets.set(id, JSON.parse(Buffer.concat(chunks).toString()))
    answer(response, 200, { id })
  })
}

function answer(response, status, body) {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

server.listen(Number(process.argv[2]), '127.0.0.1')
