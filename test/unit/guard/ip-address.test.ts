import { describe, expect, it } from '@jest/globals'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import { isWithin, readIpNetwork } from '../../../src/guard/ip-network.ts'

describe('an address', () => {
  it.each([
    ['0.0.0.0', 4, 0n],
    ['127.0.0.1', 4, 0x7f000001n],
    ['255.255.255.255', 4, 0xffffffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['1::', 6, 1n << 112n],
    ['FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 6, (1n << 128n) - 1n],
    ['1:2:3:4:5:6:7:8', 6, 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:7::', 6, 0x00010002000300040005000600070000n],
    ['::2:3:4:5:6:7:8', 6, 0x00000002000300040005000600070008n],
    ['::ffff:1.2.3.4', 6, 0xffff01020304n],
    ['1:2:3:4:5:6:1.2.3.4', 6, 0x00010002000300040005000601020304n],
  ])('%s is read', (text, family, bits) => {
    expect(readIpAddress(text)).toEqual({ family, bits })
  })

  it.each([
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.-4',
    '1.2.3.4 ',
    '１.2.3.4',
    '0x7f.0.0.1',
    '1.2.3.4%1',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::g',
    '[::1]',
    '::1%eth0',
    'fe80::1%25eth0',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.256',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    'localhost',
    '::ffff:01.2.3.4',
    '-1::',
    '+1::',
    ' ::1',
  ])('%j is none', (text) => {
    expect(readIpAddress(text)).toBeNull()
  })
})

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0', '::a00:0']],
    ['10.1.2.3', ['10.1.2.3'], ['10.1.2.2', '10.1.2.4']],
    ['10.1.2.3/32', ['10.1.2.3'], ['10.1.2.2', '10.1.2.4']],
    ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::']],
    ['fd00::/8', ['fd00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'], ['fc00::', 'fe00::']],
    ['::/0', ['::', 'ffff::'], ['0.0.0.0']],
    ['2001:db8::1/128', ['2001:db8::1'], ['2001:db8::2']],
  ])('%s has its members and no others', (text, members, others) => {
    const network = readIpNetwork(text)
    const isMember = (address: string): boolean => isWithin(readIpAddress(address)!, network!)
    expect(members.filter((address) => !isMember(address))).toEqual([])
    expect(others.filter(isMember)).toEqual([])
  })

  it.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.1/8',
    'fd00::1/8',
    '10.0.0.0/8/8',
    '10/8',
    '10.0.0.0/-1',
    '10.0.0.0/08x',
  ])('%j is none', (text) => {
    expect(readIpNetwork(text)).toBeNull()
  })
})
