import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

/** The time of the clock, in Unix seconds. */
const SECONDS = 1_767_323_045

const PROFILES = [
  { id: 'csprof-1', name: 'Injections', guidance: { triage: 'Be strict' } },
  { id: 'csprof-2', name: 'Speed', scan_type: 'performance', visibility: 'account' },
  { id: 'csprof-3', name: 'Import', mode: 'ingest', description: 'From a file' },
]

/** Replaces the records of the default organization. */
async function seed({ send }: Pick<V3Fake, 'send'>, organization: object): Promise<number> {
  const document = { organizations: [{ code_scan_profiles: PROFILES, ...organization }] }
  return (await send('PUT', '/_fake/state', document)).statusCode
}

const advance = ({ send }: V3Fake, seconds: number) => send('POST', '/_fake/clock/advance', { seconds })

t.test(
  'POST /v3/organizations/{org_id}/code-scans starts a scan, which completes by the clock',
  async (t) => {
    const { org, advance, call, organization } = await startV3(t)

    const created = await org('POST', '/code-scans', { repo_name: 'owner/repo' })

    t.equal(created.statusCode, 200)
    const { scan_id: id } = created.json()
    t.match(id, /^scan-[0-9a-f]{32}$/)
    t.same(created.json(), {
      created_at: SECONDS,
      host: null,
      org_id: DEFAULT_ORG_ID,
      profile: null,
      repo_name: 'owner/repo',
      scan_id: id,
      status: 'pending',
    })
    t.match((await call('GET', '/v1/audit-logs')).json(), { audit_logs: [{ action: 'start_code_scan' }] })
    const status = async () => (await org('GET', `/code-scans/${id}`)).json().status
    advance(9)
    t.equal(await status(), 'pending')
    advance(1)
    t.equal(await status(), 'running')
    advance(289)
    t.equal(await status(), 'running')
    advance(1)
    t.equal(await status(), 'completed')
    const { scan_id: next } = (await org('POST', '/code-scans', { repo_name: 'owner/repo' })).json()
    organization.clock.adjust({ instant: true })
    t.equal((await org('GET', `/code-scans/${next}`)).json().status, 'completed')
  },
)

t.test('POST /v3/organizations/{org_id}/code-scans takes a host, a commit and a profile', async (t) => {
  const fake = await startV3(t)
  await seed(fake, {})
  const body = {
    repo_name: 'owner/repo\ud800',
    host: 'github.com',
    commit_sha: 'abc',
    profile_id: 'csprof-2',
  }

  t.match((await fake.org('POST', '/code-scans', { ...body, scan_type: 'performance' })).json(), {
    repo_name: 'owner/repo\ufffd',
    host: 'github.com',
    profile: { name: 'Speed', profile_id: 'csprof-2' },
  })
  t.match((await fake.call('GET', '/_fake/state')).json().organizations[0].code_scans, [
    { commit_sha: 'abc', scan_type: 'performance', created_by: { name: 'Fake Service User' } },
  ])
  t.equal((await fake.org('POST', '/code-scans', body)).statusCode, 200, 'the type is that of the profile')
})

t.test(
  'POST /v3/organizations/{org_id}/code-scans refuses types that do not fit, and unknown profiles',
  async (t) => {
    const fake = await startV3(t)
    await seed(fake, {})
    const answer = async (body: object) => {
      const response = await fake.org('POST', '/code-scans', { repo_name: 'o/r', ...body })
      return [response.statusCode, response.json().detail]
    }

    t.same(await answer({ profile_id: 'csprof-2', scan_type: 'security' }), [
      400,
      'The profile is for scans of the type performance',
    ])
    t.same(await answer({ scan_type: 'dead-code' }), [400, 'A scan of the type dead-code needs a profile'])
    t.same(await answer({ profile_id: 'csprof-3' }), [
      400,
      'A profile of the mode ingest needs an ingestion scan',
    ])
    t.same(await answer({ profile_id: 'x' }), [404, 'Code scan profile not found'])
    t.same(await answer({ repo_name: null }), [422, 'repo_name: Field required'])
    t.same(await answer({ repo_name: '' }), [422, 'repo_name: Input should be a valid string'])
    t.same(await answer({ host: 1 }), [422, 'host: Input should be a valid string'])
    t.match(await answer({ scan_type: 'x' }), [422, /^scan_type: Input should be security, /])
    t.equal((await answer({ scan_type: 'security' }))[0], 200)
  },
)

