// A process as a container has it, without an engine: the first one of its own process namespace, on a tree that is mounted
// read-only, as a user without rights. Needs root, or where there is none, runs it plainly.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getuid } from 'node:process'
import type { ImageTree } from './image-tree.ts'
import { until } from './until.ts'

export interface Contained {
  output(): string
  /** Null: it lives. */
  exitCode(): number | null
  terminate(): Promise<void>
  /** Resolves with its exit code; null: killed. */
  ended(): Promise<number | null>
  kill(): void
}

export interface ContainedOptions {
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Of Node.js. */
  readonly options?: readonly string[]
}

const namespaces = ['--pid', '--fork', '--mount', '--mount-proc']
const seal = `mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
cd "$0"
uid=$1 gid=$2
shift 2
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs --bounding-set=-all "$@"`

/** Whether the system lets us; asked once. */
export const canContain = ((): boolean => {
  if (getuid?.() !== 0) return false
  try {
    execFileSync('unshare', [...namespaces, 'setpriv', '--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** As whom nothing else may be readable, the Node.js that runs us included, it gets one beside the sources. */
export async function makeRunnable({ folder }: ImageTree): Promise<void> {
  await copyFile(process.execPath, join(folder, 'node'))
  await chmod(folder, 0o755)
}

export function startContained(
  tree: ImageTree,
  { words, environment, options = [] }: ContainedOptions,
): Contained {
  const { folder, user, entrypoint } = tree
  const [, ...sources] = entrypoint
  const command = [join(folder, 'node'), ...options, ...sources, ...words]
  const wrapped = canContain
    ? ['unshare', ...namespaces, '/bin/sh', '-ec', seal, folder, user.uid, user.gid, ...command]
    : command
  const [program = '', ...rest] = wrapped
  const child = spawn(program, rest, { cwd: folder, env: { PATH: process.env['PATH'], ...environment } })
  // Not by `--kill-child`: who changes its user is no longer told of its parent's death.
  const kill = (): void => {
    for (const pid of [...innerPids(child), ...(child.pid === undefined ? [] : [child.pid])]) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
  }
  process.once('exit', kill)
  const closed = once(child, 'close').finally(() => process.off('exit', kill))
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return {
    output: () => Buffer.concat(chunks).toString('utf8'),
    exitCode: () => child.exitCode,
    async terminate() {
      await until(() => innerPids(child).length > 0, 'the process in its namespace')
      for (const pid of innerPids(child)) process.kill(pid, 'SIGTERM')
    },
    async ended() {
      await closed
      return child.exitCode
    },
    kill,
  }
}

/** The one that is first in its namespace, as it is called out here; none: it was not begun yet, or has ended. */
function innerPids({ pid, exitCode }: ChildProcess): readonly number[] {
  if (pid === undefined || exitCode !== null) return []
  if (!canContain) return [pid]
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
