// `webhooks`: what a config service does with the topic of webhooks, by hand: judge, read, write and delete.
import { Command, Option } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import { keyringFor, rulesFor, sealerBy } from './operator-rules.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import type { ValidateChoice } from './webhooks-validate.ts'
import type { GetChoice } from './webhooks-get.ts'
import type { ListChoice } from './webhooks-list.ts'

type Finish = (code: number) => void

export function webhooksCommand(terminal: Terminal, finish: Finish): Command {
  const command = new Command('webhooks').description(
    'The webhooks in their topic: judge, list, write, delete',
  )
  for (const add of [addValidate, addList, addGet, addPut, addImport, addDelete])
    add(command, terminal, finish)
  return command.addHelpText('after', example('webhooks list --config config/demo.json'))
}

function addValidate(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('validate')
    .description('Judge webhooks as the worker would, without Kafka; exit code 1 with any fault')
    .argument('<files...>', filesHelp)
    .option('--json', 'one JSON document of faults and warnings')
    .addOption(configOption())
    .addHelpText('after', example('webhooks validate webhooks.jsonl'))
    .action(async (files: string[], choice: ConfigChoice & ValidateChoice) => {
      const rules = rulesFor(settingsFor(choice, terminal))
      const { validateWebhooks } = await import('./webhooks-validate.ts')
      finish(await validateWebhooks(files, rules, choice, terminal))
    })
}

function addList(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('list')
    .description('List the webhooks of the topic; paths are masked')
    .option('--account <id>', 'only those of this account')
    .option('--invalid', 'only those that are wrong and deliver nothing, with their faults')
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText('after', example('webhooks list --account 10427'))
    .action(async (choice: ConfigChoice & ListChoice) => {
      const settings = settingsFor(choice, terminal)
      const { listWebhooks } = await import('./webhooks-list.ts')
      finish(await listWebhooks(settings, choice, terminal))
    })
}

function addGet(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('get')
    .description('Show one webhook of the topic as a form; exit code 1 where there is none')
    .argument('<id>', 'its webhook_id')
    .option('--json', 'the form alone; with --show-secrets it can be given to "webhooks put"')
    .option('--show-secrets', 'path, credentials, header values and signing secrets as they are')
    .addOption(configOption())
    .addHelpText('after', example('webhooks get wh-1001 --json --show-secrets > wh-1001.json'))
    .action(async (id: string, choice: ConfigChoice & GetChoice) => {
      const settings = settingsFor(choice, terminal)
      const { getWebhook } = await import('./webhooks-get.ts')
      finish(await getWebhook(settings, id, choice, terminal))
    })
}

function addPut(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('put')
    .description('Write one webhook to the topic, if it is valid')
    .argument('<file>', 'JSON file with a webhook form; - is the standard input')
    .addOption(dryRunOption())
    .addOption(configOption())
    .addHelpText('after', example('webhooks put wh-1001.json'))
    .action(async (file: string, choice: ConfigChoice & { readonly dryRun?: true }) =>
      finish(await write(terminal, choice, { file, amount: 'one' })),
    )
}

function addImport(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('import')
    .description('Write many webhooks to the topic, if all of them are valid')
    .argument('<file>', filesHelp)
    .addOption(dryRunOption())
    .addOption(configOption())
    .addHelpText('after', example('webhooks import webhooks.jsonl --dry-run'))
    .action(async (file: string, choice: ConfigChoice & { readonly dryRun?: true }) =>
      finish(await write(terminal, choice, { file, amount: 'many' })),
    )
}

function addDelete(command: Command, terminal: Terminal, finish: Finish): void {
  command
    .command('delete')
    .description('Delete webhooks from the topic; exit code 1 where one is unknown')
    .argument('<ids...>', 'their webhook_id')
    .addOption(configOption())
    .addHelpText('after', example('webhooks delete wh-1001 wh-1002'))
    .action(async (ids: string[], choice: ConfigChoice) => {
      const settings = settingsFor(choice, terminal)
      const { deleteWebhooks } = await import('./webhooks-delete.ts')
      finish(await deleteWebhooks(settings, ids, terminal))
    })
}

async function write(
  terminal: Terminal,
  choice: ConfigChoice & { readonly dryRun?: true },
  what: { readonly file: string; readonly amount: 'one' | 'many' },
): Promise<ExitCode> {
  const settings = settingsFor(choice, terminal)
  const { writeWebhooks } = await import('./webhooks-write.ts')
  const dryRun = choice.dryRun === true ? { dryRun: true as const } : {}
  const keyring = keyringFor(settings)
  const by = { rules: rulesFor(settings, keyring), sealer: sealerBy(keyring) }
  return writeWebhooks(settings, { ...what, ...dryRun, ...by }, terminal)
}

const filesHelp = 'JSON (one form, or a list) or JSON lines (.jsonl); - is the standard input'

function dryRunOption(): Option {
  return new Option('--dry-run', 'say what would be written, and write nothing')
}

function example(words: string): string {
  return `\nExample:\n  node src/main.ts ${words}`
}
