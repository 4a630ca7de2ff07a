// Bounds on what a receiver sends for one request, in bytes as they come off its connection.
// The client bounds header fields and the body, and nothing else: of interim answers, a reason, empty lines, blanks, and
// the sizes and extensions of chunks a receiver may send as fast as it can until the attempt's time is over. And it reads
// on to the end of a piece of which it has refused a header, at the price of an error per header: 80 ms for 64 KB.
// Invariant: counted is what was read since the last byte was sent, so a kept connection begins anew with each request.
import type { Socket } from 'node:net'

/** Of the error that the connection ends with. */
export const answerBoundCode = 'ANSWER_TOO_LARGE'

/** So many bytes at once: most answers are shorter, and what is refused is read no further than this. */
const pieceBytes = 1_024

/** From now on its reader gets pieces, and no more than `mostBytes` for what it last sent. */
export function boundAnswers(socket: Socket, mostBytes: number): void {
  const read = socket.read.bind(socket)
  let [sent, taken] = [socket.bytesWritten, 0]
  socket.read = (size) => {
    // The stream asks itself for nothing, to go on.
    if (size !== undefined) return read(size)
    // What had come before it was given up can be read still, and is nobody's answer any more.
    if (socket.destroyed) return null
    if (socket.bytesWritten !== sent) [sent, taken] = [socket.bytesWritten, 0]
    const waiting = Math.min(socket.readableLength, pieceBytes)
    taken += waiting
    if (taken <= mostBytes) return waiting === 0 ? read() : read(waiting)
    const error = new Error(`more than ${mostBytes} bytes for one request`)
    socket.destroy(Object.assign(error, { code: answerBoundCode }))
    return null
  }
}
