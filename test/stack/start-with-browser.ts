// What the browser tests stand on: the stack of all the others, and Chromium.
import { unpackedChromium } from './chromium.ts'
import start from './start.ts'

export default async function startWithBrowser(): Promise<void> {
  process.env['TEST_CHROMIUM'] = await unpackedChromium()
  await start()
}
