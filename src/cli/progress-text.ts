// How far something has come, as a bar, a share and a count.

const width = 24

/** `read` of `all`, both 0 or more. */
export function progressText(what: string, done: number, all: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all)
  const full = Math.floor(share * width)
  const bar = '█'.repeat(full) + '░'.repeat(width - full)
  return `${bar} ${Math.floor(share * 100)
    .toString()
    .padStart(3)} %  ${done} of ${all} ${what}`
}
