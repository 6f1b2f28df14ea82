import fc from 'fast-check'
import { knownValue, VALUES_MAX } from './known-values.ts'

/** Generates a placeholder for a value of an earlier answer. */
export function known(name: string): fc.Arbitrary<string> {
  return fc.nat({ max: VALUES_MAX - 1 }).map((number) => knownValue(name, number))
}

/** Generates valid values, and sometimes invalid ones. */
function mostly(valid: readonly string[], invalid: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...valid) },
    { weight: 1, arbitrary: fc.constantFrom(...invalid) },
  )
}

const cron = mostly(
  ['0 9 * * 1-5', '*/5 * * * *', '0 0 29 2 *', '15,45 0-23/2 1 JAN-DEC SUN'],
  [
    '0 0 31 2 *',
    '* * * * * *',
    '60 * * * *',
    '*/0 * * * *',
    '0-59/1000 * * * *',
    '5-1 * * * *',
    '0 0 L * 5#3',
    '1,2,,3 * * * *',
    '@daily',
    ' 0  9 * *\t* ',
    '٣ * * * *',
    `${'0,'.repeat(2_000)}0 * * * *`,
    '*'.repeat(5_000),
  ],
)

const instant = mostly(
  ['2999-01-02T03:04:05Z', '2999-01-02T03:04:05.123456+14:00'],
  ['2999-01-02T03:04:05', '9999-12-31T23:59:59-12:00', '0001-01-01T00:00:00+14:00'],
)

const pullRequest = mostly(
  ['https://github.com/owner/repo/pull/1', 'https://gitlab.com/group/sub/repo/-/merge_requests/2'],
  [
    'https://github.com/owner/repo/pull/99999999999999999999',
    'https://github.com/%ff/repo/pull/1',
    'github.com/owner/repo/pull/1',
    'https://user:password@[::1]:1/a/b/pull/1#x',
  ],
)

const start = '1767000000'
/** Less than a hundred days after the start. */
const end = '1769000000'
const distant = ['0', '-1', '4102444800', '253402300800', '9007199254740993', '1e9']
const time = mostly([start, end], distant)

const role = mostly(
  ['org_admin', 'org_member', 'account_admin', 'account_member'],
  ['org_viewer', 'toString'],
)

const tag = mostly(['tag-a', 'tag-b', 'tag-c'], ['', 'default', '..', 'tag-a,tag-b'])

const ipRange = mostly(
  ['10.0.0.0/8', '127.0.0.1', '::1/128', '0.0.0.0/0'],
  ['10.0.0.0/33', '1.2.3.4/08', '::ffff:1.2.3.4/96', '10.0.0.0/', '::1%lo', '1.2.3'],
)

const email = mostly(
  ['a@example.com', 'A@EXAMPLE.COM', 'new@example.com'],
  ['@', 'a b@c', `${'a'.repeat(3_000)}@b`],
)

/** Unix times, most of them in the future. */
const expiry = mostly(['4102444800', '253402300799'], ['0', '-1', '9007199254740993'])

const count = mostly(['1', '2', '3'], ['0', '-1', '200', '201', '1000000000000'])

/** Values that a document describes only in words, by the name of the member or the parameter. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<string>>> = {
  frequency: cron,
  scheduled_at: instant,
  macro: mostly(['!a', '!b-c', '!d_1'], ['!', 'a', '!é', '!a b']),
  pr_url: pullRequest,
  commit_sha: mostly(['', 'a', '0'], ['A'.repeat(40), '.*']),
  event_type: mostly(['webhook:incoming'], ['github:issues', '__proto__']),
  type: mostly(['start_session'], ['post_response', 'object']),
  operator: mostly(['eq', 'in', 'matches', 'globs', 'exists'], ['toString']),
  value: mostly(['a', '**/*'], ['(a+)+$', '(?<', '[', '{a,b']),
  role_id: role,
  enterprise_role_id: role,
  tag,
  tags: tag,
  ip_ranges: ipRange,
  email,
  emails: email,
  idp_group_names: mostly(['engineers', 'designers', 'new'], ['', '..', 'a/b', '%2e', '\ud7ff']),
  repo_path: mostly(['owner/repo', 'a/b', 'group/sub/repo'], ['', '/', 'https://github.com/a/b.git']),
  prefix_path: mostly(['owner', 'group/sub/'], ['', '/']),
  group_prefix: mostly(['group', 'group/sub/'], ['', '/']),
  expires_at: expiry,
  new_key_expires_at: expiry,
  platform: mostly(['linux', 'Windows'], ['inherit', 'default', 'macos']),
  devin_mode: mostly(['normal', 'fast'], ['faster']),
  scan_type: mostly(['security'], ['bug', 'constructor']),
  is_archived: mostly(['true', 'false'], ['maybe']),
  archive: mostly(['true', 'false'], ['2']),
  interval_count: mostly(['1', '2'], ['0', '-1', '1000000000000']),
  first: count,
  limit: count,
  offset: count,
  time_after: mostly([start], [end, ...distant]),
  time_before: mostly([end], [start, ...distant]),
  created_after: time,
  created_before: time,
  updated_after: time,
  updated_before: time,
}

/** Generates values for a member or parameter whose name tells what it takes. Returns undefined for other names. */
export function valueFor(name: string | undefined): fc.Arbitrary<string> | undefined {
  if (name === undefined) return undefined
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name]
  const one = name.replace(/_ids$/, '_id')
  return one.endsWith('_id') ? known(one) : undefined
}

/** Members of objects for which a document does not describe any. */
export const UNDESCRIBED_MEMBERS = [
  'repo_name',
  'profile_id',
  'scan_type',
  'host',
  'type',
  'properties',
  'tags',
]
