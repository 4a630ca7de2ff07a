// `secrets`: the keys of sealed secrets: a new one is made, and what others sealed is sealed anew.
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { RotateChoice } from './secrets-rotate.ts'
import type { Terminal } from './terminal.ts'

const keyBytes = 32

export function secretsCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('secrets').description('The keys with which secrets of webhooks are sealed')
  command
    .command('key')
    .description('Print a new key: 32 random bytes in Base64, for the keyring file')
    .addHelpText('after', '\nExample:\n  node src/main.ts secrets key')
    .action(() => {
      terminal.out(randomBytes(keyBytes).toString('base64'))
      finish(0)
    })
  command
    .command('rotate')
    .description('Seal anew, with the current key, what other keys of the keyring sealed')
    .option('--dry-run', 'say what there is to do, and write nothing')
    .option('--seal-plain', 'seal plain secrets too')
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts secrets rotate --dry-run')
    .action(async (choice: ConfigChoice & RotateChoice) => {
      const settings = settingsFor(choice, terminal)
      const { rotateSecrets } = await import('./secrets-rotate.ts')
      finish(await rotateSecrets(settings, choice, terminal))
    })
  return command.addHelpText('after', '\nExample:\n  node src/main.ts secrets rotate --dry-run')
}
