import t from 'tap'
import type { NewState } from '../../src/organization/state.ts'
import type { RecordsState } from '../../src/resources/index.ts'
import { damagedRecords } from '../../src/state/damaged-records.ts'
import { newServices } from '../engine.ts'
import { frozenClock } from '../fake.ts'

/** Resolves with a state with a secret, a session and an attachment. */
async function aState(): Promise<NewState> {
  const { stateService } = newServices(frozenClock)
  const organization = {
    org_id: 'org-1',
    secrets: [{ id: 'secret-1', key: 'TOKEN', value: 's3cr3t' }],
    sessions: [
      {
        prompt: 'Fix it',
        max_acu_limit: 10n ** 21n,
        scenario: { steps: [{ after_seconds: 3, message: 'Hello' }] },
      },
    ],
    attachments: [{ name: 'a.bin', base64: 'AAECgP8=' }],
  }
  const invalid = await stateService.seed({ organizations: [organization] })
  if (invalid !== undefined) throw new Error(JSON.stringify(invalid))
  return stateService.capture()
}

/** Resolves with the damages of a state after its records of one kind have lost some members and got others. */
async function damagesWith(kind: keyof RecordsState, changed: object): Promise<string[]> {
  const state = await aState()
  const organizations = state.organizations.map((organization) => {
    const records = organization.records[kind].map((record) => ({ ...record, ...changed }))
    return { ...organization, records: { ...organization.records, [kind]: records } }
  })
  return [...damagedRecords({ ...state, organizations })]
}

t.test('records that clients and seeds create are not damaged', async (t) => {
  t.same([...damagedRecords(await aState())], [])
})

t.test('a record that a state document could not contain is damaged', async (t) => {
  const where = 'secret-1 in secrets of org-1'

  t.same(await damagesWith('secrets', { note: 5 }), [`${where}: note: Input should be a valid string`])
  t.same(await damagesWith('secrets', { key: undefined }), [`${where}: key: Field required`])
  t.match(await damagesWith('sessions', { tags: 'bug' }), [/ in sessions of org-1: /])
})

t.test('a record that cannot be shown at all is damaged', async (t) => {
  t.same(await damagesWith('secrets', { createdAt: 'now' }), [
    'secret-1 in secrets of org-1: it has another form',
  ])
})

t.test('the value of a damaged secret is not shown', async (t) => {
  t.notMatch(await damagesWith('secrets', { type: 's3cr3t' }), /s3cr3t/)
})
