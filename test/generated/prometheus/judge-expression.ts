// What is wrong with an expression: syntax, a series that no worker has, a label that the series has not, a value that the
// label never takes. PromQL itself answers each of them with silence: the alert never fires, the panel stays empty.
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import type { KnownSeries } from './known-series.ts'

/** `expr`: as Prometheus would get it. Answers faults in words; none: it is well. */
export function judgeExpression(expr: string, known: ReadonlyMap<string, KnownSeries>): readonly string[] {
  const faults: string[] = []
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }): string =>
    expr.slice(from, to)
  const seriesOf = (selector: SyntaxNode): KnownSeries | undefined => {
    const name = selector.getChild('Identifier')
    return name === null ? undefined : known.get(textOf(name))
  }
  const judgeSelector = (selector: SyntaxNode): void => {
    const series = seriesOf(selector)
    if (series === undefined) {
      faults.push(`no worker has the series ${textOf(selector)}`)
      return
    }
    for (const matcher of selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
      const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((part) => {
        const found = matcher.getChild(part)
        return found === null ? '' : textOf(found)
      }) as [string, string, string]
      const allowed = series.labels[label]
      if (allowed === undefined) faults.push(`${textOf(selector)} has no label ${label}`)
      else if (allowed !== 'anything') {
        const named = operator.includes('~') ? value.slice(1, -1).split('|') : [value.slice(1, -1)]
        const unknown = named.filter((each) => !allowed.includes(each))
        faults.push(...unknown.map((each) => `${label} of ${textOf(selector)} is never ${each}`))
      }
    }
  }
  /** What is grouped or matched by must be on everything that it is grouped from. */
  const judgeGrouping = (labels: SyntaxNode): void => {
    const whole = labels.parent?.parent
    if (whole === null || whole === undefined) return
    for (const selector of selectorsBelow(whole)) {
      const has = seriesOf(selector)?.labels ?? {}
      const missing = labels
        .getChildren('LabelName')
        .map(textOf)
        .filter((label) => !(label in has))
      faults.push(...missing.map((label) => `${textOf(selector)} is grouped by ${label}, which it has not`))
    }
  }
  parser.parse(expr).iterate({
    enter({ type, node }) {
      if (type.isError)
        faults.push(`does not parse at ${node.from}: ${expr.slice(node.from, node.from + 20)}`)
      else if (type.name === 'VectorSelector') judgeSelector(node)
      else if (type.name === 'GroupingLabels') judgeGrouping(node)
      else if (type.name === 'FunctionCall' && /^(rate|increase)\(/.test(textOf(node))) {
        const still = selectorsBelow(node).filter((selector) => seriesOf(selector)?.rises === false)
        faults.push(...still.map((selector) => `${textOf(selector)} is no counter`))
      }
    },
  })
  return faults
}

function selectorsBelow(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = []
  node.cursor().iterate(({ type, node: each }) => {
    if (type.name === 'VectorSelector') found.push(each)
  })
  return found
}