t.test('GET /v3/organizations/{org_id}/code-scans/{scan_id} answers 404 for an unknown scan', async (t) => {
  const { org, v3 } = await startV3(t)
  const { scan_id: id } = (await org('POST', '/code-scans', { repo_name: 'o/r' })).json()

  const unknown = await org('GET', '/code-scans/scan-1')
  t.same([unknown.statusCode, unknown.json().detail], [404, 'Code scan not found'])
  t.equal((await v3('GET', `/v3/organizations/org-other/code-scans/${id}`)).statusCode, 404)
})

t.test('GET /v3/organizations/{org_id}/code-scans/scans lists the scans, newest first', async (t) => {
  const { org } = await startV3(t)
  t.same((await org('GET', '/code-scans/scans')).json(), {
    items: [],
    end_cursor: null,
    has_next_page: false,
    total: 0,
  })
  for (const repo_name of ['o/1', 'o/2', 'o/1']) await org('POST', '/code-scans', { repo_name })
  const page = async (query: string) => (await org('GET', `/code-scans/scans?${query}`)).json()
  const names = ({ items }: { items: { repo_name: string }[] }) => items.map((scan) => scan.repo_name)

  t.same(names(await page('')), ['o/1', 'o/2', 'o/1'])
  t.same(names(await page('first=x')), ['o/1', 'o/2', 'o/1'])
  t.same(names(await page('first=0')), ['o/1'], 'the nearest size, as in other lists')
  const first = await page('first=2')
  t.same(names(first), ['o/1', 'o/2'])
  t.same(names(await page(`first=2&after=${encodeURIComponent(first.end_cursor)}`)), ['o/1'])
  t.match(await page('repo_name=o/1'), { total: 2 })
  t.equal((await org('GET', '/code-scans/scans?after=x')).statusCode, 400)
})

t.test('GET /v3/organizations/{org_id}/code-scans/profiles lists the profiles, newest first', async (t) => {
  const fake = await startV3(t)
  t.match((await fake.org('GET', '/code-scans/profiles')).json(), { items: [], total: 0 })
  await seed(fake, {})

  const { items } = (await fake.org('GET', '/code-scans/profiles')).json()
  t.same(
    items.map((profile: { profile_id: string }) => profile.profile_id),
    ['csprof-3', 'csprof-2', 'csprof-1'],
  )
  t.same(items[1], {
    created_at: SECONDS,
    description: null,
    mode: 'discover',
    name: 'Speed',
    org_id: null,
    profile_id: 'csprof-2',
    scan_type: 'performance',
    visibility: 'account',
  })
  const first = (await fake.org('GET', '/code-scans/profiles?first=2')).json()
  const next = `/code-scans/profiles?first=2&after=${encodeURIComponent(first.end_cursor)}`
  t.match((await fake.org('GET', next)).json(), { items: [{ name: 'Injections' }], has_next_page: false })
})

t.test('GET /v3/organizations/{org_id}/code-scans/profiles/{profile_id} shows the guidance', async (t) => {
  const fake = await startV3(t)
  await seed(fake, {})

  t.same((await fake.org('GET', '/code-scans/profiles/csprof-1')).json(), {
    created_at: SECONDS,
    description: null,
    mode: 'discover',
    name: 'Injections',
    org_id: DEFAULT_ORG_ID,
    profile_id: 'csprof-1',
    scan_type: 'security',
    visibility: 'org',
    exclude_globs: null,
    include_globs: null,
    ingestion_source_guidance: null,
    investigation_guidance: null,
    post_ingestion_guidance: null,
    remediation_guidance: null,
    report_guidance: null,
    threat_model_guidance: null,
    triage_guidance: 'Be strict',
    validation_guidance: null,
  })
  const unknown = await fake.org('GET', '/code-scans/profiles/x')
  t.same([unknown.statusCode, unknown.json().detail], [404, 'Code scan profile not found'])
  const other = await fake.v3('GET', '/v3/organizations/org-other/code-scans/profiles/csprof-1')
  t.equal(other.statusCode, 404)
})

