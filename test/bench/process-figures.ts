// What a process holds and uses, as the system tells.
import { readdir, readFile } from 'node:fs/promises'
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

/**
 * Files and sockets that a process has open. Counted by descriptor and not in the system's list of connections: that is read
 * in pieces, over milliseconds in which hundreds come and go, and tells of more than there ever were.
 */
async function openIn(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

async function openInAll(pids: readonly number[]): Promise<number> {
  const counts = await Promise.all(pids.map(openIn))
  return counts.reduce((sum, count) => sum + count, 0)
}

export interface MostHeld {
  /** Opened since the begin of the load, of all processes together. */
  readonly sockets: number
  /** MiB, of one process. */
  readonly rssMb: number
}

/** From before anything is sent. Looks twice a second until it is asked for what was the most. */
export async function watchProcesses(
  pids: readonly number[],
): Promise<{ readonly most: () => Promise<MostHeld> }> {
  const openBefore = await openInAll(pids)
  let sockets = 0
  let rssMb = 0
  const look = async (): Promise<void> => {
    sockets = Math.max(sockets, (await openInAll(pids)) - openBefore)
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
