// Who uses the page, and what the operator leaves to them: for the parts that ask, however deep they stand.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session } from './wire.ts'

const SessionContext = createContext<Session | null>(null)

export const SessionProvider = SessionContext.Provider

/** Null before it has begun. */
export function useSession(): Session | null {
  return useContext(SessionContext)
}
