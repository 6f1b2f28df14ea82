import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The part of axe-core's result that is shown for a violation. */
interface Violations {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

/** Asserts that axe-core finds no violations in a page, regardless of its content security policy. */
export async function axe(t: Test, page: Page, message = 'axe-core finds nothing'): Promise<void> {
  // Only here, because it takes as long to load as the page.
  if (await page.evaluate(`typeof axe === 'undefined'`)) await page.evaluate(AXE)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Violations> } }
    const { violations } = await axe.run()
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
  })
  t.same(found, [], message)
}
