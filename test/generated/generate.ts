// `npm run generate`: writes every generated text, and says which of them changed.
// Invariant: running it twice changes nothing the second time.
import { writeFile } from 'node:fs/promises'

import { repositoryRoot } from './schema-files.ts'
import { contentOf, readTarget } from './target.ts'
import { targets } from './targets.ts'

// One after the other: several regions may share a file.
for (const target of targets) {
  const onDisk = await readTarget(target)
  const content = await contentOf(target, onDisk)
  const name = target.region === undefined ? target.path : `${target.path} (${target.region})`
  if (content !== onDisk) await writeFile(`${repositoryRoot}${target.path}`, content)
  console.log(`${content === onDisk ? 'unchanged' : 'written  '} ${name}`)
}
