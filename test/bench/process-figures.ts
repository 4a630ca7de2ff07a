// What a process holds and uses, as the system tells.
import { readdir, readFile, readlink } from 'node:fs/promises'
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

/** Open at this moment, to whatever: receivers, brokers, the registry. */
async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`
  const targets = await Promise.all(
    // One that was closed since is none.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return targets.filter((target) => target.startsWith('socket:')).length
}

export interface MostHeld {
  /** Of one process. */
  readonly sockets: number
  /** MiB, of one process. */
  readonly rssMb: number
}

/** Looks twice a second until it is asked for what was the most. */
export function watchProcesses(pids: readonly number[]): { readonly most: () => Promise<MostHeld> } {
  let sockets = 0
  let rssMb = 0
  const look = async (): Promise<void> => {
    for (const pid of pids) {
      sockets = Math.max(sockets, await socketsOf(pid))
      rssMb = Math.max(rssMb, await rssMbOf(pid))
    }
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