t.test('PUT /v3/organizations/{org_id}/code-scans/{scan_id}/profile reassigns the profile', async (t) => {
  const fake = await startV3(t)
  await seed(fake, { code_scans: [{ id: 'scan-1', repo_name: 'o/r' }] })
  const put = (body: object, id = 'scan-1') => fake.org('PUT', `/code-scans/${id}/profile`, body)
  const scanType = async () =>
    (await fake.call('GET', '/_fake/state')).json().organizations[0].code_scans[0].scan_type

  t.match((await put({ profile_id: 'csprof-2' })).json(), { profile: { profile_id: 'csprof-2' } })
  t.equal(await scanType(), 'performance')
  t.match((await fake.org('GET', '/code-scans/scan-1')).json(), { profile: { name: 'Speed' } })
  t.match((await put({ profile_id: null })).json(), { profile: null })
  t.equal(await scanType(), 'performance')
  t.same((await put({})).json().detail, 'profile_id: Field required')
  t.equal((await put({ profile_id: 1 })).statusCode, 422)
  t.same((await put({ profile_id: 'x' })).json().detail, 'Code scan profile not found')
  t.same((await put({ profile_id: null }, 'scan-2')).json().detail, 'Code scan not found')
  t.match((await fake.call('GET', '/v1/audit-logs')).json().audit_logs, [
    { action: 'update_code_scan_profile', resource_id: 'scan-1' },
    { action: 'update_code_scan_profile' },
  ])
})

t.test('POST /v3/organizations/{org_id}/code-scans/{scan_id}/auto-scan stores the settings', async (t) => {
  const { org, call } = await startV3(t)
  const { scan_id: id } = (await org('POST', '/code-scans', { repo_name: 'o/r' })).json()

  const scheduled = await org('POST', `/code-scans/${id}/auto-scan`, { frequency: '0 3 * * *' })
  t.match(scheduled.json(), { scan_id: id, status: 'pending', auto_scan: { frequency: '0 3 * * *' } })
  const [state] = (await call('GET', '/_fake/state')).json().organizations
  t.same(state.code_scans[0].auto_scan, { frequency: '0 3 * * *' })
  t.match(state.audit_logs.at(-1), { action: 'schedule_auto_scan', subject_id: id })

  const unknown = await org('POST', '/code-scans/scan-2/auto-scan', {})
  t.same([unknown.statusCode, unknown.json().detail], [404, 'Code scan not found'])
  let deep: object = {}
  for (let level = 0; level < 200; level++) deep = { deep }
  const nested = await org('POST', `/code-scans/${id}/auto-scan`, deep)
  t.same([nested.statusCode, nested.json().detail], [400, 'The body is nested more than 100 levels deep'])
})

const FINDINGS = [
  { id: 'finding-1', scan_id: 'scan-1', repo_name: 'o/1', severity: 'critical', title: 'SQL injection' },
  { id: 'finding-2', repo_name: 'o/1', severity: 'low', status: 'dismissed' },
  { id: 'finding-3', repo_name: 'o/2' },
]

t.test('GET /v3/organizations/{org_id}/code-scans/findings lists none that no seed has', async (t) => {
  const { org, advance } = await startV3(t)
  await org('POST', '/code-scans', { repo_name: 'o/r' })
  advance(300)

  t.same((await org('GET', '/code-scans/findings')).json(), {
    items: [],
    end_cursor: null,
    has_next_page: false,
    total: 0,
  })
})

t.test(
  'GET /v3/organizations/{org_id}/code-scans/findings lists those of a seed, newest first',
  async (t) => {
    const fake = await startV3(t)
    await seed(fake, {
      code_scans: [{ id: 'scan-1', repo_name: 'o/1', status: 'failed' }],
      code_scan_findings: [
        ...FINDINGS.slice(0, 1),
        {
          id: 'finding-9',
          scan_id: 'scan-1',
          repo_name: 'o/9',
          reference_snippets: [{ end_line: 2, start_line: 1, file_path: 'a.ts', code: 'x' }],
        },
      ],
    })

    const { items } = (await fake.org('GET', '/code-scans/findings')).json()
    t.same(items, [
      {
        category: null,
        code_owners: [],
        created_at: SECONDS,
        description: null,
        finding_id: 'finding-9',
        note: null,
        orchestrator_session_id: null,
        pr_url: null,
        recommendation: null,
        reference_snippets: [{ commentary: null, end_line: 2, file_path: 'a.ts', start_line: 1, code: 'x' }],
        related_finding_ids: [],
        repo_name: 'o/9',
        scan_id: 'scan-1',
        session_id: null,
        severity: 'medium',
        status: 'open',
        title: null,
      },
      { ...items[1], finding_id: 'finding-1', severity: 'critical', title: 'SQL injection' },
    ])
  },
)

