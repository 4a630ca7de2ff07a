// Every generated text of the repository. A new one is a line here; the generator writes it and the test checks it.
import { renderDeliveries } from './grafana/deliveries.ts'
import { renderKafka } from './grafana/kafka.ts'
import { renderOverview } from './grafana/overview.ts'
import { renderSpeedChart } from '../bench/draw-pictures.ts'
import { renderAlertRules, renderPrometheusRule } from './prometheus/alert-rules.ts'
import { renderMetricsTable } from './metrics-table.ts'
import { renderParameterTable } from './parameter-table.ts'
import { renderRecords } from './records-text.ts'
import { renderRoomGraph } from './room-graph.ts'
import { renderManyWebhooks, renderScalingTable, renderWorkersTable } from './scaling-tables.ts'
import { renderSealedExample } from './sealed-example.ts'
import { renderSettingsTable } from './settings-table.ts'
import { renderSpeedTable } from './speed-table.ts'
import type { Target } from './target.ts'
import { renderWebhookSchema } from './webhook-schema.ts'

export const targets: readonly Target[] = [
  { path: 'src/domain/records.ts', render: renderRecords },
  { path: 'schemas/webhook.schema.json', render: renderWebhookSchema },
  { path: 'config/prometheus/rules/webhooks.yml', render: renderAlertRules },
  { path: 'config/kubernetes/components/prometheus/rules.yaml', render: renderPrometheusRule },
  { path: 'config/grafana/dashboards/overview.json', render: renderOverview },
  { path: 'config/grafana/dashboards/deliveries.json', render: renderDeliveries },
  { path: 'config/grafana/dashboards/kafka.json', render: renderKafka },
  { path: 'README.md', region: 'settings', render: renderSettingsTable },
  { path: 'README.md', region: 'metrics', render: renderMetricsTable },
  { path: 'README.md', region: 'parameters', render: renderParameterTable },
  { path: 'README.md', region: 'speed', render: renderSpeedTable },
  { path: 'SCALING.md', region: 'workers', render: renderWorkersTable },
  { path: 'SCALING.md', region: 'needs', render: renderScalingTable },
  { path: 'SCALING.md', region: 'many-webhooks', render: renderManyWebhooks },
  { path: 'test/bench/pictures/speed.svg', render: renderSpeedChart, format: 'none' },
  { path: 'PUBLISHING.md', region: 'sealed', render: renderSealedExample },
  { path: 'ARCHITECTURE.md', region: 'rooms', render: renderRoomGraph },
]
