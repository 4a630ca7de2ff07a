// A config service may take the folder of the domain and nothing else: no package, no flag, no build.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { repositoryRoot } from '../../generated/schema-files.ts'
import { plainForm } from './webhook-fault-rows.ts'

it('forms are validated with the folder of the domain alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'domain-'))
  try {
    await cp(`${repositoryRoot}src/domain`, join(folder, 'domain'), { recursive: true })
    await writeFile(
      join(folder, 'service.mjs'),
      `import { readWebhookForm } from './domain/webhook-form.ts'
      const good = ${JSON.stringify(plainForm)}
      const readings = [readWebhookForm(good), readWebhookForm({ ...good, address: 'ftp://x' })]
      console.log(JSON.stringify(readings.map(({ kind, record, faults }) => [kind, record?.host, faults?.[0].path])))`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, ['service.mjs'], {
      cwd: folder,
      env: {},
    })
    expect(JSON.parse(stdout)).toEqual([
      ['valid', 'crm.example.com', null],
      ['invalid', null, 'address'],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
