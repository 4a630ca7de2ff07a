// The hosted workflows against the schema of their kind, and what they are allowed to do.
import { readdirSync, readFileSync } from 'node:fs'
import { validateWorkflow } from '@action-validator/core'
import { describe, expect, it } from '@jest/globals'
import { parseDocument } from 'yaml'

interface Step {
  readonly uses?: string
  readonly run?: string
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>
}

const folder = new URL('../../.github/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')
const names = readdirSync(new URL('workflows', folder)).sort()
const workflows = names.map((name) => {
  const text = read(`workflows/${name}`)
  const document = parseDocument(text, { strict: true })
  return { name, text, document, workflow: document.toJS() as Workflow }
})
const named = (name: string): Workflow => {
  const found = workflows.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found.workflow
}
const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps)
const commandsOf = (workflow: Workflow): readonly string[] =>
  stepsOf(workflow).flatMap(({ run }) => run ?? [])

describe('hosted workflows', () => {
  it.each(workflows)('$name is what the schema of workflows allows', ({ text, document }) => {
    expect([document.errors, document.warnings]).toEqual([[], []])
    expect(validateWorkflow(text).errors).toEqual([])
  })

  it('that have a field that nobody knows, or a step that does two things, are refused', () => {
    const { text } = workflows[0] ?? { text: '' }
    for (const broken of [
      text.replace('timeout-minutes:', 'timeout-minuts:'),
      text.replace('      - run: bash', '      - uses: actions/checkout@v4\n        runs: bash'),
      text.replace('runs-on: ubuntu-24.04', ''),
    ]) {
      expect(broken).not.toBe(text)
      expect(validateWorkflow(broken).errors).not.toEqual([])
    }
  })

  it('run the two commands of README.md, the checks, and look for known vulnerabilities', () => {
    const ci = named('ci.yml')
    expect(Object.keys(ci.on)).toEqual(['push', 'pull_request', 'schedule'])
    expect(commandsOf(ci)).toEqual(
      expect.arrayContaining(['bash .ci/run', 'npm run demo -- --calls 50', 'npm audit --omit=dev']),
    )
    expect(readFileSync(new URL('../.ci/run', folder), 'utf8')).toContain('npm cit\nnpm run check')
  })

  it('may read the repository; only the image of a tag is written, to this repository’s packages', () => {
    for (const { workflow } of workflows) expect(workflow.permissions).toEqual({ contents: 'read' })
    const writing = workflows.flatMap(({ name, workflow }) =>
      Object.values(workflow.jobs).flatMap(({ permissions }) =>
        permissions === undefined ? [] : [[name, permissions]],
      ),
    )
    expect(writing).toEqual([['image.yml', { contents: 'read', packages: 'write' }]])
    expect(named('image.yml').on).toEqual({ push: { tags: ['v*.*.*'] } })
  })

  it('use actions of GitHub’s and Docker’s own alone, none with what a pull request says', () => {
    for (const { text, workflow } of workflows) {
      for (const { uses } of stepsOf(workflow))
        if (uses !== undefined) expect(uses).toMatch(/^(actions|docker)\/[a-z-]+@v\d+$/)
      expect(text).not.toMatch(/pull_request_target|github\.event\.(pull_request|issue|comment|head_commit)/)
    }
  })

  it('build an image for both kinds of processors, with its origin and its parts', () => {
    const build = stepsOf(named('image.yml')).find(({ uses }) => uses?.startsWith('docker/build-push-action'))
    expect(build).toMatchObject({
      with: { platforms: 'linux/amd64,linux/arm64', provenance: 'mode=max', sbom: true },
    })
  })
})

describe('updates', () => {
  it('are proposed for packages, images and actions', () => {
    const document = parseDocument(read('dependabot.yml'), { strict: true })
    expect([document.errors, document.warnings]).toEqual([[], []])
    const { version, updates } = document.toJS() as {
      readonly version: number
      readonly updates: readonly Readonly<Record<string, unknown>>[]
    }
    const kinds = updates.map((update) => update['package-ecosystem'])
    expect([version, kinds]).toEqual([2, ['npm', 'docker', 'docker-compose', 'github-actions']])
  })
})
