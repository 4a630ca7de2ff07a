import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { kafkaNode } from '../../../src/local/kafka-node.ts'

const ports = { port: 29_092, controllerPort: 29_093 }

describe('the data of the local Kafka node', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-'))
    await mkdir(join(folder, 'formatted'))
    await writeFile(join(folder, 'formatted', 'meta.properties'), 'new')
    await writeFile(join(folder, 'formatted', 'bootstrap.checkpoint'), 'new')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const formatOf = () => readFile(join(folder, 'run', 'data', 'meta.properties'), 'utf8')

  it('are formatted at the first start, and left as they are at the next', async () => {
    await kafkaNode({ folder }, ports).prepare(join(folder, 'run'))
    expect(await formatOf()).toBe('new')
    await writeFile(join(folder, 'run', 'data', 'meta.properties'), 'old')
    await kafkaNode({ folder }, ports).prepare(join(folder, 'run'))
    expect(await formatOf()).toBe('old')
  })
})