t.test('a finding without a scan is reported by the newest completed scan of its repository', async (t) => {
  const fake = await startV3(t)
  await seed(fake, {
    code_scans: [
      { id: 'scan-1', repo_name: 'o/1', status: 'completed', created_at: '2026-01-01T00:00:00Z' },
      { id: 'scan-2', repo_name: 'o/1', status: 'failed' },
    ],
    code_scan_findings: FINDINGS,
  })
  const found = async () =>
    (await fake.org('GET', '/code-scans/findings'))
      .json()
      .items.map((one: { finding_id: string; scan_id: string; created_at: number }) => [
        one.finding_id,
        one.scan_id,
        one.created_at,
      ])
  t.same(await found(), [
    ['finding-2', 'scan-1', 1_767_225_600],
    ['finding-1', 'scan-1', SECONDS],
  ])

  const { scan_id: next } = (await fake.org('POST', '/code-scans', { repo_name: 'o/2' })).json()
  await advance(fake, 299)
  t.equal((await found()).length, 2, 'not before the scan is completed')
  await advance(fake, 1)
  t.same((await found())[0], ['finding-3', next, SECONDS + 300])
})

t.test('findings of an instant clock are reported when the scan starts', async (t) => {
  const { org, organization, send } = await startV3(t)
  const clock = { now: '2026-01-02T03:04:05Z', frozen: true, instant: true }
  await send('PUT', '/_fake/state', {
    organizations: [{ org_id: organization.orgId, clock, code_scan_findings: FINDINGS }],
  })
  await org('POST', '/code-scans', { repo_name: 'o/2' })

  t.match((await org('GET', '/code-scans/findings')).json().items, [
    { finding_id: 'finding-3', created_at: SECONDS },
    { finding_id: 'finding-1' },
  ])
})

t.test('GET /v3/organizations/{org_id}/code-scans/findings filters and pages', async (t) => {
  const fake = await startV3(t)
  const completed = { status: 'completed' }
  await seed(fake, {
    code_scans: [
      { id: 'scan-1', repo_name: 'o/1', ...completed },
      { id: 'scan-2', repo_name: 'o/2', ...completed },
    ],
    code_scan_findings: FINDINGS,
  })
  const page = async (query: string) => (await fake.org('GET', `/code-scans/findings?${query}`)).json()
  const ids = async (query: string) =>
    (await page(query)).items.map((one: { finding_id: string }) => one.finding_id)

  t.same(await ids('scan_id=scan-1'), ['finding-2', 'finding-1'])
  t.same(await ids('repo_name=o/2'), ['finding-3'])
  t.same(await ids('severity=critical&severity=low'), ['finding-2', 'finding-1'])
  t.same(await ids('status=open&status=resolved'), ['finding-3', 'finding-1'])
  t.same(await ids('status=resolved'), [])
  const first = await page('first=2')
  t.match(first, { items: [{ finding_id: 'finding-3' }, {}], has_next_page: true, total: 3 })
  t.same(await ids(`after=${encodeURIComponent(first.end_cursor)}`), ['finding-1'])
  const foreign = (await fake.org('GET', '/code-scans/profiles?first=1')).json().end_cursor
  const refused = await fake.org('GET', `/code-scans/findings?after=${encodeURIComponent(foreign)}`)
  t.equal(refused.statusCode, 400, 'a cursor of another list')
  t.match((await fake.v3('GET', '/v3/organizations/org-other/code-scans/findings')).json(), { items: [] })
})

const RANGE = `time_after=${SECONDS - 86_400}&time_before=${SECONDS + 86_400}`

