// Reads a stream of server-sent events, which EventSource cannot: it sends no header of ours.
// Invariant: however the text is cut into pieces, its events are the same.

export class EventStream {
  #rest = ''
  #name = ''
  #hasData = false

  /** Names of the events that end in this piece; `message` where none was given. Comments are none. */
  push(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line) ?? [])
  }

  #line(line: string): string | null {
    if (line === '') {
      const [name, hasData] = [this.#name, this.#hasData]
      this.#name = ''
      this.#hasData = false
      return hasData ? name || 'message' : null
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'event') this.#name = value
    if (field === 'data') this.#hasData = true
    return null
  }
}
