// Every generated text of the repository. A new one is a line here; the generator writes it and the test checks it.
import { renderRecords } from './records-text.ts'
import type { Target } from './target.ts'

export const targets: readonly Target[] = [{ path: 'src/domain/records.ts', render: renderRecords }]
