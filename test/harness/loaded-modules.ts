// Imported before a program, it tells on the error stream which packages the program loads, each once.
import { registerHooks } from 'node:module'

const told = new Set<string>()

registerHooks({
  load(url, context, nextLoad) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
    if (name !== undefined && !told.has(name)) {
      told.add(name)
      process.stderr.write(`loaded modules of ${name}\n`)
    }
    return nextLoad(url, context)
  },
})
