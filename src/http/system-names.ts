// What this machine says about names: how short ones are completed, and which ones it knows itself.
// Both files are read once, at start: they are not there on every system, and without them there is nothing to say.
import { readFileSync } from 'node:fs'
import type { HostsTable } from './certain-names.ts'
import { readHostsTable } from './certain-names.ts'
import type { SearchRules } from './search-rules.ts'
import { readSearchRules } from './search-rules.ts'

export interface SystemNames {
  readonly rules: SearchRules
  readonly hosts: HostsTable
}

export function readSystemNames(): SystemNames {
  return {
    rules: readSearchRules(textOf('/etc/resolv.conf')),
    hosts: readHostsTable(textOf('/etc/hosts')),
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
