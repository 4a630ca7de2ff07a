// `topics`: make the topics that are absent, or say how they differ from the settings. Nothing is ever changed.
import { Command } from 'commander'
import type { TopicFinding } from '../kafka/topics.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import { topicsOptionsOf } from '../settings/topic-settings.ts'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export function topicsCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('topics').description('The Kafka topics that the worker reads and writes')
  command
    .command('create')
    .description('Create the topics that are absent; existing ones are compared, never changed')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts topics create --config config/demo.json')
    .action(async (choice: ConfigChoice) => finish(await create(choice, terminal)))
  command
    .command('check')
    .description('Compare the topics with the settings; exit code 1 when something is absent or differs')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts topics check --config config/demo.json')
    .action(async (choice: ConfigChoice) => finish(await check(choice, terminal)))
  return command.addHelpText(
    'after',
    '\nExample:\n  node src/main.ts topics create --config config/demo.json',
  )
}

async function create(choice: ConfigChoice, terminal: Terminal): Promise<ExitCode> {
  const settings = settingsFor(choice, terminal)
  const { createTopics, planTopics } = await import('../kafka/topics.ts')
  const plans = planTopics(topicsOptionsOf(settings))
  const { created, findings } = await createTopics(readKafkaAccess(settings), plans)
  for (const { topic } of plans) terminal.out(`${topic}: ${created.includes(topic) ? 'created' : 'exists'}`)
  return report(findings, terminal)
}

async function check(choice: ConfigChoice, terminal: Terminal): Promise<ExitCode> {
  const settings = settingsFor(choice, terminal)
  const { checkTopics, planTopics } = await import('../kafka/topics.ts')
  const plans = planTopics(topicsOptionsOf(settings))
  const findings = await checkTopics(readKafkaAccess(settings), plans)
  for (const { topic } of plans) {
    if (!findings.some((finding) => finding.topic === topic)) terminal.out(`${topic}: as the settings say`)
  }
  return report(findings, terminal)
}

function report(findings: readonly TopicFinding[], terminal: Terminal): ExitCode {
  for (const finding of findings) terminal.err(sentence(finding))
  return findings.length === 0 ? 0 : 1
}

function sentence(finding: TopicFinding): string {
  switch (finding.kind) {
    case 'absent':
      return `${finding.topic}: absent; make it with "topics create"`
    case 'differs':
      return `${finding.topic}: ${finding.what} is ${finding.found}, the settings say ${finding.expected}; change one of the two`
  }
}
