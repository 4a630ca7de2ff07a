import { describe, expect, it } from '@jest/globals'
import { createLog } from '../../../src/telemetry/log.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

function aLog(level: 'info' | 'silent' = 'info') {
  const clock = new VirtualClock()
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLog({ level, workerId: 'me', clock, destination })
  return { clock, log, lines, texts: () => lines.map(({ msg }) => msg) }
}

describe('a level that is changed at run time', () => {
  it('is in force at once, and goes back by itself to the level of the settings', async () => {
    const { clock, log, texts } = aLog()
    log.debug('before')
    log.level.change({ level: 'debug', forMs: 600_000, by: 'sre' })
    log.debug('during')
    await clock.advance(599_999)
    log.debug('still')
    expect(log.level.state).toEqual({ level: 'debug', configured: 'info', forMs: 1 })
    await clock.advance(1)
    log.debug('after')
    expect(texts()).toEqual(['log level changed', 'during', 'still', 'log level changed'])
    expect(clock.pending).toBe(0)
  })

  it('is told also where the level lets nothing through', () => {
    const { log, lines } = aLog('silent')
    log.level.change({ level: 'error', forMs: null, by: 'sre' })
    log.warn('not this')
    log.error('but this')
    expect(lines).toMatchObject([
      { msg: 'log level changed', from: 'silent', to: 'error', by: 'sre' },
      { msg: 'but this' },
    ])
  })

  it('is not ended by the time of a change before it', async () => {
    const { clock, log } = aLog()
    log.level.change({ level: 'debug', forMs: 1_000, by: 'a' })
    log.level.change({ level: 'error', forMs: 5_000, by: 'b' })
    await clock.advance(1_001)
    expect(log.level.state).toMatchObject({ level: 'error' })
    log.level.change({ level: 'warn', forMs: null, by: 'c' })
    await clock.advance(10_000)
    expect(log.level.state).toEqual({ level: 'warn', configured: 'info', forMs: null })
  })
})
