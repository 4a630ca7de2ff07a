// Fills in the form as a person does: by the labels that they read, one field after the other.
import type { Locator, Page } from 'playwright-core'
import { until } from '../harness/until.ts'
import { textsRu } from '../../src/console/page/texts.ru.ts'
import type { Texts } from '../../src/console/page/texts.ru.ts'

export interface Filling {
  /** Host, port and protocol. */
  readonly address?: string
  readonly path?: string
  /** The client's name, and the call parameter that is picked for it. */
  readonly parameters?: readonly (readonly [name: string, parameter: string])[]
  readonly method?: 'GET' | 'POST'
  readonly event?: keyof Texts['events']
  readonly contentType?: string
}

/** The form of a new webhook, from the list. */
export async function openNewForm(page: Page, texts: Texts = textsRu): Promise<void> {
  await page.getByRole('button', { name: texts.addAddress }).click()
  await shown(page.getByRole('heading', { name: texts.form.newTitle }))
}

export async function fillIn(page: Page, filling: Filling, texts: Texts = textsRu): Promise<void> {
  const { address, path, parameters = [], method, event, contentType } = filling
  const { form } = texts
  if (address !== undefined) await page.getByLabel(form.address).fill(address)
  if (path !== undefined) await page.getByLabel(form.path, { exact: true }).fill(path)
  for (const [index, [name, parameter]] of parameters.entries()) {
    if (index > 0) await page.getByRole('button', { name: form.addParameter }).click()
    await page.getByLabel(form.nameOf(index + 1), { exact: true }).fill(name)
    await pick(page, index + 1, parameter, texts)
  }
  if (method !== undefined) await page.getByLabel(form.method).selectOption(method)
  if (event !== undefined) await page.getByLabel(form.eventType).selectOption(event)
  if (contentType !== undefined) await page.getByLabel(form.contentType).selectOption(contentType)
}

/** With the mouse, from the whole list. */
export async function pick(
  page: Page,
  position: number,
  parameter: string,
  texts: Texts = textsRu,
): Promise<void> {
  await page.getByLabel(texts.form.valueOf(position), { exact: true }).click()
  await optionOf(page, parameter).click()
}

/** Of the open picker. */
export function optionOf(page: Page, parameter: string): Locator {
  const name = page.locator('.name').getByText(parameter, { exact: true })
  return page.getByRole('listbox').getByRole('option').filter({ has: name })
}

/** Presses the button and waits until the list says that it is saved. */
export async function save(page: Page, texts: Texts = textsRu): Promise<void> {
  await page.getByRole('button', { name: texts.form.add, exact: true }).click()
  await shown(page.getByText(texts.notices.added))
}

export async function addWebhook(page: Page, filling: Filling, texts: Texts = textsRu): Promise<void> {
  await openNewForm(page, texts)
  await fillIn(page, filling, texts)
  await save(page, texts)
}

/** The form of a stored webhook, from the list, by what is in its path. */
export async function openEdit(page: Page, path: string, texts: Texts = textsRu): Promise<void> {
  await rowOf(page, path)
    .getByRole('button', { name: new RegExp(`^${texts.list.edit('')}`) })
    .click()
  await shown(page.getByRole('heading', { name: texts.form.editTitle }))
}

/** Presses the button and waits until the list says that it is saved. */
export async function saveChange(page: Page, texts: Texts = textsRu): Promise<void> {
  await page.getByRole('button', { name: texts.form.save, exact: true }).click()
  await shown(page.getByText(texts.notices.saved))
}

/** What stands beside the field, for the eye and for a screen reader alike. */
export async function besideOf(page: Page, label: string): Promise<string> {
  const field = page.getByLabel(label, { exact: true })
  const notes = await field.getAttribute('aria-describedby')
  return page.locator(`[id="${notes}"]`).innerText()
}

/** Of the list, by a part of address and path. */
export function rowOf(page: Page, address: string): Locator {
  const host = page.getByRole('rowheader').filter({ hasText: address })
  return page.getByRole('row').filter({ has: host })
}

/** What stands in the preview, as one text; once there is one that holds `part`. */
export async function previewWith(page: Page, part: string): Promise<string> {
  const preview = page.locator('.preview pre').filter({ hasText: part }).first()
  await shown(preview)
  return (await preview.textContent()) ?? ''
}

/** Sooner than the browser's own wait, which looks ever less often. */
export function shown(locator: Locator): Promise<void> {
  return until(() => locator.isVisible(), String(locator))
}

export function gone(locator: Locator): Promise<void> {
  return until(async () => (await locator.count()) === 0, `the end of ${String(locator)}`)
}
