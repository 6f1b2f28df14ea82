import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const manifest = JSON.parse(read('package.json'))

/** The parts of a workflow that are checked. */
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

interface Job {
  readonly uses?: string
  readonly if?: string
  readonly needs?: readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

const FOLDER = '.github/workflows/'
const texts = new Map(readdirSync(new URL(FOLDER, root)).map((name) => [name, read(FOLDER + name)]))
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]))
const jobs = [...workflows].flatMap(([name, { jobs }]) =>
  Object.entries(jobs).map(([id, job]) => ({ title: `${name}: ${id}`, job })),
)
const steps = jobs.flatMap(({ title, job }) => (job.steps ?? []).map((step) => ({ title, step })))
const release = workflows.get('release.yml') as Workflow

t.test('there are workflows for checks, releases and conformance', async (t) => {
  t.same([...workflows.keys()].sort(), ['checks.yml', 'conformance.yml', 'release.yml'])
  t.match(Object.keys(workflows.get('conformance.yml')?.on ?? {}), ['schedule'])
})

t.test('every action is pinned to one commit, with its version in a comment', async (t) => {
  const pins = new Map<string, Set<string>>()
  for (const text of texts.values()) {
    for (const [, use = ''] of text.matchAll(/^ *(?:- )?uses: (.+)$/gm)) {
      if (use.startsWith('./')) {
        t.ok(existsSync(new URL(use, root)), use)
        continue
      }
      const [, action = '', pin = ''] = /^([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(use) ?? []
      t.not(action, '', use)
      pins.set(action, (pins.get(action) ?? new Set()).add(pin))
    }
  }
  t.ok(pins.has('actions/checkout'))
  for (const [action, versions] of pins) t.equal(versions.size, 1, action)
})

t.test(
  'workflows may only read the repository, and each writing job of a release has a single further permission',
  async (t) => {
    for (const [name, { permissions }] of workflows) t.same(permissions, { contents: 'read' }, name)
    const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'))
    t.same(
      writing.map(({ title, job }) => [title, job.permissions]),
      [
        ['release.yml: npm', { 'id-token': 'write' }],
        ['release.yml: image', { packages: 'write' }],
        ['release.yml: image-index', { packages: 'write' }],
        ['release.yml: github', { contents: 'write' }],
      ],
    )
  },
)

t.test('no job that writes checks out the repository or installs packages', async (t) => {
  for (const { title, job } of jobs) {
    if (!Object.values(job.permissions ?? {}).includes('write')) continue
    for (const { uses = '', run = '' } of job.steps ?? []) {
      t.notMatch(uses, /^actions\/checkout@/, title)
      t.notMatch(run, /\bnpm (?:ci|install|run|exec)\b|\bnpx\b/, title)
    }
  }
})

t.test('a job publishes only for a tag, and only after all checks', async (t) => {
  const publishing = ['npm', 'image', 'image-index', 'github']
  const conditionOf = (id: string): boolean => {
    const { if: condition, needs = [] } = release.jobs[id] as Job
    return condition === "github.ref_type == 'tag'" || needs.some(conditionOf)
  }
  const allNeeds = (id: string): string[] =>
    (release.jobs[id]?.needs ?? []).flatMap((need) => [need, ...allNeeds(need)])

  for (const id of publishing) {
    t.ok(conditionOf(id), id)
    for (const needed of ['checks', 'prepare']) t.ok(allNeeds(id).includes(needed), `${id} needs ${needed}`)
  }
  t.same(Object.keys(release.jobs), ['checks', 'prepare', ...publishing])
})

t.test(
  'no shell command contains an expression, so that no secret or name of a branch becomes code',
  async (t) => {
    for (const { title, step } of steps) t.notMatch(step.run ?? '', /\$\{\{/, title)
  },
)

t.test('a checkout keeps no credentials', async (t) => {
  for (const { title, step } of steps) {
    if (step.uses?.startsWith('actions/checkout@')) t.same(step.with, { 'persist-credentials': false }, title)
  }
})

t.test('every job has a timeout', async (t) => {
  for (const { title, job } of jobs) t.ok(job.uses?.startsWith('./') || job['timeout-minutes'], title)
})

t.test('the workflow for checks runs .ci/run', async (t) => {
  const { checks } = (workflows.get('checks.yml') as Workflow).jobs
  const commands = (checks?.steps ?? []).flatMap(({ run }) => run ?? [])

  t.same(commands, ['bash .ci/run'])
  t.ok(existsSync(new URL('.ci/run', root)))
  t.equal(release.jobs.checks?.uses, './.github/workflows/checks.yml')
})

t.test('the scripts that workflows run are in package.json', async (t) => {
  const named = steps.flatMap(({ step }) =>
    [...(step.run ?? '').matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name),
  )

  t.ok(named.includes('release:dry'))
  for (const name of named) t.ok(name in manifest.scripts, name)
})

t.test('the files that a release publishes are those of `npm run release:dry`', async (t) => {
  const script = read('scripts/release/dry-run.mjs')
  const commands = steps.map(({ step }) => step.run ?? '').join('\n')
  const paths = [...commands.matchAll(/\brelease\/([^\s"')]+)/g)].map(([, path = '']) => path)
  // The version is a variable or an asterisk in the commands, and another variable in the script.
  const files = new Set(paths.map((path) => path.replace(/^fake-devin-.*?(?=\.(?:tgz|cdx))/, '')))

  t.same([...files].sort(), ['.cdx.json', '.tgz', 'SHA256SUMS', 'image', 'labels.json', 'notes.md'])
  for (const file of files) t.ok(script.includes(`${file}'`) || script.includes(`{version}${file}`), file)
})

t.test('Dependabot updates the actions, the base image, its digest and the packages', async (t) => {
  const { updates } = parse(read('.github/dependabot.yml'))
  const ecosystems = updates.map((one: Record<string, unknown>) => one['package-ecosystem'])

  t.same(ecosystems, ['github-actions', 'docker', 'npm'])
  for (const directory of updates[1].directories) {
    const names = readdirSync(new URL(`.${directory}`, root))
    t.ok(
      names.some((name) => /dockerfile/i.test(name)),
      directory,
    )
  }
})
