// How every dashboard of ours is built: rows of panels, each with its meaning, unit and thresholds; the same variables;
// links between them.
// Invariant: no line per worker, so that a panel reads the same with one worker and with fifty. What is added up is added
// up; of the rest the highest and the middle one are shown, and `instance` picks one.
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard, Panel as BuiltPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as CurvesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { workerJob } from '../prometheus/promql.ts'

/** Grafana's names. */
type Unit =
  'short' | 's' | 'bytes' | 'percentunit' | 'ops' | 'reqps' | 'eps' | 'none' | 'cps' | 'wps' | 'percent'

export interface Query {
  readonly expr: string
  /** Of each line; `{{label}}` is replaced. */
  readonly legend: string
}

export interface Panel {
  /** `number`: as it is now, coloured by its thresholds. `curves`: over time. */
  readonly kind: 'number' | 'curves'
  readonly title: string
  readonly description: string
  readonly unit: Unit
  readonly queries: readonly Query[]
  /** From where it is a warning, and from where an alert's limit is passed; left out: no value is bad by itself. */
  readonly thresholds?: { readonly warning?: number; readonly bad?: number }
  /** Where less is worse: below this it is bad. */
  readonly badBelow?: number
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface DashboardText {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly rows: readonly Row[]
}

/** Goes into every selector. */
export const chosen = 'job=~"$job", instance=~"$instance"'

/** A counter's increase per second, as Grafana's resolution allows. */
export function perSecond(name: string, matchers = ''): string {
  return `rate(${series(name, matchers)}[$__rate_interval])`
}

export function series(name: string, matchers = ''): string {
  return `${name}{${chosen}${matchers === '' ? '' : `, ${matchers}`}}`
}

/** The highest and the middle one of the workers. */
export function highestAndMiddle(expr: string): readonly Query[] {
  return [
    { expr: `max(${expr})`, legend: 'highest' },
    { expr: `quantile(0.5, ${expr})`, legend: 'middle' },
  ]
}

const columns = 24
const heights = { number: 4, curves: 8 } as const
const source = { type: 'prometheus', uid: '${datasource}' }
const colours = { good: 'green', warning: 'orange', bad: 'red' } as const

export function dashboardJson({ uid, title, description, rows }: DashboardText): string {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['webhooks'])
    .readonly()
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .link(
      new DashboardLinkBuilder('Webhooks')
        .type(DashboardLinkType.Dashboards)
        .tags(['webhooks'])
        .includeVars(true)
        .keepTime(true),
    )
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      // "All" stands for those that are listed: other jobs have processes of Node.js too.
      query('job', 'Installation', `label_values(up{job=~"${workerJob}.*"}, job)`),
      // Of a job as many as there ever were: named one by one they would not fit into a query.
      query('instance', 'Worker', 'label_values(up{job=~"$job"}, instance)').allValue('.+'),
    ])
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(built(panel, columns / perLine(row.panels, panel.kind)))
  }
  return JSON.stringify(withIds(builder.build()))
}

/** Numbers of a row share one line; curves stand three beside each other. */
function perLine(panels: readonly Panel[], kind: Panel['kind']): number {
  return kind === 'number' ? Math.min(6, panels.filter((panel) => panel.kind === kind).length) : 3
}

function query(name: string, label: string, text: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query({ query: text, refId: name })
    .definition(text)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' })
}

function built(panel: Panel, width: number): Builder<BuiltPanel> {
  const targets = panel.queries.map(({ expr, legend }, index) =>
    new DataqueryBuilder()
      .expr(expr)
      .legendFormat(legend)
      .refId(String.fromCodePoint(65 + index))
      .range(),
  )
  const shared = <Shared extends NumberBuilder | CurvesBuilder>(builder: Shared): Shared => {
    builder
      .title(panel.title)
      .description(panel.description)
      .datasource(source)
      .unit(panel.unit)
      .height(heights[panel.kind])
      .span(width)
      .targets(targets)
      .thresholds(thresholdsOf(panel))
    return builder
  }
  switch (panel.kind) {
    case 'number':
      return shared(new NumberBuilder()).reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    case 'curves':
      return shared(new CurvesBuilder())
        .min(0)
        .lineWidth(1)
        .fillOpacity(10)
        .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
        .legend(
          new VizLegendOptionsBuilder()
            .displayMode(LegendDisplayMode.List)
            .placement(LegendPlacement.Bottom)
            .showLegend(true),
        )
        .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
  }
}

function thresholdsOf({ thresholds, badBelow }: Panel): ThresholdsConfigBuilder {
  const { warning, bad } = thresholds ?? {}
  const steps = [
    { value: null, color: badBelow === undefined ? colours.good : colours.bad },
    ...(badBelow === undefined ? [] : [{ value: badBelow, color: colours.good }]),
    ...(warning === undefined ? [] : [{ value: warning, color: colours.warning }]),
    ...(bad === undefined ? [] : [{ value: bad, color: colours.bad }]),
  ]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}

/** A link to one panel (`viewPanel=7`) stays good while its place does. */
function withIds(dashboard: Dashboard): Dashboard {
  return {
    ...dashboard,
    panels: dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [],
  }
}
