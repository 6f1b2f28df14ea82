import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { startServer } from '../src/server/start.ts'
import { TLS_NAMES } from '../src/server/tls/certificate.ts'
import { type Environment, FLAGS, readConfig } from '../src/settings/config.ts'
import { blocksOf } from './markdown.ts'

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const read = (path: string) => readFileSync(pathOf(path), 'utf8')

/** The members of a service that are checked. */
interface Service {
  build?: string
  image?: string
  environment?: Record<string, string>
  env?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  networks?: { default: { aliases: string[] } }
  read_only?: boolean
  tmpfs?: string[]
  healthcheck?: { test: string[] }
  options?: string
}

const compose: { services: Record<string, Service> } = parse(read('compose.yaml'))
const service = compose.services['fake-devin'] as Service
const dockerfile = read('Dockerfile')
const variables = Object.values(FLAGS).flatMap((flag) => flag.variables.map(({ name }) => name))

/** Returns the configuration of the program for a container's environment, on top of the image's own. */
function configOf(env: Environment = {}) {
  const [, line = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? []
  const own = Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]))
  return readConfig({ argv: [], env: { ...own, ...env } })
}

/** Returns the published ports by their number inside the container. */
function innerPorts({ ports = [] }: Service): number[] {
  return ports.map((port) => Number(port.split(':').at(-1)))
}

t.test('compose.yaml has a single service, built from this repository', async (t) => {
  t.same(Object.keys(compose.services), ['fake-devin'])
  t.equal(service.build, '.')
})

t.test('compose.yaml sets only variables that the program reads, and the clock is sped up', async (t) => {
  for (const name of Object.keys(service.environment ?? {})) t.ok(variables.includes(name), name)

  t.match(configOf(service.environment), { host: '0.0.0.0', speed: 60, tls: true, tlsPort: 443 })
})

t.test('compose.yaml publishes the listening ports, only on the loopback address', async (t) => {
  const { port, tlsPort } = configOf(service.environment)

  t.same(innerPorts(service), [port, tlsPort])
  for (const published of service.ports ?? []) t.match(published, /^127\.0\.0\.1:/)
})

t.test('compose.yaml mounts existing files read-only at the configured paths', async (t) => {
  const mounts = (service.volumes ?? []).map((volume) => volume.split(':'))

  for (const [source = '', , mode] of mounts) {
    t.ok(statSync(pathOf(source)).isFile(), source)
    t.equal(mode, 'ro')
  }
  t.same(
    mounts.map(([, target]) => target),
    [configOf(service.environment).seedFile],
  )
})

t.test('the program starts with the seed of compose.yaml', async (t) => {
  const [source = ''] = service.volumes?.[0]?.split(':') ?? []
  const config = { ...configOf(service.environment), host: '127.0.0.1', port: 0, tls: false }

  const server = await startServer({ ...config, logLevel: 'silent', seedFile: pathOf(source) })
  t.teardown(() => server.close())

  t.equal((await fetch(`${server.url}/_fake/health`)).status, 200)
})

t.test('compose.yaml names the container api.devin.ai, which its certificate covers', async (t) => {
  t.same(service.networks?.default.aliases, ['api.devin.ai'])
  t.equal(TLS_NAMES[0], 'api.devin.ai')
})

t.test('compose.yaml has the health check of the image and a read-only file system', async (t) => {
  const [, command = ''] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? []

  t.same(service.healthcheck?.test, ['CMD', ...JSON.parse(command)])
  t.match(service, { read_only: true, tmpfs: undefined })
})

t.test('the image exposes the default ports', async (t) => {
  const { port, tlsPort } = configOf()

  t.match(dockerfile, `\nEXPOSE ${port} ${tlsPort}\n`)
})

for (const page of ['docs/docker.md', 'docs/tls.md']) {
  const text = read(page)

  t.test(`${page} names only variables that the program reads`, async (t) => {
    for (const [name] of text.matchAll(/\bFAKE_DEVIN_[A-Z_]+[A-Z]/g)) t.ok(variables.includes(name), name)
  })

  t.test(`${page}: the services in YAML fit the configuration of the program`, async (t) => {
    const services = blocksOf(text)
      .filter(({ language }) => language === 'yaml')
      .map((block) => parse(block.text))
      .map((file) => (file.jobs?.test ?? file).services['fake-devin'] as Service)
    t.not(services.length, 0)

    for (const documented of services) {
      const { port, tls, tlsPort } = configOf(documented.env ?? documented.environment)
      const listening = tls ? [port, tlsPort] : [port]
      for (const inner of innerPorts(documented)) t.ok(listening.includes(inner), `${inner}`)
      t.ok(documented.build === '.' || documented.image?.endsWith('/fake-devin'))
    }
  })
}

t.test('docs/docker.md: the Python recipe waits for the health path', async (t) => {
  const recipe = blocksOf(read('docs/docker.md')).find(({ language }) => language === 'python')?.text ?? ''

  t.match(recipe, `.with_exposed_ports(${FLAGS.port.default})`)
  t.match(recipe, `HttpWaitStrategy(${FLAGS.port.default}, "/_fake/health")`)
})
