import { readFileSync } from 'node:fs'
import t from 'tap'
import { contradictions, sectionOf, textOf } from '../../scripts/release/changelog.ts'

const CHANGELOG = `# Changelog

## [Unreleased]

Soon.

## [1.1.0] - 2026-02-03

### Added

- One thing.
- Another.

## [1.0.0] - 2026-01-02

The first.

[1.1.0]: https://example.test/compare/v1.0.0...v1.1.0
`

const RELEASE = { version: '1.1.0', lockedVersion: '1.1.0', changelog: CHANGELOG, tag: 'v1.1.0' }

t.test('the description of a release is its section of the changelog without the heading', async (t) => {
  t.equal(sectionOf(CHANGELOG, '1.1.0'), '### Added\n\n- One thing.\n- Another.')
  t.equal(sectionOf(CHANGELOG, '1.0.0'), 'The first.')
  t.equal(sectionOf(CHANGELOG, '1.1'), undefined)
})

t.test('a dry run may use the unreleased section, but a release may not', async (t) => {
  const next = { version: '1.2.0', changelog: CHANGELOG }

  t.equal(textOf({ ...next, tag: undefined }), 'Soon.')
  t.equal(textOf({ ...next, tag: 'v1.2.0' }), undefined)
})

t.test('a release whose tag, versions and changelog agree has no contradictions', async (t) => {
  t.same(contradictions(RELEASE), [])
  t.same(contradictions({ ...RELEASE, tag: undefined }), [])
})

t.test('a tag of another version is refused', async (t) => {
  t.same(contradictions({ ...RELEASE, tag: 'v1.1.1' }), [
    'the tag is v1.1.1, and package.json has version 1.1.0',
  ])
})

t.test('a lock file of another version is refused, even in a dry run', async (t) => {
  for (const tag of ['v1.1.0', undefined]) {
    t.same(contradictions({ ...RELEASE, tag, lockedVersion: '1.0.0' }), [
      'package-lock.json has version 1.0.0, package.json 1.1.0',
    ])
  }
})

t.test('a release without a dated section is refused', async (t) => {
  const undated = CHANGELOG.replace(' - 2026-02-03', '')
  t.same(contradictions({ ...RELEASE, changelog: undated }), [
    'CHANGELOG.md has no date for 1.1.0: ## [1.1.0] - YYYY-MM-DD',
  ])
  t.match(contradictions({ ...RELEASE, changelog: '# Changelog\n' }), [
    /has no section \[1\.1\.0\]/,
    /has no date/,
  ])
  t.match(contradictions({ ...RELEASE, changelog: '# Changelog\n', tag: undefined }), [/has no text/])
})

t.test('the current version, lock file and changelog agree', async (t) => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const { version } = JSON.parse(read('package.json'))
  const { version: lockedVersion } = JSON.parse(read('package-lock.json'))

  t.same(contradictions({ version, lockedVersion, changelog: read('CHANGELOG.md'), tag: undefined }), [])
})
