// One Kafka node that is broker and controller at once, as a JVM on the cached jars. A new log directory gets the
// files of the one that was formatted with the download, which saves every start a JVM for formatting.
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asProperties, brokerProperties, kafkaClassPath } from './broker-properties.ts'
import type { BrokerOptions } from './broker-properties.ts'
import type { JavaNodeSpec } from './java-node.ts'
import type { StackJars } from './stack-jars.ts'
import { stackHost } from './stack-ports.ts'
import { brokerAnswers } from './stack-readiness.ts'

/** The files that formatting makes in a log directory; alike for every start, so they are made once and copied. */
const formattedFiles = ['bootstrap.checkpoint', 'meta.properties'] as const

/** How the node is run on the cached jars. */
export function kafkaNode(jars: Pick<StackJars, 'folder'>, options: BrokerOptions): JavaNodeSpec {
  return {
    title: `Kafka on ${stackHost}:${options.port}`,
    name: 'kafka',
    jvmFlags: [
      '-Xmx512m',
      // Fewer threads beside the broker's own than the default collector starts.
      '-XX:+UseSerialGC',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
      // Every topic made would print some forty settings.
      '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn',
    ],
    async prepare(folder) {
      const logDir = join(folder, 'data')
      await mkdir(logDir, { recursive: true })
      // Data that is kept belongs to the version that formatted it.
      if (!(await readdir(logDir)).includes('meta.properties')) {
        for (const file of formattedFiles) {
          await copyFile(join(jars.folder, 'formatted', file), join(logDir, file))
        }
      }
      await writeFile(join(folder, 'server.properties'), asProperties(brokerProperties(logDir, options)))
    },
    program: (folder) => [
      '-cp',
      kafkaClassPath(jars.folder),
      'kafka.Kafka',
      join(folder, 'server.properties'),
    ],
    answers: () => brokerAnswers(stackHost, options.port),
  }
}
