// Refusal to start the console: what it would do is not safe, or not possible, as the settings stand.

/** The text is one line and names the setting. */
export class ConsoleRefused extends Error {
  readonly code = 'CONSOLE_REFUSED'
}
