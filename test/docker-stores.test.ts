// Tests the recipes for containers that keep their state: docs/examples, and the volume of docs/docker.md. Runs no container.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { version } from '../src/base/version.ts'
import { type Server, startServer } from '../src/server/start.ts'
import { type Environment, FLAGS, readConfig } from '../src/settings/config.ts'
import { testDatabase } from './postgres.ts'
import { registeredRoutes } from './registered-routes.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('Dockerfile')
const variables = Object.values(FLAGS).flatMap((flag) => flag.variables.map(({ name }) => name))

/** Returns the configuration of the program for a container's environment, on top of the image's own. */
function configOf(env: Environment) {
  return readConfig({ argv: [], env: { FAKE_DEVIN_HOST: '0.0.0.0', ...env } })
}

interface Service {
  readonly build?: string
  readonly image: string
  readonly environment: Record<string, string>
  readonly volumes: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck: { readonly test: readonly string[] }
  readonly [member: string]: unknown
}

const folder = 'docs/examples/compose-postgres'
// As Compose does without POSTGRES_PASSWORD.
const composeText = read(`${folder}/compose.yaml`).replaceAll(/\$\{\w+:-(\w+)\}/g, '$1')
const compose: { services: Record<string, Service>; volumes: object } = parse(composeText, { merge: true })
const caddyfile = read(`${folder}/Caddyfile`)
const { proxy, postgres, ...replicas } = compose.services as Record<'proxy' | 'postgres', Service>
const replica = Object.values(replicas)[0] as unknown as Service
const config = configOf(replica.environment)

t.test(
  'compose-postgres has two equal replicas, built from this repository, without a port outside',
  async (t) => {
    const [first, second, ...others] = Object.values(replicas)

    t.same(Object.keys(replicas), ['fake-devin-1', 'fake-devin-2'])
    t.same(first, second)
    t.same(others, [])
    t.ok(existsSync(join(root, folder, String(replica.build), 'Dockerfile')))
    t.equal(replica.ports, undefined)
  },
)

