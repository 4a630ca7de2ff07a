// The door through which every delivery leaves, bounded in connections, headers and time.
// Redirects are not followed and answers not decompressed: the client does neither unless it is asked to.
import type { AttemptResult } from '../domain/attempt.ts'
import type { Clock, HttpSender } from '../ports.ts'
import { ConnectionDirectory } from './connection-directory.ts'
import type { ConnectionCounts } from './connection-directory.ts'
import { createConnector } from './connector.ts'
import { Exchange } from './exchange.ts'
import { NameResolver } from './name-resolver.ts'
import { createNameServers } from './name-servers.ts'
import { receiverTrusts } from './receiver-trust.ts'
import { readSystemNames } from './system-names.ts'
import { createWayOut } from './way-out.ts'
import type { WayOut, WayOutOptions } from './way-out.ts'

export interface HttpSenderOptions extends WayOutOptions {
  /** Milliseconds, name look-up, proxy and TLS included. */
  readonly connectTimeoutMs: number
  readonly maxResponseBytes: number
  readonly connectionsPerOrigin: number
  /** Connections to all receivers together; default 4,096. */
  readonly maxConnections?: number
  /** Milliseconds that an idle connection is kept. */
  readonly keepAliveMs: number
  /** `address`, `address:port` or `[IPv6]:port`; none, which is the default, = those that the system names. */
  readonly dnsServers?: readonly string[]
  /** Milliseconds for the addresses of one name, but not beyond the time to connect; default 2,000. */
  readonly dnsTimeoutMs?: number
  /** PEM certificates that receivers may prove themselves by, beside those that Node.js trusts; default none. */
  readonly trustedAuthorities?: readonly string[]
}

export interface CountedHttpSender extends HttpSender, Pick<WayOut, 'keepFrom'> {
  /** For gauges and tests. */
  counts(): ConnectionCounts
}

const maxHeaderBytes = 16_384

/** Reads the system's rules for names, once. */
export function createHttpSender(options: HttpSenderOptions, clock: Clock): CountedHttpSender {
  const resolver = createResolver(options, clock)
  const { dial, keepFrom } = createWayOut(options, resolver, clock)
  const { connectTimeoutMs, connectionsPerOrigin, maxConnections = 4_096, keepAliveMs } = options
  const trusts = receiverTrusts(options.trustedAuthorities ?? [])
  const connecting = {
    connectTimeoutMs,
    dial,
    // What frames a body may take as much again as the body.
    maxAnswerBytes: 2 * (maxHeaderBytes + options.maxResponseBytes),
  }
  const directory = new ConnectionDirectory(
    {
      connectionsPerOrigin,
      maxConnections,
      client: {
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        maxHeaderSize: maxHeaderBytes,
        // One deadline over the whole exchange stands in their place: these restart with every stage and chunk.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
    },
    (room) => ({
      // One each: a connector resumes the TLS sessions that it began, and one that was not verified stays so.
      on: createConnector({ ...connecting, trust: trusts.on }, room),
      off: createConnector({ ...connecting, trust: trusts.off }, room),
    }),
  )
  return {
    send(request, { totalTimeoutMs, mayLeave }, signal) {
      return new Promise<AttemptResult>((resolve) => {
        const exchange = new Exchange(
          {
            totalTimeoutMs,
            maxResponseBytes: options.maxResponseBytes,
            signal,
            mayLeave: mayLeave ?? (() => true),
            monotonicMs: () => clock.monotonicMs(),
          },
          resolve,
        )
        if (exchange.over) return
        const { origin, tlsVerification, target: path, method, headers, body } = request
        directory.dispatch(
          { origin, tlsVerification },
          { path, method, headers: [...headers], body },
          exchange,
        )
      })
    },
    counts: () => directory.counts(),
    keepFrom,
    async stop() {
      resolver.stop()
      await directory.stop()
    },
  }
}

function createResolver(
  { connectTimeoutMs, dnsServers = [], dnsTimeoutMs = 2_000 }: HttpSenderOptions,
  clock: Clock,
): NameResolver {
  // Well within the time to connect, or a silent name server would be told as a silent receiver.
  const timeoutMs = Math.min(dnsTimeoutMs, Math.ceil(connectTimeoutMs * 0.9))
  const servers = createNameServers({ servers: dnsServers, timeoutMs })
  return new NameResolver({ servers, ...readSystemNames(), timeoutMs }, clock)
}
