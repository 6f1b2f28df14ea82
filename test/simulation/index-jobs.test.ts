import t from 'tap'
import { indexJobsAt } from '../../src/simulation/index-jobs.ts'

const SECOND = 1_000_000
const facts = { branches: ['main', 'dev'], outcome: 'completed', createdAt: 0 } as const

t.test('each branch has a job for search, which ends first, and one for the wiki', async (t) => {
  const at = (seconds: number) => indexJobsAt(facts, seconds * SECOND, false)
  const job = (kind: string, branch: string, status: string) => ({ kind, branch, status })

  t.same(at(59.9), [
    job('search', 'main', 'in_progress'),
    job('wiki', 'main', 'in_progress'),
    job('search', 'dev', 'in_progress'),
    job('wiki', 'dev', 'in_progress'),
  ])
  const statuses = (seconds: number) => at(seconds).map(({ status }) => status)
  t.same(statuses(60), ['completed', 'in_progress', 'completed', 'in_progress'])
  t.same(statuses(300), Array(4).fill('completed'))
})

t.test('jobs end at once with an instant clock, and fail if that is their outcome', async (t) => {
  const jobs = indexJobsAt({ ...facts, outcome: 'failed' }, 0, true)

  t.same(new Set(jobs.map(({ status }) => status)), new Set(['failed']))
})
