// Every generated text of the repository. A new one is a line here; the generator writes it and the test checks it.
import { renderMetricsTable } from './metrics-table.ts'
import { renderParameterTable } from './parameter-table.ts'
import { renderRecords } from './records-text.ts'
import { renderRoomGraph } from './room-graph.ts'
import { renderSealedExample } from './sealed-example.ts'
import { renderSettingsTable } from './settings-table.ts'
import type { Target } from './target.ts'
import { renderWebhookSchema } from './webhook-schema.ts'

export const targets: readonly Target[] = [
  { path: 'src/domain/records.ts', render: renderRecords },
  { path: 'schemas/webhook.schema.json', render: renderWebhookSchema },
  { path: 'README.md', region: 'settings', render: renderSettingsTable },
  { path: 'README.md', region: 'metrics', render: renderMetricsTable },
  { path: 'README.md', region: 'parameters', render: renderParameterTable },
  { path: 'PUBLISHING.md', region: 'sealed', render: renderSealedExample },
  { path: 'ARCHITECTURE.md', region: 'rooms', render: renderRoomGraph },
]
