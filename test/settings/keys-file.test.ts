import { join } from 'node:path'
import t, { type Test } from 'tap'
import { userOf } from '../../src/auth/principal.ts'
import { readKeysFile } from '../../src/settings/keys-file.ts'
import { StartError } from '../../src/settings/start-error.ts'

async function read(t: Test, name: string, content: string) {
  return readKeysFile(join(t.testdir({ [name]: content }), name))
}

/** The lines of the error, with the folder taken out. */
async function faults(t: Test, name: string, content: string): Promise<string[]> {
  const folder = t.testdir({ [name]: content })
  const error = await readKeysFile(join(folder, name)).catch((error: unknown) => error)
  if (!(error instanceof StartError)) throw new Error('nothing was wrong')
  return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))
}

const KEYS = [
  { key: 'apk_user_a' },
  { key: 'apk_b', orgId: 'org-1' },
  { key: 'apk_user_c', orgId: 'org-2', user: userOf('someone') },
]

t.test('plain lines name a key and its organization, with comments and empty lines between', async (t) => {
  const text = '# all keys\n\napk_user_a\r\n  apk_b\torg-1  # the robot\n#apk_user_z\n'

  t.same(await read(t, 'keys.txt', text), [{ key: 'apk_user_a' }, { key: 'apk_b', orgId: 'org-1' }])
})

t.test('an empty file holds no keys', async (t) => {
  t.same(await read(t, 'keys', ''), [])
})

t.test('a JSON list and a JSON object are told from lines by their first character', async (t) => {
  const list = [
    'apk_user_a',
    { key: 'apk_b', org_id: 'org-1' },
    { key: 'apk_user_c', org_id: 'org-2', user_id: 'someone' },
  ]

  t.same(await read(t, 'keys.json', JSON.stringify(list)), KEYS)
  t.same(await read(t, 'keys', ` ${JSON.stringify({ keys: list })}`), KEYS)
})

t.test('YAML is read where the name of the file says so', async (t) => {
  const text = `keys:
  - apk_user_a
  - { key: apk_b, org_id: org-1 }
  - key: apk_user_c
    org_id: org-2
    user_id: someone
`

  t.same(await read(t, 'keys.yaml', text), KEYS)
  t.same(await read(t, 'KEYS.YML', '- apk_user_a'), [{ key: 'apk_user_a' }])
})

t.test('every wrong line is named, and no key is repeated', async (t) => {
  t.same(await faults(t, 'keys.txt', 'apk_user_a\ncog_x\napk_user_a\napk_b org-1 and more\n'), [
    'keys.txt: line 4: more than KEY and ORG_ID',
    'keys.txt: line 2: not a v1 key (apk_user_… or apk_…)',
    'keys.txt: line 3: the same key as line 1',
  ])
})

t.test('every wrong field is named', async (t) => {
  const text = JSON.stringify({
    keys: [{ org_id: 'org-1' }, 7, { key: 'apk_a', org_id: '' }, { key: 'apk_a', name: 'x' }],
  })

  t.same(await faults(t, 'keys.json', text), [
    'keys.json: keys.0.key: Field required',
    'keys.json: keys.1: Input should be a valid dictionary or object to extract fields from',
    'keys.json: keys.2.org_id: String should have at least 1 character',
    'keys.json: keys.3.name: Extra inputs are not permitted',
  ])
})

t.test('a file that holds neither a list nor keys is refused', async (t) => {
  t.same(await faults(t, 'keys.yaml', 'apk_user_a'), [
    'keys.yaml: Input should be a valid dictionary or object to extract fields from',
  ])
  t.same(await faults(t, 'keys.json', '{"kees": []}'), [
    'keys.json: keys: Field required',
    'keys.json: kees: Extra inputs are not permitted',
  ])
})

t.test('a seed that is given as a file of keys is told so, and a file in UTF-16, too', async (t) => {
  t.same(await faults(t, 'keys.yaml', 'organizations: []'), [
    'keys.yaml: is a seed, not a file of keys: give it as --seed',
  ])
  t.same(await faults(t, 'keys.txt', 'apk\0'), ['keys.txt: is not a text file'])
})
