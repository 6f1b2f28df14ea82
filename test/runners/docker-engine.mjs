// As much of the API of a Docker Engine as Testcontainers uses to run one container. A container is the program of the installed package, with
// the variables and files of the container, on a free port of this machine. Images, networks and isolation are not there.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

const program = createRequire(import.meta.url)
  .resolve('fake-devin/package.json')
  .replace('package.json', 'dist/cli.cjs')

/** Starts the engine. Resolves with its address, the containers by their ids, its server, and `close`. */
export async function startEngine() {
  const containers = new Map()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://engine')
    const path = url.pathname.replace(/^\/v\d[\d.]*/, '')
    const body = await buffer(request)
    for (const [route, answer] of Object.entries(ROUTES)) {
      const [method, pattern] = route.split(' ')
      const match = method === request.method && new RegExp(`^${pattern}$`).exec(path)
      if (match) return answer({ response, body, containers, id: decodeURIComponent(match[1] ?? ''), url })
    }
    json(response, 404, { message: `the engine of this test has no ${request.method} ${path}` })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    for (const container of containers.values()) remove(container)
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { host: `tcp://127.0.0.1:${server.address().port}`, containers, server, close }
}

const ROUTES = {
  'GET /info': ({ response }) =>
    json(response, 200, { ServerVersion: '29.0.0', OperatingSystem: 'none', Images: 1 }),
  'GET /version': ({ response }) => json(response, 200, { Version: '29.0.0', ApiVersion: '1.51' }),
  'GET /images/(.+)/json': ({ response, id }) => json(response, 200, { Id: id, RepoTags: [id] }),
  'GET /containers/json': ({ response }) => json(response, 200, []),
  'POST /containers/create': ({ response, body, containers }) => {
    const id = String(containers.size + 1).padStart(64, '0')
    const folder = mkdtempSync(join(tmpdir(), 'fake-devin-container-'))
    containers.set(id, {
      id,
      folder,
      asked: JSON.parse(body),
      output: '',
      status: 'created',
      port: undefined,
    })
    json(response, 201, { Id: id, Warnings: [] })
  },
  'PUT /containers/(\\w+)/archive': ({ response, body, containers, id, url }) => {
    const folder = join(containers.get(id).folder, url.searchParams.get('path'))
    const { status } = spawnSync('tar', ['-x', '-C', folder], { input: body })
    response.writeHead(status === 0 ? 200 : 400).end()
  },
  'POST /containers/(\\w+)/start': async ({ response, containers, id }) => {
    await start(containers.get(id))
    response.writeHead(204).end()
  },
  'GET /containers/(\\w+)/json': ({ response, containers, id }) =>
    json(response, 200, inspected(containers.get(id))),
  'GET /containers/(\\w+)/logs': ({ response, containers, id }) => {
    const text = Buffer.from(containers.get(id).output)
    const head = Buffer.alloc(8)
    head.writeUInt8(1)
    head.writeUInt32BE(text.length, 4)
    response.writeHead(200).end(Buffer.concat([head, text]))
  },
  'POST /containers/(\\w+)/stop': async ({ response, containers, id }) => {
    const { child } = containers.get(id)
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    response.writeHead(204).end()
  },
  'DELETE /containers/(\\w+)': ({ response, containers, id }) => {
    remove(containers.get(id))
    response.writeHead(204).end()
  },
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** Runs the program, and waits until it listens or has ended. */
async function start(container) {
  const inContainer = container.asked.Env.map((pair) => /^([^=]+)=(.*)$/s.exec(pair).slice(1))
  const variables = inContainer.map(([name, value]) => [
    name,
    value.replace(/^\/etc\//, `${container.folder}/etc/`),
  ])
  const env = { PATH: process.env.PATH, ...Object.fromEntries(variables), FAKE_DEVIN_PORT: '0' }
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  Object.assign(container, { child, status: 'running' })
  child.on('exit', () => {
    container.status = 'exited'
  })
  const listening = Promise.withResolvers()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      container.output += text
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(container.output) ?? []
      if (port === undefined) return
      container.port = port
      listening.resolve()
    })
  }
  await Promise.race([listening.promise, once(child, 'close')])
}

function inspected({ id, asked, status, port = '1', child }) {
  const Ports = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] }
  return {
    Id: id,
    Name: '/fake-devin',
    Config: { ...asked, Hostname: 'fake-devin', Labels: asked.Labels ?? {} },
    HostConfig: { ...asked.HostConfig, PortBindings: { '8080/tcp': [{ HostPort: '' }] } },
    State: {
      Status: status,
      Running: status === 'running',
      ExitCode: child?.exitCode ?? 0,
      StartedAt: '2026-01-02T03:04:05Z',
    },
    NetworkSettings: { Ports, Networks: {} },
  }
}

function remove({ child, folder }) {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
