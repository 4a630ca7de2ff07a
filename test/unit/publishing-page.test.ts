// What PUBLISHING.md names is there: the form is a valid webhook, the commands can be asked for help, links lead somewhere.
import { access, readFile } from 'node:fs/promises'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from '@jest/globals'
import { readWebhookForm } from '../../src/domain/webhook-form.ts'
import { blockNamed, pageBlocks, pageText } from '../harness/page-blocks.ts'
import { runCli } from '../harness/run-cli.ts'

const root = new URL('../../', import.meta.url)

describe('the form on the page', () => {
  it('is a valid webhook, by the form’s own rules and by the JSON Schema', async () => {
    const form: unknown = JSON.parse(blockNamed(await pageBlocks('PUBLISHING.md'), 'webhook form'))
    expect(readWebhookForm(form)).toMatchObject({ kind: 'valid', warnings: [] })
    const schema: unknown = JSON.parse(await readFile(new URL('schemas/webhook.schema.json', root), 'utf8'))
    const validate = new Ajv2020.default({ strict: false, validateFormats: false }).compile(Object(schema))
    expect([validate(form), validate.errors]).toEqual([true, null])
  })
})

const commands = [
  'schemas register',
  'webhooks validate',
  'webhooks list',
  'webhooks get',
  'webhooks put',
  'webhooks import',
  'webhooks delete',
  'render',
  'send-test',
]

it.each(commands)('the command %s is on the page and exists', async (command) => {
  expect(await pageText('PUBLISHING.md')).toMatch(new RegExp(`[\`/ ]${command}\\b`))
  expect(await runCli([...command.split(' '), '--help'])).toMatchObject({ exitCode: 0 })
})

it.each(['PUBLISHING.md', 'RECEIVING.md', 'RECEIVING.ru.md'])('links of %s lead somewhere', async (page) => {
  const targets = [...(await pageText(page)).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
    ([, target = '']) => target,
  )
  expect(targets.length).toBeGreaterThan(0)
  const broken: string[] = []
  for (const target of targets) await access(new URL(target, root)).catch(() => broken.push(target))
  expect(broken).toEqual([])
})
