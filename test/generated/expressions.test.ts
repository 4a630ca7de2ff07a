// Alert rules and dashboards tell of series that workers really have, and say what is to be said to who is woken.
import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { metricCatalogue } from '../../src/telemetry/metric-catalogue.ts'
import {
  committedDashboards,
  committedExpressions,
  committedRules,
} from './prometheus/committed-expressions.ts'
import { judgeExpression } from './prometheus/judge-expression.ts'
import { knownSeries } from './prometheus/known-series.ts'
import type { KnownSeries } from './prometheus/known-series.ts'
import { repositoryRoot } from './schema-files.ts'

let known: ReadonlyMap<string, KnownSeries> = new Map()

beforeAll(async () => {
  known = await knownSeries()
})

describe('every expression of rules and dashboards', () => {
  it.each(committedExpressions().map(({ where, expr }) => [where, expr]))('%s', (_where, expr) => {
    expect(judgeExpression(expr, known)).toEqual([])
  })

  it('would be found out with a letter changed in any name, label or value', () => {
    const unnoticed: string[] = []
    for (const { where, expr } of committedExpressions()) {
      // Names of series and labels, and values that a list of the catalogue names.
      for (const [word] of expr.matchAll(/webhook_worker_\w+|(?<=[{,] ?)\w+(?==)|(?<=by \(|on \()\w+/g)) {
        const changed = expr.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), `${word}x`)
        if (judgeExpression(changed, known).length === 0) unnoticed.push(`${where}: ${word}`)
      }
      for (const [, values = ''] of expr.matchAll(/(?:result|reason|state|topic)=~?"([^"]+)"/g)) {
        const changed = expr.replaceAll(values, values.replace(/\w/, 'Z'))
        if (judgeExpression(changed, known).length === 0) unnoticed.push(`${where}: ${values}`)
      }
      if (judgeExpression(expr.replace(/\)/, ''), known).length === 0 && expr.includes(')'))
        unnoticed.push(`${where}: a bracket`)
    }
    expect(unnoticed).toEqual([])
  })

  it.each([
    ['a gauge as a counter', 'rate(webhook_worker_in_flight_bytes[1m])', 'is no counter'],
    [
      'a histogram without its part',
      'rate(webhook_worker_event_age_seconds[1m])',
      'no worker has the series',
    ],
    [
      'a group by what only one side has',
      'sum by (topic) (webhook_worker_lanes)',
      'grouped by topic, which it has not',
    ],
    ['a selector without a name', 'sum({job="x"})', 'no worker has the series'],
  ])('%s is refused', (_case, expr, fault) => {
    expect(judgeExpression(expr, known).join()).toContain(fault)
  })
})

describe('every alert', () => {
  const runbook = readFileSync(`${repositoryRoot}RUNBOOK.md`, 'utf8')
  const anchors = new Set(
    [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
  const sectionOf = (name: string): string => runbook.split(`\n### ${name}\n`)[1]?.split(/\n#{2,3} /)[0] ?? ''

  it.each(committedRules().map((rule) => [rule.alert, rule] as const))(
    '%s says how bad it is, what it means, and where to read on',
    (name, { labels, annotations }) => {
      expect(['critical', 'warning']).toContain(labels['severity'])
      expect(annotations['summary']).toMatch(/^[A-Z].{10,80}$/)
      expect(annotations['description']).toContain('Look first')
      const [file = '', anchor = ''] = (annotations['runbook_url'] ?? '').split('#')
      expect(existsSync(`${repositoryRoot}${file}`)).toBe(true)
      expect(anchors).toContain(anchor)
      for (const part of ['**For clients.**', '**Confirm.**', '**Do first.**', '**Causes.**', '**Over.**'])
        expect(`${name}: ${sectionOf(name)}`).toContain(part)
    },
  )

  it('has a section, and every section that is named like an alert has an alert', () => {
    const sections = [...runbook.matchAll(/^### (Webhook\w+)$/gm)].map(([, name]) => name)
    expect(new Set(sections)).toEqual(new Set(committedRules().map(({ alert }) => alert)))
    expect(sections).toHaveLength(committedRules().length)
  })

  it('leads the runbook nowhere that does not exist', () => {
    const links = [...runbook.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    const broken = links.filter((link) => {
      if (link.startsWith('#')) return !anchors.has(link.slice(1))
      return !link.startsWith('http') && !existsSync(`${repositoryRoot}${link.split('#')[0]}`)
    })
    expect(broken).toEqual([])
  })
})

describe('every panel', () => {
  const panels = committedDashboards().flatMap(({ title, panels: own }) =>
    own.filter(({ type }) => type !== 'row').map((panel) => [`${title} / ${panel.title}`, panel] as const),
  )

  it.each(panels)('%s has a meaning, a unit, thresholds and named lines', (_name, panel) => {
    expect(panel.description).toMatch(/\.$/)
    expect(panel.fieldConfig?.defaults.unit ?? '').not.toBe('')
    expect(panel.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0)
    for (const { expr, legendFormat } of panel.targets ?? []) {
      expect(legendFormat).not.toBe('')
      const grouped = /by \(([^)]+)\)/.exec(expr)?.[1]?.split(', ') ?? []
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(grouped).toContain(label)
    }
  })

  it('shows no line for each worker, so that fifty are read as one is', () => {
    for (const [, { targets = [] }] of panels)
      for (const { expr, legendFormat } of targets) {
        expect(legendFormat).not.toContain('instance')
        expect(expr).toMatch(/^(?:sum|max|min|count|quantile|histogram_quantile)\b/)
      }
  })
})

describe('the catalogue', () => {
  /** What is looked up when it is needed, and means nothing as a curve. */
  const unshown = new Set(['build_info', 'table_ready', 'table_ready_seconds'])

  it('has no metric that neither an alert nor a panel shows', () => {
    const text = committedExpressions()
      .map(({ expr }) => expr)
      .join('\n')
    const missing = Object.values(metricCatalogue)
      .map(({ name }) => name)
      .filter((name) => !new RegExp(`\\b${name}(?:_bucket)?\\b`).test(text))
      .map((name) => name.replace('webhook_worker_', ''))
      .filter((name) => !unshown.has(name))
    expect(missing).toEqual([])
  })
})
