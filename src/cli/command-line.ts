// The command line: commands are looked up, run, and their end becomes an exit code. 0 = done, 1 = not done;
// what went wrong stands on the error stream, one line per fault.
import { Command, CommanderError } from 'commander'
import { version } from '../settings/version.ts'
import { consoleCommand } from './console-command.ts'
import { demoCommand } from './demo-command.ts'
import { expectedError } from './expected-error.ts'
import { inspectCommand } from './inspect-command.ts'
import { logLevelCommand } from './log-level-command.ts'
import { pauseCommand } from './pause-command.ts'
import { pausesCommand } from './pauses-command.ts'
import { renderCommand } from './render-command.ts'
import { replayCommand } from './replay-command.ts'
import { resumeCommand } from './resume-command.ts'
import { schemasCommand } from './schemas-command.ts'
import { secretsCommand } from './secrets-command.ts'
import { sendTestCommand } from './send-test-command.ts'
import { settingsCommand } from './settings-command.ts'
import { simulateCommand } from './simulate-command.ts'
import { stackCommand } from './stack-command.ts'
import { tailCommand } from './tail-command.ts'
import type { Terminal } from './terminal.ts'
import { topCommand } from './top-command.ts'
import { topicsCommand } from './topics-command.ts'
import { webhooksCommand } from './webhooks-command.ts'
import { workerCommand } from './worker-command.ts'

/** Runs one command line, without the program's own name, and answers the exit code. Never rejects. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has written what it had to say: help, the version, or what it does not understand.
    if (error instanceof CommanderError) return error.exitCode
    const known = expectedError(error)
    if (known !== null) terminal.err(known)
    else
      terminal.err(
        `unexpected error, please report it: ${error instanceof Error ? error.stack : String(error)}`,
      )
    return 1
  }
}

function createProgram(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command('call-webhook-worker')
    .description('Delivers webhooks for call events from Kafka')
    .version(version)
    .addCommand(workerCommand(terminal, finish), { isDefault: true })
    .addCommand(consoleCommand(terminal, finish))
    .addCommand(topicsCommand(terminal, finish))
    .addCommand(schemasCommand(terminal, finish))
    .addCommand(topCommand(terminal, finish))
    .addCommand(webhooksCommand(terminal, finish))
    .addCommand(pauseCommand(terminal, finish))
    .addCommand(resumeCommand(terminal, finish))
    .addCommand(pausesCommand(terminal, finish))
    .addCommand(renderCommand(terminal, finish))
    .addCommand(sendTestCommand(terminal, finish))
    .addCommand(tailCommand(terminal, finish))
    .addCommand(inspectCommand(terminal, finish))
    .addCommand(replayCommand(terminal, finish))
    .addCommand(secretsCommand(terminal, finish))
    .addCommand(logLevelCommand(terminal, finish))
    .addCommand(settingsCommand(terminal, finish))
    .addCommand(simulateCommand(terminal, finish))
    .addCommand(stackCommand(terminal, finish))
    .addCommand(demoCommand(terminal, finish))
    .addHelpText('after', '\nExample:\n  node src/main.ts --config config/production.json')
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        writeErr: (text) => terminal.err(text.trimEnd()),
      })
  }
  return program
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}
