// Tells tap which files the tests of a file or a group of files cover.
import { existsSync } from 'node:fs'

// Only published code must be fully covered. Tests also run examples and scripts, but in the way that users do. The page runs in a
// browser, except for the pure functions in its folder `model`. tap looks the files up for each test file, and a name for each would
// take it ten seconds.
const sources = ['src/*.ts', 'src/!(page)/**/*.ts', 'src/page/model/**/*.ts']

/** Folders of tests whose code runs in a browser, or in processes of the published package. */
const ELSEWHERE = /^test\/(?:page\/(?!model\/)|persistence\/promises\/)/

/**
 * Returns whether the tests of a file count for the coverage: those that mirror the sources. Coverage takes a quarter of the time of a test, and
 * what only other tests reach, such as those that follow the documentation, lacks a test of its own.
 */
export function isMeasured(path) {
  const [, place] = /^test\/([^/]+?)(?:\/|\.test\.ts$)/.exec(path) ?? []
  return (
    !ELSEWHERE.test(path) &&
    ['', '.ts'].some((ending) => existsSync(new URL(`../src/${place}${ending}`, import.meta.url)))
  )
}

/** Returns the files that a test file, or a group of `scripts/test/groups.mjs`, covers; null for one that measures no coverage. */
export default (path) =>
  isMeasured(path) || path.startsWith('.cache/test-groups/measured-') ? sources : null
