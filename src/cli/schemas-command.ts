// `schemas`: register the package's schemas, or say what registering would do.
import { Command } from 'commander'
import type { Settings } from '../settings/schema.ts'
import { schemaTopicsOf } from '../settings/topic-settings.ts'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export function schemasCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('schemas').description(
    'The Avro schemas of the topics’ values, in the schema registry',
  )
  command
    .command('register')
    .description('Register the schemas, with BACKWARD compatibility; doing it again changes nothing')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts schemas register --config config/demo.json')
    .action(async (choice: ConfigChoice) => finish(await register(settingsFor(choice, terminal), terminal)))
  command
    .command('check')
    .description(
      'Compare with the registry; exit code 1 when a schema is absent or cannot follow its latest version',
    )
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts schemas check --config config/demo.json')
    .action(async (choice: ConfigChoice) => finish(await check(settingsFor(choice, terminal), terminal)))
  return command.addHelpText(
    'after',
    '\nExample:\n  node src/main.ts schemas register --config config/demo.json',
  )
}

async function register(settings: Settings, terminal: Terminal): Promise<ExitCode> {
  const { readSchemaSubjects, registerSchemas } = await import('../kafka/schema-subjects.ts')
  const results = await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  for (const result of results) {
    if (result.kind === 'incompatible') terminal.err(incompatible(result))
    else terminal.out(`${result.subject}: ${result.kind}, id ${result.id}`)
  }
  return results.some(({ kind }) => kind === 'incompatible') ? 1 : 0
}

async function check(settings: Settings, terminal: Terminal): Promise<ExitCode> {
  const { checkSchemas, readSchemaSubjects } = await import('../kafka/schema-subjects.ts')
  const results = await checkSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
  for (const result of results) {
    switch (result.kind) {
      case 'latest':
        terminal.out(`${result.subject}: the latest version, id ${result.id}`)
        break
      case 'compatible':
        terminal.out(`${result.subject}: compatible with the latest version, not registered`)
        break
      case 'absent':
        terminal.err(`${result.subject}: absent; register it with "schemas register"`)
        break
      case 'incompatible':
        terminal.err(incompatible(result))
        break
    }
  }
  return results.some(({ kind }) => kind === 'incompatible' || kind === 'absent') ? 1 : 0
}

function incompatible({ subject, reason }: { readonly subject: string; readonly reason: string }): string {
  return `${subject}: not compatible with the latest version; the registry says: ${reason}`
}
