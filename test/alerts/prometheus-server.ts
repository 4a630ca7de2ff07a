// A Prometheus of our own: on a free port of this machine, with its data in a folder for temporary files, scraping every
// second. It ends, and its folder goes, when we stop it, when we exit and when we are killed.
import { mkdtemp, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../../src/local/stack-ports.ts'
import { startTied } from '../../src/local/tied-process.ts'
import { until } from '../harness/until.ts'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Course {
  readonly labels: Readonly<Record<string, string>>
  /** Epoch seconds and value, rising in time. */
  readonly points: readonly (readonly [number, number])[]
}

export interface PrometheusServer {
  /** Scrapes the port from the next moment on, as a worker of that job. */
  watch(job: string, opsPort: number): Promise<void>
  /** As an orchestrator that has taken the worker away. */
  forget(opsPort: number): Promise<void>
  query(expr: string): Promise<readonly Sample[]>
  /** Of the alerts that are pending or fire: the texts, filled in. */
  annotations(): Promise<readonly Readonly<Record<string, string>>[]>
  /** Epoch seconds. */
  queryRange(
    expr: string,
    range: { readonly from: number; readonly to: number; readonly step: number },
  ): Promise<readonly Course[]>
  stop(): Promise<void>
}

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value?: readonly [number, string]
      readonly values?: readonly (readonly [number, string])[]
    }[]
  }
}

/** `rules`: text of a rule file. */
export async function startPrometheus(rules: string): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'webhook-alerts-'))
  const targetsFile = join(folder, 'targets.json')
  await writeFile(targetsFile, '[]')
  await writeFile(join(folder, 'rules.yml'), rules)
  await writeFile(
    join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [
        {
          job_name: 'webhook-worker',
          file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
        },
      ],
    }),
  )
  const port = await freePort()
  const server = await startTied({
    title: 'Prometheus',
    command: [
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    logFile: join(folder, 'log'),
    graceSeconds: 5,
    removeOnEnd: folder,
  })
  const origin = `http://127.0.0.1:${port}`
  const isReady = (): Promise<boolean> =>
    fetch(`${origin}/-/ready`)
      .then((response) => response.ok)
      .catch(() => false)
  try {
    await until(isReady, 'Prometheus to be ready', 20_000)
  } catch (error) {
    await server.stop()
    throw error
  }
  const ask = async (
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Answer['data']['result']> => {
    const response = await fetch(`${origin}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    })
    const answer = (await response.json()) as Answer
    if (answer.status !== 'success') throw new Error(`${parameters['query']}: ${answer.error}`)
    return answer.data.result
  }
  const targets = new Map<number, string>()
  let writing = Promise.resolve()
  const tellTargets = (): Promise<void> => {
    writing = writing.then(async () => {
      const groups = [...targets].map(([each, job]) => ({ targets: [`127.0.0.1:${each}`], labels: { job } }))
      // Never half a file.
      await writeFile(`${targetsFile}.next`, JSON.stringify(groups))
      await rename(`${targetsFile}.next`, targetsFile)
    })
    return writing
  }
  return {
    watch(job, opsPort) {
      targets.set(opsPort, job)
      return tellTargets()
    },
    forget(opsPort) {
      targets.delete(opsPort)
      return tellTargets()
    },
    async query(expr) {
      const result = await ask('query', { query: expr })
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value?.[1]) }))
    },
    async annotations() {
      const response = await fetch(`${origin}/api/v1/alerts`)
      const { data } = (await response.json()) as {
        data: { alerts: readonly { annotations: Readonly<Record<string, string>> }[] }
      }
      return data.alerts.map(({ annotations }) => annotations)
    },
    async queryRange(expr, { from, to, step }) {
      const result = await ask('query_range', {
        query: expr,
        start: String(from),
        end: String(to),
        step: String(step),
      })
      return result.map(({ metric, values = [] }) => ({
        labels: metric,
        points: values.map(([at, value]) => [at, Number(value)] as const),
      }))
    },
    async stop() {
      await server.stop()
    },
  }
}
