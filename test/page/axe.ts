import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import type { Test } from 'tap'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The part of axe-core's result that is shown when something is wrong. */
interface Violations {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

/** Makes axe-core available in all pages of a context that are opened from now on, whatever their content security policy. */
export async function provideAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: AXE })
}

/** Asserts that axe-core finds nothing in a page of a context that `provideAxe` has prepared. */
export async function axe(t: Test, page: Page, message = 'axe-core finds nothing'): Promise<void> {
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
