// `send-test`: one request for each event type of a webhook, marked as a test.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import { eventFileOption } from './event-choice.ts'
import type { Terminal } from './terminal.ts'
import type { SendTestChoice } from './send-test.ts'
import { webhookOptions } from './webhook-choice.ts'

export function sendTestCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('send-test')
    .description(
      'Send one test request for each event type of a webhook; exit code 0 only if all are answered 2xx',
    )
    .option('--json', 'one JSON document')
    .option('--show-secrets', 'path and query as they are, instead of ***')
    .addOption(configOption())
  for (const option of [...webhookOptions(), eventFileOption()]) command.addOption(option)
  return command
    .addHelpText('after', '\nExample:\n  node src/main.ts send-test --webhook webhook.json')
    .action(async (choice: ConfigChoice & SendTestChoice) => {
      const settings = settingsFor(choice, terminal)
      const { sendTest } = await import('./send-test.ts')
      finish(await sendTest(settings, choice, terminal))
    })
}
