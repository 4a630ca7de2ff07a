// Addresses as a client may write them, and what is to become of each where the operator allows nothing: the table that the
// guard is held against. Denied ones stand at the borders of their range; public ones are the neighbours of these borders.

/** Each form of an address, as a host stands in a URL; IPv6 in brackets. */
export const deniedHosts: readonly string[] = [
  // This network, private, shared, loopback, link-local and metadata.
  ...words(`
    0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200
    100.127.255.255 127.0.0.0 127.0.0.1 127.0.0.2 127.255.255.255 168.63.129.16 169.254.0.0
    169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.31.255.255 192.168.0.0
    192.168.255.255
  `),
  // Assigned, documentation, relays, benchmarks, multicast, reserved.
  ...words(`
    192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0 192.88.99.255 198.18.0.0
    198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 224.0.0.251
    239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255
  `),
  // Other spellings of IPv4.
  ...words(`
    2130706433 0x7f000001 0x7F.1 0177.0.0.1 017700000001 127.1 127.0.1 0 0x0 127.0.0.1.
    %31%32%37.0.0.1 １２７.０.０.１ 127。0。0。1 ①②⑦.0.0.1 127.0.0.0x1 2852039166 0xa9fea9fe
    0251.0376.0251.0376 169.254.43518 3232235521 192.168.257 10.1 0xA.1 012.0.0.1 167772161
    4294967295 0xffffffff
  `),
  // IPv6: unspecified, loopback, and ranges that are not global unicast.
  ...words(`
    [::] [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::2] [fe80::1]
    [febf:ffff::1] [fec0::1] [feff::1] [fc00::1] [fdff:ffff::1] [fd00:ec2::254] [fd20:ce::254]
    [ff00::1] [ff02::1] [ffff:ffff::1] [100::1] [100:0:0:1::1] [5f00::1] [4000::1] [1fff:ffff::1]
    [200::1] [e000::1] [FE80::A]
  `),
  // Ranges within global unicast.
  ...words(`
    [2001:2::1] [2001:10::1] [2001:20::1] [2001:1ff:ffff::1] [2001:db8::1] [2001:db8:ffff::1]
    [3fff::1] [3fff:fff:ffff::1] [2001:3::1] [2001:4:112::1]
  `),
]

/** IPv4 addresses that are looked for inside of IPv6 ones. */
export const wrappedIpv4: readonly string[] = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '8.8.8.8']

/** Every form that holds an IPv4 address, of which public ones are denied too. */
export function wrappedHosts(ipv4: string): readonly string[] {
  const [one = 0, two = 0, three = 0, four = 0] = ipv4.split('.').map(Number)
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16)
  const [head, tail] = [group(one, two), group(three, four)]
  const turned = `${group(one ^ 255, two ^ 255)}:${group(three ^ 255, four ^ 255)}`
  return [
    `[::${ipv4}]`,
    `[::${head}:${tail}]`,
    `[::ffff:${ipv4}]`,
    `[::FFFF:${head}:${tail}]`,
    `[0:0:0:0:0:ffff:${ipv4}]`,
    `[::ffff:0:${ipv4}]`,
    `[64:ff9b::${ipv4}]`,
    `[64:ff9b:1::${ipv4}]`,
    `[64:ff9b:1:${head}:${tail}::]`,
    `[2002:${head}:${tail}::1]`,
    `[2001:0:${head}:${tail}::1]`,
    `[2001::${turned}]`,
    `[2a00:1450:4001:810::5efe:${ipv4}]`,
    `[2a00:1450:4001:810:200:5efe:${ipv4}]`,
    `[fe80::5efe:${ipv4}]`,
  ]
}

/** Where requests may go: neighbours of what is denied, and a few that everybody knows. */
export const publicHosts: readonly string[] = [
  ...words(`
    1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
    191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255
    192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
    223.255.255.255 8.8.8.8 134744072 0x08080808 [2000::1] [2001:200::1] [2001:db7:ffff::1]
    [2001:db9::1] [2001:ffff::1] [2003::1] [2001:ffff:ffff::1] [2606:4700::1111]
    [2a00:1450:4001:810::200e] [3ffe:ffff::1] [3fff:1000::1] [3fff:ffff::1] [2620:fe::fe]
    [2a00::5eff:a00:1] [2a00::100:5efe:a00:1] [2a00::5efe:0:0:1]
  `),
]

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
