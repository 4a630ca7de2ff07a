// `pause`: no request begins for what is named until it is resumed.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { PauseChoice } from './pause-choice.ts'
import { chosenScope, pauseOptions } from './pause-choice.ts'
import type { Terminal } from './terminal.ts'

type Choice = ConfigChoice &
  PauseChoice & { readonly why?: string; readonly by?: string; readonly json?: true }

export function pauseCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('pause').description(
    'Pause deliveries: within 2 s no request begins any more, and what comes waits in a retry topic',
  )
  for (const option of pauseOptions()) command.addOption(option)
  return command
    .option('--why <text>', 'for those who find it paused')
    .option('--by <name>', 'who pauses it; without it the login')
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExample:\n  node src/main.ts pause --origin https://crm.example.com --why "they move until 12:00"\n  node src/main.ts pause --account 10427\n\nSee also: resume, pauses',
    )
    .action(async (choice: Choice) => {
      const scope = chosenScope(choice)
      if (scope.kind === 'refused') {
        for (const line of scope.lines) terminal.err(line)
        return finish(1)
      }
      const settings = settingsFor(choice, terminal)
      const { pause } = await import('./pause.ts')
      const { SUDO_USER, USER, LOGNAME } = terminal.environment
      const state = {
        paused_since: Date.now(),
        by: choice.by ?? SUDO_USER ?? USER ?? LOGNAME ?? '',
        why: choice.why ?? '',
      }
      finish(await pause(scope.value, state, { settings, terminal, as: choice.json ? 'json' : 'text' }))
    })
}
