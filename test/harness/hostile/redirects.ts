// Receivers that answer with another place to go: none is gone to, and the outcome names its origin alone.
// Invariant: every one carries a secret behind its origin, which nothing that is told of the attempt may hold.
import type { Behaviour } from './behaviour.ts'
import { answer, delivered, redirected, says } from './behaviour.ts'

/** Where the sender must never be seen: the neighbour's own door for it. */
export const trapPath = '/trap/s3cret'

export function redirects(neighbour: string): readonly Behaviour[] {
  const to = (
    what: string,
    location: string,
    { status = 301, origin }: { status?: number; origin?: string } = {},
  ): Behaviour => ({
    name: `redirects to ${what}`,
    respond: says(answer('', `${status} Moved`, `location: ${location}`)),
    ends: {
      ...redirected,
      result: status,
      ...(origin !== undefined && { redirectOrigin: origin }),
    },
  })
  const there = { origin: neighbour }
  return [
    to('a neighbour, for good', `${neighbour}${trapPath}`, there),
    to('a neighbour, for now', `${neighbour}${trapPath}`, { ...there, status: 302 }),
    to('a neighbour, to be looked at', `${neighbour}${trapPath}`, { ...there, status: 303 }),
    to('a neighbour, with the same method', `${neighbour}${trapPath}`, { ...there, status: 307 }),
    to('a neighbour, for good and with the same method', `${neighbour}${trapPath}`, {
      ...there,
      status: 308,
    }),
    to('a neighbour, with a login', neighbour.replace('//', '//user:s3cret@') + trapPath, there),
    to('https', 'https://secure.example.com/s3cret', { origin: 'https://secure.example.com' }),
    to('a file', 'file:///etc/s3cret'),
    to('ftp', 'ftp://files.example.com/s3cret', { origin: 'ftp://files.example.com' }),
    to('gopher', 'gopher://127.0.0.1:6379/_s3cret'),
    to('a script', 'javascript:alert("s3cret")'),
    to('data', 'data:text/html,s3cret'),
    to('itself', '/hostile?token=s3cret'),
    to('a path without a slash', 's3cret'),
    to('another host, scheme left out', `${neighbour.replace('http:', '')}${trapPath}`),
    to('nothing', ''),
    to('nonsense', 'http://[s3cret'),
    {
      name: 'redirects to two places',
      respond: says(
        answer('', '302 Found', `location: ${neighbour}${trapPath}`, 'location: http://b.example'),
      ),
      ends: { ...redirected, result: 302, redirectOrigin: neighbour },
    },
    {
      name: 'offers a choice, and names none',
      respond: says(answer('', '300 Multiple Choices')),
      ends: { ...redirected, result: 300 },
    },
    {
      name: 'refreshes to another place',
      respond: says(
        answer(
          'ok',
          '200 OK',
          `refresh: 0; url=${neighbour}${trapPath}`,
          `link: <${neighbour}${trapPath}>; rel=preload`,
        ),
      ),
      ends: { ...delivered, excerpt: 'ok' },
    },
  ]
}
