// What a process holds and uses, as the system tells.
import { readFile } from 'node:fs/promises'
import { rssMbOf } from '../harness/memory.ts'

/** Linux counts in hundredths of a second, on every machine that Node.js runs on (USER_HZ). */
const ticksPerSecond = 100
const sampledEveryMs = 500

/** CPU time so far: seconds, in user and system mode. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The command's name stands in parentheses and may hold spaces; proc(5) counts utime and stime as fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** States of the system's own list (`tcp_states.h`): established, and being opened. */
const openStates = new Set(['01', '02'])

/** Connections that stand or are being opened to a port of IPv4, by whomever on this machine. */
async function connectionsTo(port: number): Promise<number> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = (await readFile('/proc/self/net/tcp', 'utf8')).split('\n').slice(1)
  return lines.filter((line) => {
    const [, , remote = '', state = ''] = line.trim().split(/\s+/)
    return remote.endsWith(suffix) && openStates.has(state)
  }).length
}

export interface MostHeld {
  /** To the receivers, of all processes together. */
  readonly sockets: number
  /** MiB, of one process. */
  readonly rssMb: number
}

/** `port`: of the receivers. Looks twice a second until it is asked for what was the most. */
export function watchProcesses(
  pids: readonly number[],
  port: number,
): { readonly most: () => Promise<MostHeld> } {
  let sockets = 0
  let rssMb = 0
  const look = async (): Promise<void> => {
    sockets = Math.max(sockets, await connectionsTo(port))
    for (const pid of pids) rssMb = Math.max(rssMb, await rssMbOf(pid))
  }
  let underWay: Promise<void> | null = null
  const timer = setInterval(() => {
    // A process that has ended has nothing more to tell; whoever waits for its work notices.
    underWay ??= look()
      .catch(() => {})
      .finally(() => (underWay = null))
  }, sampledEveryMs)
  return {
    async most() {
      clearInterval(timer)
      await underWay
      await look()
      return { sockets, rssMb }
    },
  }
}
