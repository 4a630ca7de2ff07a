// The address of a webhook as a list shows it and a button is named by it.
import { shownAddress } from './host-text.ts'

const mostShown = 34

/** Host as people write it, and the path, which may be a long token, with its middle left out. */
export function addressText({ address, path }: { readonly address: string; readonly path: string }): string {
  return shownAddress(address) + pathText(path)
}

/** With its slash; empty where there is none. */
export function pathText(path: string): string {
  if (path === '' || path === '/') return ''
  const whole = Array.from(path.startsWith('/') ? path : `/${path}`)
  if (whole.length <= mostShown) return whole.join('')
  return `${whole.slice(0, mostShown - 9).join('')}…${whole.slice(-8).join('')}`
}
