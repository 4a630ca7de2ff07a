// Host names as their owners write them: `xn--e1afmkfd.xn--p1ai` is shown as `пример.рф`.
// Invariant: what is shown leads to the same host when it is typed in again; what does not stays as it was.
// The browser encodes such names but does not decode them, hence RFC 3492 here.

/** Of an address as the API writes it: the host decoded, all else untouched. */
export function shownAddress(address: string): string {
  const [, before = '', host = '', behind = ''] = /^([a-z]+:\/\/)([^/:[\]]+)(.*)$/s.exec(address) ?? []
  if (!host.includes('xn--')) return address
  const shown = host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? (decoded(label.slice('xn--'.length)) ?? label) : label))
    .join('.')
  return URL.parse(`http://${shown}`)?.hostname === host ? `${before}${shown}${behind}` : address
}

const base = 36
const tMin = 1
const tMax = 26
const maxCodePoint = 0x10_ff_ff

/** Null for what is no Punycode. */
function decoded(label: string): string | null {
  const dash = label.lastIndexOf('-')
  const output = dash > 0 ? Array.from(label.slice(0, dash), (letter) => letter.codePointAt(0) ?? 0) : []
  let n = 128
  let i = 0
  let bias = 72
  for (let at = dash > 0 ? dash + 1 : 0; at < label.length;) {
    const before = i
    let weight = 1
    for (let k = base; ; k += base) {
      const digit = digitOf(label.charCodeAt(at))
      at += 1
      if (digit === null || i > maxCodePoint * 64) return null
      i += digit * weight
      const threshold = Math.min(Math.max(k - bias, tMin), tMax)
      if (digit < threshold) break
      weight *= base - threshold
    }
    const length = output.length + 1
    bias = adapted(before === 0 ? Math.floor(i / 700) : Math.floor((i - before) / 2), length)
    n += Math.floor(i / length)
    i %= length
    if (n > maxCodePoint) return null
    output.splice(i, 0, n)
    i += 1
  }
  return String.fromCodePoint(...output)
}

function adapted(halved: number, length: number): number {
  let delta = halved + Math.floor(halved / length)
  let k = 0
  while (delta > ((base - tMin) * tMax) / 2) {
    delta = Math.floor(delta / (base - tMin))
    k += base
  }
  return k + Math.floor(((base - tMin + 1) * delta) / (delta + 38))
}

/** `a` to `z` are 0 to 25, `0` to `9` are 26 to 35. */
function digitOf(code: number): number | null {
  if (code >= 97 && code <= 122) return code - 97
  return code >= 48 && code <= 57 ? code - 22 : null
}
