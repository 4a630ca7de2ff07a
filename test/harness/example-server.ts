// A page's receiver as a process of its own, on a free port of this machine. It ends with the test, or with the run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../../src/local/stack-ports.ts'
import { until } from './until.ts'

export interface ExampleServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  stop(): Promise<void>
}

export interface ExampleServerOptions {
  /** The program and its arguments, for a port. */
  readonly command: (port: number) => readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** Resolves when it takes connections. @throws with all that it printed when it ends or never does */
export async function startExampleServer(options: ExampleServerOptions): Promise<ExampleServer> {
  const port = await freePort()
  const [program = '', ...args] = options.command(port)
  const chunks: Buffer[] = []
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = (): string => Buffer.concat(chunks).toString('utf8')
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const exited = once(child, 'exit').finally(() => process.off('exit', killWithUs))
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${output()}`)
      return takesConnections(port)
    },
    `${program} to take connections`,
    15_000,
    output,
  )
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
