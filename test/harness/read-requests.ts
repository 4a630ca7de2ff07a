// Requests as they come over a socket, told apart by hand: for receivers that answer as no HTTP server would.
import type { Socket } from 'node:net'

/** `onRequest`: called with each, headers and body, once it has arrived in full. */
export function readRequests(socket: Socket, onRequest: (text: string) => void): void {
  let received = ''
  // Whoever sends may hang up at any time.
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    for (let end = endOfRequest(received); end > 0; end = endOfRequest(received)) {
      const text = received.slice(0, end)
      received = received.slice(end)
      onRequest(text)
    }
  })
}

/** Where the first request in the text ends; 0 if it has not arrived in full. */
function endOfRequest(text: string): number {
  const headersEnd = text.indexOf('\r\n\r\n')
  if (headersEnd < 0) return 0
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, headersEnd))?.[1] ?? 0)
  const end = headersEnd + 4 + length
  return text.length < end ? 0 : end
}
