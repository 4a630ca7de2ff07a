// What a page must be in every state that somebody can bring it into: on a narrow and a wide screen, in light and dark.
import { expect } from '@jest/globals'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** No fault that is serious, and nothing hidden at the side. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  for (const width of [1_440, 360]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations, passes } = await page.evaluate(() => axe.run(document))
      expect(passes.length).toBeGreaterThan(15)
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${width} ${colorScheme} ${id}: ${html} ${failureSummary}`),
        )
      expect(serious).toEqual([])
    }
  }
}