t.test(
  'compose-postgres: the replicas have the health check of the image and can write nothing',
  async (t) => {
    const [, command = ''] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? []

    t.same(replica.healthcheck.test, ['CMD', ...JSON.parse(command)])
    t.match(replica, { read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' })
  },
)

t.test(
  'compose-postgres: the replicas get only variables that the program reads, and a seed that exists',
  async (t) => {
    for (const name of Object.keys(replica.environment)) t.ok(variables.includes(name), name)
    for (const volume of replica.volumes) {
      const [source = '', target, mode] = volume.split(':')
      t.ok(existsSync(join(root, folder, source)), source)
      t.same([target, mode], [config.seedFile, 'ro'])
    }
  },
)

t.test('compose-postgres: the URL of the store leads to the database of its own server', async (t) => {
  const url = new URL(config.store)
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment

  t.same(
    [url.hostname, url.username, url.password, url.pathname],
    ['postgres', POSTGRES_USER, POSTGRES_PASSWORD, `/${POSTGRES_DB}`],
  )
  t.match(postgres.image, /^postgres:1[4-9]$/)
  for (const option of ['--host=127.0.0.1', `--username=${POSTGRES_USER}`, `--dbname=${POSTGRES_DB}`])
    t.ok(postgres.healthcheck.test.includes(option), option)
  t.same(Object.keys(compose.volumes), [postgres.volumes[0]?.split(':')[0]])
  t.same(replica.depends_on, { postgres: { condition: 'service_healthy' } })
  t.same(Object.keys(proxy.depends_on), Object.keys(replicas))
})

t.test('compose-postgres: Caddy passes requests on to the healthy replicas, and never twice', async (t) => {
  const [, upstreams = ''] = /reverse_proxy (.*) \{/.exec(caddyfile) ?? []
  const [, health = ''] = /health_uri (\S+)/.exec(caddyfile) ?? []
  const [, listening = ''] = /^:(\d+) \{/.exec(caddyfile) ?? []

  t.same(
    upstreams.split(' '),
    Object.keys(replicas).map((name) => `${name}:${config.port}`),
  )
  t.ok((await registeredRoutes()).includes(`GET ${health}`))
  t.same(proxy.ports, [`127.0.0.1:8080:${listening}`])
  t.ok(proxy.volumes.includes('./Caddyfile:/etc/caddy/Caddyfile:ro'))
  t.match(caddyfile, /lb_retry_match \{\s+method NEVER\s+\}/)
  t.match(caddyfile, /keepalive off/)
  t.equal(caddyfile.split('{').length, caddyfile.split('}').length)
})

t.test('compose-postgres: two servers with its variables share a world on a real database', async (t) => {
  const seedFile = join(root, folder, replica.volumes[0]?.split(':')[0] ?? '')
  const options = { ...config, store: await testDatabase(t), seedFile, host: '127.0.0.1', port: 0 }
  const servers: Server[] = []
  for (const _ of [1, 2]) {
    const server = await startServer({ ...options, logLevel: 'silent' })
    t.teardown(() => server.close())
    servers.push(server)
  }
  const headers = { authorization: `Bearer ${servers[0]?.key}`, 'content-type': 'application/json' }
  const body = '{"type": "key-value", "key": "SHARED", "value": "", "sensitive": true, "note": ""}'

  const [created, refused] = [
    await fetch(`${servers[0]?.url}/v1/secrets`, { method: 'POST', headers, body }),
    await fetch(`${servers[1]?.url}/v1/secrets`, { method: 'POST', headers, body }),
  ]

  t.same([created.status, refused.status], [200, 409])
})

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly [member: string]: ReturnType<JSON['parse']>
}

const documents = parseAllDocuments(read('docs/examples/kubernetes.yaml'))
const manifests = documents.map((document) => document.toJS() as Manifest)
const [secret, deployment, service] = manifests as [Manifest, Manifest, Manifest]
const pod = deployment.spec.template
const [container] = pod.spec.containers

/** Returns the variables of the container, with the values of the secret. */
function podEnvironment(): Environment {
  const entries = container.env.map(({ name, value, valueFrom }: Manifest) => {
    const { key, name: from } = valueFrom?.secretKeyRef ?? {}
    return [name, from === secret.metadata.name ? secret.stringData[key] : value]
  })
  return Object.fromEntries(entries)
}

t.test(
  'kubernetes.yaml is valid YAML with a secret, a deployment and a service that fit together',
  async (t) => {
    for (const { errors, warnings } of documents) t.same([errors, warnings], [[], []])
    t.same(
      manifests.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`),
      ['v1 Secret', 'apps/v1 Deployment', 'v1 Service'],
    )
    t.equal(deployment.spec.replicas, 2)
    for (const labels of [deployment.spec.selector.matchLabels, service.spec.selector])
      t.same(labels, pod.metadata.labels)
    t.same(
      service.spec.ports.map(({ targetPort }: Manifest) => targetPort),
      ['http'],
    )
  },
)

t.test(
  'kubernetes.yaml: the program reads every variable, and the memory limit exceeds the need',
  async (t) => {
    const env = podEnvironment()
    for (const name of Object.keys(env)) t.ok(variables.includes(name), name)
    const { store, controlToken, port, maxStoredBytes } = configOf(env)

    t.match(new URL(store), { protocol: 'postgres:', pathname: /^\/\w/ })
    t.equal(controlToken, secret.stringData['control-token'])
    t.same(container.ports, [{ name: 'http', containerPort: port }])
    t.match(container.image, `/fake-devin:${version}`)
    const [, gibibytes] = /^(\d+)Gi$/.exec(container.resources.limits.memory) ?? []
    t.ok(2 * maxStoredBytes <= Number(gibibytes) * 2 ** 30)
  },
)

t.test('kubernetes.yaml: a replica without its database is not ready, but is not restarted', async (t) => {
  const { readinessProbe, livenessProbe, startupProbe } = container

  t.same(readinessProbe.httpGet, { path: '/_fake/health', port: 'http' })
  for (const probe of [livenessProbe, startupProbe]) t.same(probe.tcpSocket, { port: 'http' })
  t.ok((await registeredRoutes()).includes(`GET ${readinessProbe.httpGet.path}`))
})

t.test('kubernetes.yaml: the container runs as the user of the image and can write nothing', async (t) => {
  t.match(pod.spec.securityContext, { runAsNonRoot: true, runAsUser: 1000 })
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  // In the official image of Node, this is the user 1000.
  t.match(dockerfile, /^USER node$/m)
})

t.test('docs/docker.md keeps a file in a folder of the image that its user may write to', async (t) => {
  const page = read('docs/docker.md')
  const [, target, path = ''] =
    /docker run .* -v fake-devin:(\S+) -e FAKE_DEVIN_STORE=(\S+) fake-devin$/m.exec(page) ?? []

  t.equal(dirname(path), target)
  t.match(dockerfile, `RUN mkdir ${target} && chown node:node ${target}\n`)
  t.ok(dockerfile.indexOf(`mkdir ${target}`) < dockerfile.lastIndexOf('USER node'))
  t.equal(configOf({ FAKE_DEVIN_STORE: path }).store, path)
})
