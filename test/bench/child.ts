// A process that runs a file, is spoken to by messages, and is killed with this one.
import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface Child {
  /** The next message. Rejects where it ends first. */
  heard<Message>(): Promise<Message>
  /** Sends this, and resolves with the next message. */
  ask<Message>(question: object | string): Promise<Message>
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>
  kill(): Promise<void>
}

/** `options`: its first argument, as JSON. */
export function startChild(file: URL, options: object): Child {
  const child = fork(file, [JSON.stringify(options)])
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const exited = once(child, 'exit').then(([code]) => {
    process.off('exit', killWithUs)
    return code as number | null
  })
  const heard = async <Message>(): Promise<Message> => {
    const failed = exited.then((code) => {
      throw new Error(`${file.pathname} ended with ${code} and without an answer`)
    })
    // The one that loses rejects later, with nobody listening.
    failed.catch(() => {})
    const [message] = (await Promise.race([once(child, 'message'), failed])) as [Message]
    return message
  }
  return {
    heard,
    ask<Message>(question: object | string) {
      const answer = heard<Message>()
      child.send(question)
      return answer
    },
    async ended() {
      await exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
