// `resume`: what was paused goes on, and what waited for it is delivered, each receiver at its own pace.
import { Command } from 'commander'
import { scopeKeyOf } from '../domain/pause-scope.ts'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { PauseChoice } from './pause-choice.ts'
import { chosenScope, pauseOptions } from './pause-choice.ts'
import type { Terminal } from './terminal.ts'

export function resumeCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('resume').description(
    'End a pause; exit code 1 where there was none. Name it as it was paused: --all lifts only what --all paused',
  )
  for (const option of pauseOptions()) command.addOption(option)
  return command
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts resume --origin https://crm.example.com')
    .action(async (choice: ConfigChoice & PauseChoice & { readonly json?: true }) => {
      const scope = chosenScope(choice)
      if (scope.kind === 'refused') {
        for (const line of scope.lines) terminal.err(line)
        return finish(1)
      }
      const settings = settingsFor(choice, terminal)
      const { storedPauses } = await import('./pauses.ts')
      const { resume } = await import('./pause.ts')
      const isPaused = (await storedPauses(settings)).has(scopeKeyOf(scope.value))
      finish(await resume(scope.value, isPaused, { settings, terminal, as: choice.json ? 'json' : 'text' }))
    })
}
