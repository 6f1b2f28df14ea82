import fc from 'fast-check'
import t from 'tap'
import { pullRequestIn, repositoryNameIn } from '../../src/simulation/repository-names.ts'

t.test('repositoryNameIn finds the repository that a text names', async (t) => {
  for (const [text, host, name] of [
    ['owner/repo', null, 'owner/repo'],
    ['group/sub/repo', null, 'group/sub/repo'],
    ['github.com/owner/repo', 'github.com', 'owner/repo'],
    ['https://github.com/owner/repo', 'github.com', 'owner/repo'],
    ['http://ghe.example.com:8443/a/b.git/', 'ghe.example.com:8443', 'a/b'],
    ['my.org/repo', null, 'my.org/repo'],
  ] as const) {
    t.same(repositoryNameIn(text), { host, name }, text)
  }
})

t.test('repositoryNameIn finds none in other texts', async (t) => {
  for (const text of [
    '',
    'all',
    'repo',
    '/repo',
    'owner/',
    'owner//repo',
    'my own/repo',
    'a:b/c',
    'git@x:a/b',
  ]) {
    t.equal(repositoryNameIn(text), undefined, text)
  }
  t.equal(repositoryNameIn(`owner/${'x'.repeat(500)}`), undefined)
})

t.test('property: the name of a repository names itself', async (t) => {
  const segment = fc.stringMatching(/^[a-z][a-z0-9_-]{0,9}$/)
  fc.assert(
    fc.property(fc.array(segment, { minLength: 2, maxLength: 4 }), (segments) => {
      const name = segments.join('/')
      t.same(repositoryNameIn(name), { host: null, name })
      t.same(repositoryNameIn(`https://example.com/${name}.git`), { host: 'example.com', name })
    }),
  )
})

t.test('pullRequestIn finds the pull request that a URL leads to', async (t) => {
  t.same(pullRequestIn('https://gitlab.com/group/sub/repo/-/merge_requests/7/diffs'), {
    repository: { host: 'gitlab.com', name: 'group/sub/repo' },
    number: 7,
  })
  for (const url of ['x', 'https://github.com/owner/repo/issues/1', 'ftp://github.com/owner/repo/pull/1']) {
    t.equal(pullRequestIn(url), undefined, url)
  }
})
