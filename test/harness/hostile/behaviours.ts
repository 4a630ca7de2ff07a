// All of them.
import type { Behaviour } from './behaviour.ts'
import { connections } from './connections.ts'
import { floods } from './floods.ts'
import { framing } from './framing.ts'
import { handshakes } from './handshakes.ts'
import { redirects } from './redirects.ts'

/** `neighbour`: the origin that receivers would lead the sender to. Names are distinct. */
export function behavioursBeside(neighbour: string): readonly Behaviour[] {
  return [...redirects(neighbour), ...framing, ...connections, ...floods, ...handshakes]
}