t.test('GET /v3/organizations/{org_id}/code-scans/metrics counts what scans found', async (t) => {
  const fake = await startV3(t)
  const metrics = async (query = RANGE) => (await fake.org('GET', `/code-scans/metrics?${query}`)).json()
  const nothing = {
    avg_pr_open_duration_seconds: null,
    avg_pr_time_to_merge_seconds: null,
    open_critical_findings_count: 0,
    open_high_findings_count: 0,
    open_low_findings_count: 0,
    open_medium_findings_count: 0,
    prs_closed_count: 0,
    prs_created_count: 0,
    prs_merged_count: 0,
    prs_open_count: 0,
    repos_scanned_count: 0,
    scans_count: 0,
  }
  t.same(await metrics(), nothing)

  const url = (number: number) => `https://github.com/o/r/pull/${number}`
  const fixed = (number: number, session_id: string | null, of = {}) => ({
    scan_id: 'scan-1',
    repo_name: 'o/1',
    pr_url: url(number),
    session_id,
    ...of,
  })
  const steps = [
    { after_seconds: 10, pull_requests: [{ url: url(1) }, { url: url(2) }] },
    {
      after_seconds: 40,
      pull_requests: [
        { url: url(1), state: 'merged' },
        { url: url(2), state: 'closed' },
      ],
    },
  ]
  await seed(fake, {
    clock: { now: '2026-01-02T03:04:05Z', frozen: true },
    sessions: [{ id: 'devin-1', prompt: 'fix', scenario: { steps }, age_seconds: 100 }],
    code_scans: [
      { id: 'scan-1', repo_name: 'o/1' },
      { id: 'scan-2', repo_name: 'o/1' },
      { id: 'scan-3', repo_name: 'o/2' },
      { id: 'scan-4', repo_name: 'o/3', created_at: '2025-01-01T00:00:00Z' },
    ],
    code_scan_findings: [
      fixed(1, 'devin-1', { status: 'resolved' }),
      fixed(1, 'devin-1', { severity: 'high' }),
      fixed(2, '1', { severity: 'low' }),
      fixed(3, null, { severity: 'critical', created_at: '2026-01-02T03:03:05Z' }),
      fixed(3, null, { status: 'resolved', created_at: '2026-01-02T03:03:45Z' }),
      fixed(4, 'devin-2'),
      { scan_id: 'scan-1', repo_name: 'o/1', status: 'resolved' },
      { scan_id: 'scan-4', repo_name: 'o/3' },
      { repo_name: 'o/3' },
      { repo_name: 'never scanned' },
    ],
  })
  t.same(await metrics(), {
    avg_pr_open_duration_seconds: (30 + 30 + 60 + 0) / 4,
    avg_pr_time_to_merge_seconds: 30,
    open_critical_findings_count: 1,
    open_high_findings_count: 1,
    open_low_findings_count: 1,
    open_medium_findings_count: 1,
    prs_closed_count: 1,
    prs_created_count: 4,
    prs_merged_count: 1,
    prs_open_count: 2,
    repos_scanned_count: 2,
    scans_count: 3,
  })
})

t.test(
  'GET /v3/organizations/{org_id}/code-scans/metrics refuses ranges without and beyond 100 days',
  async (t) => {
    const { org } = await startV3(t)
    const answer = async (after: number, before: number) => {
      const response = await org('GET', `/code-scans/metrics?time_after=${after}&time_before=${before}`)
      return [response.statusCode, response.json().detail]
    }

    t.same(await answer(5, 5), [400, 'time_after must be before time_before'])
    t.same(await answer(0, 8_640_001), [400, 'The time range must be 100 days or less'])
    t.same(await answer(0, 8_640_000), [200, undefined])
    t.equal((await org('GET', '/code-scans/metrics')).statusCode, 422)
  },
)

t.test('code scans need ViewCodeScans and UseCodeScans', async (t) => {
  const permissions = ['ViewCodeScans']
  const { org } = await startV3(t, { keys: new KeyRegistry({ keys: [{ key: V3_KEY, permissions }] }) })

  t.equal((await org('GET', '/code-scans/findings')).statusCode, 200)
  t.equal((await org('POST', '/code-scans', { repo_name: 'o/r' })).statusCode, 403)
})

t.test('a state document has code scans, profiles and findings', async (t) => {
  const fake = await startV3(t)
  const status = await seed(fake, {
    code_scans: [
      {
        repo_name: 'o/1',
        host: 'h',
        profile: { id: 'csprof-1', name: 'n' },
        auto_scan: { a: [1, '\ufffd'] },
      },
    ],
    code_scan_findings: [
      ...FINDINGS,
      { repo_name: 'o/1', session_id: 's', related_finding_ids: ['finding-1'] },
    ],
  })
  t.equal(status, 204)
  const state = async () => (await fake.call('GET', '/_fake/state')).json()
  const before = await state()
  const [{ code_scans: scans, code_scan_findings: findings }] = before.organizations
  t.match(scans, [{ id: /^scan-/, scan_type: 'security', status: null, created_by: null }])
  t.match(findings[3], { id: /^finding-/ })
  t.equal((await fake.send('PUT', '/_fake/state', before)).statusCode, 204)
  t.same(await state(), before)

  let deep: object = {}
  for (let level = 0; level < 200; level++) deep = { deep }
  t.equal(await seed(fake, { code_scans: [{ repo_name: 'o/1', auto_scan: deep }] }), 422)
  t.equal(await seed(fake, { code_scan_profiles: [{ name: 'Without an id' }] }), 204)
  t.match((await state()).organizations[0].code_scan_profiles, [{ id: /^csprof-[0-9a-f]{32}$/ }])
})
