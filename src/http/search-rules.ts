// How the system completes short names, from /etc/resolv.conf, and the full names that a given one may stand for.
// Invariant: as the C library has it, so that a name means to the worker what it means to every other program on
// the machine; but the rules are read once, and changes of the file wait for the next start.

export interface SearchRules {
  /** Appended to names in this order; without dots at either end. The empty one stands for the name as it is. */
  readonly domains: readonly string[]
  /** A name with at least as many dots is asked for as it is before it is completed. */
  readonly ndots: number
}

/** More is taken for this, as the C library does. */
const mostDots = 15
const longestName = 253

/** Reads the text of a resolv.conf. Never fails: a line that cannot be read says nothing. */
export function readSearchRules(text: string): SearchRules {
  let domains: readonly string[] = []
  let ndots = 1
  for (const line of text.split('\n')) {
    const [keyword = '', ...values] = line.trim().split(/\s+/)
    // The last of these lines is the one that counts.
    if (keyword === 'search') domains = values.map(plainName)
    else if (keyword === 'domain' && values[0] !== undefined) domains = [plainName(values[0])]
    else if (keyword === 'options') ndots = dotsAskedFor(values) ?? ndots
  }
  return { domains, ndots }
}

/** The full names that a name may stand for, in the order in which they are to be asked for; none is too long. */
export function searchOrder(name: string, { domains, ndots }: SearchRules): readonly string[] {
  const asItIs = plainName(name)
  const completed = name.endsWith('.')
    ? []
    : domains.map((domain) => (domain === '' ? asItIs : `${asItIs}.${domain}`))
  const ordered = dotsOf(name) >= ndots ? [asItIs, ...completed] : [...completed, asItIs]
  return [...new Set(ordered)].filter((full) => full !== '' && full.length <= longestName)
}

/** In lower case, because names differ by nothing else, and without the dot that only marks a full name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function dotsAskedFor(options: readonly string[]): number | undefined {
  const asked = options.map((option) => /^ndots:(\d{1,9})$/.exec(option)?.[1]).findLast(Boolean)
  return asked === undefined ? undefined : Math.min(Number(asked), mostDots)
}

function dotsOf(name: string): number {
  return name.split('.').length - 1
}
