// Where the local stack listens. A port asked for by number is checked before anything is started, because a
// broker that cannot bind dies many log lines later; a port of 0 means "any free one".
import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { StackUnavailable } from './stack-unavailable.ts'

/** All of the stack listens here and nowhere else: it has no authentication. */
export const stackHost = '127.0.0.1'
/** The port that Kafka's own documentation uses. */
export const defaultKafkaPort = 9092
/** The port that Confluent's registry uses, and so what its clients expect. */
export const defaultRegistryPort = 8081

// Below 32768 no system that this runs on hands out ports to outgoing connections, so a chosen port stays free
// between the choice and the start, and while a broker is being restarted.
const lowestFree = 20_000
const highestFree = 32_000
const attempts = 50

/** Whether something accepts connections on the port, or it cannot be bound. */
async function isTaken(port: number): Promise<boolean> {
  return (await answers(port)) || !(await canBind(port))
}

// Binding alone does not tell on every system: macOS lets 127.0.0.1 be bound beside a listener on all addresses.
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: stackHost, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: stackHost, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A port that nothing listens on, outside the range of outgoing connections. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowestFree, highestFree)
    if (!(await isTaken(port))) return port
  }
  throw new StackUnavailable(
    'port_taken',
    `No free port found between ${lowestFree} and ${highestFree} on ${stackHost}.`,
  )
}

/** What a port is for, and the option that moves it. */
interface PortRequest {
  readonly port: number
  readonly owner: 'Kafka' | 'The schema registry'
  readonly option: 'kafkaPort' | 'registryPort'
}

/**
 * The port asked for, or a free one for 0.
 * @throws {StackUnavailable} `port_taken`, naming the port and the option that changes it
 */
export async function claimPort({ port, owner, option }: PortRequest): Promise<number> {
  if (port === 0) return freePort()
  if (await isTaken(port)) {
    throw new StackUnavailable(
      'port_taken',
      `${owner} needs port ${port} on ${stackHost}, but it is taken. ` +
        `Stop what listens there, or choose another with ${option} (0 = any free port).`,
    )
  }
  return port
}
