import { describe, expect, it } from '@jest/globals'
import { registryNode } from '../../../src/local/registry-node.ts'

describe('the local registry', () => {
  const jars = { folder: 'jars', registryRunner: 'x-runner.jar' }
  const program = (storage: 'memory' | 'file') =>
    registryNode(jars, { port: 28_081, storage }).program('here').join(' ')

  it('keeps its schemas in a file only where the data is kept', () => {
    expect(program('file')).toContain('jdbc:h2:file:')
    expect(program('memory')).not.toContain('jdbc:h2:file:')
  })

  it('listens on this machine only', () => {
    expect(program('memory')).toContain('-Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=28081 ')
  })
})
