// Every expression as it is committed: of the alert rules and of the dashboards' panels and variables. Read from the files
// and not from what they are generated from, since the files are what Prometheus and Grafana load.
import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { repositoryRoot } from '../schema-files.ts'

export interface CommittedExpression {
  readonly where: string
  /** As Prometheus gets it: Grafana's variables are filled in. */
  readonly expr: string
}

export interface CommittedRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface ThresholdStep {
  readonly value?: number | null
  readonly color: string
}

export interface CommittedPanel {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly w: number }
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string
      readonly thresholds?: { readonly steps: readonly ThresholdStep[] }
    }
  }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

export interface CommittedDashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly CommittedPanel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

const dashboardsFolder = `${repositoryRoot}config/grafana/dashboards/`
export const rulesFile = `${repositoryRoot}config/prometheus/rules/webhooks.yml`

export function committedRules(): readonly CommittedRule[] {
  const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: CommittedRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

export function committedDashboards(): readonly CommittedDashboard[] {
  return readdirSync(dashboardsFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(`${dashboardsFolder}${name}`, 'utf8')) as CommittedDashboard)
}

/** `rateInterval`: what Grafana would choose, such as `1m`. */
export function filledIn(expr: string, rateInterval: string): string {
  return expr.replaceAll('$__rate_interval', rateInterval).replaceAll(/\$(?:job|instance)\b/g, '.+')
}

export function committedExpressions(): readonly CommittedExpression[] {
  const ofRules = committedRules().map(({ alert, expr }) => ({ where: `alert ${alert}`, expr }))
  const ofDashboards = committedDashboards().flatMap(({ title, panels, templating }) => [
    ...panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({
        where: `${title} / ${panel.title}`,
        expr: filledIn(expr, '1m'),
      })),
    ),
    ...templating.list.flatMap(({ name, definition }) => {
      const selector = /^label_values\((.*), \w+\)$/.exec(definition ?? '')?.[1]
      return selector === undefined
        ? []
        : [{ where: `${title} / variable ${name}`, expr: filledIn(selector, '1m') }]
    }),
  ])
  return [...ofRules, ...ofDashboards]
}
