// A name server on loopback that answers from a table, over UDP: A and AAAA records, no such name, failures, or
// nothing at all. It writes its packets itself, so that what a test says is what is sent.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'

/** Addresses, or what is done instead of giving some. None: the name exists and has no such record. */
export type DnsRecords = readonly string[] | 'silent' | 'servfail' | 'refused'

export interface DnsEntry {
  readonly a?: DnsRecords
  readonly aaaa?: DnsRecords
  /** Of every record; default 300. */
  readonly ttlS?: number
}

export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it. */
  readonly address: string
  /** What was asked so far: `A hooks.example`. */
  readonly queries: readonly string[]
  /** From now on; a name that is not in the table does not exist. */
  set(name: string, entry: DnsEntry): void
  stop(): Promise<void>
}

const types: Readonly<Record<number, 'a' | 'aaaa'>> = { 1: 'a', 28: 'aaaa' }
const codes = { servfail: 2, nxdomain: 3, refused: 5 }

export async function startDnsServer(entries: Readonly<Record<string, DnsEntry>> = {}): Promise<DnsServer> {
  const table = new Map(Object.entries(entries))
  const queries: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query)
    queries.push(`${type.toUpperCase()} ${name}`)
    const entry = table.get(name)
    const records = entry === undefined ? 'nxdomain' : (entry[type] ?? [])
    if (records === 'silent') return
    const reply = replyTo(query.subarray(0, end), records, entry?.ttlS ?? 300)
    socket.send(reply, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    set: (name, entry) => void table.set(name, entry),
    async stop() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** The first question, and where it ends: what follows it, as the client's own extensions do, is left out. */
function questionOf(query: Buffer): { name: string; type: 'a' | 'aaaa'; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = types[query.readUInt16BE(at + 1)]
  if (type === undefined) throw new Error(`a question of type ${query.readUInt16BE(at + 1)}`)
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 }
}

function replyTo(
  question: Buffer,
  records: readonly string[] | 'nxdomain' | 'servfail' | 'refused',
  ttlS: number,
): Buffer {
  const addresses = typeof records === 'string' ? [] : records.map(bytesOf)
  const header = Buffer.alloc(12)
  question.copy(header, 0, 0, 2)
  // An answer, recursion asked for and available.
  header.writeUInt16BE(0x8180 | (typeof records === 'string' ? codes[records] : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  const answers = addresses.map((address) => {
    const fixed = Buffer.alloc(12)
    // The name is the question's, by a pointer to it.
    fixed.writeUInt16BE(0xc00c, 0)
    fixed.writeUInt16BE(address.length === 4 ? 1 : 28, 2)
    fixed.writeUInt16BE(1, 4)
    fixed.writeUInt32BE(ttlS, 6)
    fixed.writeUInt16BE(address.length, 10)
    return Buffer.concat([fixed, address])
  })
  return Buffer.concat([header, question.subarray(12), ...answers])
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [before = '', after = ''] = address.split('::')
  const [head, tail] = [before, after].map((part) => part.split(':').filter(Boolean)) as [string[], string[]]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}
