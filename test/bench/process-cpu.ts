// CPU time that a process has used so far, as the system counts it.
import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, on every machine that Node.js runs on (USER_HZ). */
const ticksPerSecond = 100

/** Seconds, in user and system mode. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The command's name stands in parentheses and may hold spaces; proc(5) counts utime and stime as fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
