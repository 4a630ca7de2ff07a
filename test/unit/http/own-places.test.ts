// Where this process's services are: found by name, kept while nobody answers, and waited for once.
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import { OwnPlacesFinder } from '../../../src/http/own-places.ts'
import type { Resolution } from '../../../src/http/resolution.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

const found = (address: string): Resolution => ({
  kind: 'addresses',
  addresses: [{ address, family: address.includes(':') ? 6 : 4 }],
  holdMs: 30_000,
})
const silent: Resolution = { kind: 'failed', failure: 'timeout', code: 'ETIMEOUT' }
const broker = { host: 'Kafka.internal.', port: 9092, publicAddresses: 'its_own' } as const

function finderOf(
  services: ConstructorParameters<typeof OwnPlacesFinder>[0],
  answers: Record<string, Resolution>,
) {
  const clock = new VirtualClock()
  const asked: string[] = []
  const resolver = {
    resolve(name: string): Promise<Resolution> {
      asked.push(name)
      return Promise.resolve(answers[name] ?? found(name))
    },
  }
  return { finder: new OwnPlacesFinder(services, resolver, clock), clock, asked, answers }
}

describe('what this process uses and offers', () => {
  it('is found by name and by address, with the interfaces of the machine', async () => {
    const literal = { host: '[fd00::1]', port: 443, publicAddresses: 'shared' } as const
    const { finder } = finderOf([broker, literal], { 'Kafka.internal.': found('10.0.0.3') })
    const { services, interfaces } = await finder.find()
    expect(services).toEqual(
      [
        { ...broker, host: undefined, name: 'kafka.internal', addresses: [readIpAddress('10.0.0.3')] },
        { ...literal, host: undefined, name: null, addresses: [readIpAddress('fd00::1')] },
      ].map(({ host: _host, ...service }) => service),
    )
    const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
    expect(interfaces).toHaveLength(all.length)
  })

  it('is waited for once, and then looked for behind what is known', async () => {
    const { finder, clock, asked, answers } = finderOf([broker], { 'Kafka.internal.': found('10.0.0.3') })
    const first = finder.find()
    expect(first).toBeInstanceOf(Promise)
    const known = await first
    expect(finder.find()).toBe(known)
    await clock.advance(30_000)
    answers['Kafka.internal.'] = found('10.0.0.4')
    expect(finder.find()).toBe(known)
    await clock.advance(0)
    expect((await finder.find()).services[0]?.addresses).toEqual([readIpAddress('10.0.0.4')])
    expect(asked).toHaveLength(2)
  })

  it('stays known while no name server answers', async () => {
    const { finder, clock, answers } = finderOf([broker], { 'Kafka.internal.': found('10.0.0.3') })
    await finder.find()
    answers['Kafka.internal.'] = silent
    await clock.advance(30_000)
    void finder.find()
    await clock.advance(0)
    expect((await finder.find()).services[0]?.addresses).toEqual([readIpAddress('10.0.0.3')])
  })

  it('is known by its name alone where it was never found', async () => {
    const { finder } = finderOf([broker], { 'Kafka.internal.': silent })
    expect((await finder.find()).services).toMatchObject([{ name: 'kafka.internal', addresses: [] }])
  })

  it('includes what is added while it is being looked for', async () => {
    const { finder } = finderOf([broker], {})
    const before = finder.find()
    finder.add({ host: '10.0.0.9', port: 1, publicAddresses: 'its_own' })
    const after = finder.find()
    expect((await before).services).toHaveLength(1)
    expect((await after).services).toHaveLength(2)
    expect((await finder.find()).services).toHaveLength(2)
  })
})
