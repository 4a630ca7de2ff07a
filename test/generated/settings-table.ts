// The settings as a Markdown table, for the README: what the worker reads is what the page says.
import { settingsTree } from '../../src/settings/schema.ts'
import type { NamedSetting } from '../../src/settings/setting.ts'
import { listSettings } from '../../src/settings/setting.ts'
import { version } from '../../src/settings/version.ts'

/** Rows in the tree's order: name in files, name in the environment, default, what is allowed, meaning. */
export function renderSettingsTable(): string {
  const lines = listSettings(settingsTree).map((setting) => {
    const { name, environmentName, doc, format, sensitive } = setting
    const meaning = sensitive
      ? `${doc} (secret; also from the file named by \`${environmentName}_FILE\`)`
      : doc
    const cells = [`\`${name}\``, `\`${environmentName}\``, shownDefault(setting), format.allowed, meaning]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| setting | environment | default | allowed | meaning |', '|---|---|---|---|---|', ...lines].join(
    '\n',
  )
}

/** Of a longer list the page shows the beginning and how many there are. */
const maxShownItems = 8

// The version is left open, or every release would change the page.
function shownDefault({ default: value }: NamedSetting): string {
  if (Array.isArray(value) && value.length > maxShownItems) {
    return `\`${value.slice(0, 3).join(',')},…\` (${value.length})`
  }
  const text = Array.isArray(value) ? value.join(',') : String(value)
  return text === '' ? '' : `\`${text.replace(version, '<version>')}\``
}
