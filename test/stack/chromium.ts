// The Chromium of the browser tests: the one that npm installed, unpacked once per version into the folder for temporary
// files, with fonts and libraries of its own, so that neither a download nor anything of the machine's is needed.
// Invariant: a folder under its final name is complete; it is filled elsewhere and renamed.
import { inflate } from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packageFolder = new URL('../../node_modules/@sparticuz/chromium/', import.meta.url)

/** Where Chromium stands; seconds for the first on a machine, nothing afterwards. */
export async function unpackedChromium(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('package.json', packageFolder), 'utf8')) as {
    readonly version: string
  }
  const folder = join(tmpdir(), `chromium-${version}-of-call-webhook-worker`)
  if (existsSync(folder)) return folder
  const staging = await mkdtemp(`${folder}-`)
  try {
    await unpackInto(staging)
    await mkdir(join(staging, 'etc'))
    await writeFile(join(staging, 'etc', 'fonts.conf'), fontsOf(folder))
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    // Somebody else was first: what stands there is complete.
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** The package knows one place, the folder for temporary files, and looks it up when it is called. */
async function unpackInto(folder: string): Promise<void> {
  const { TMPDIR: before } = process.env
  process.env['TMPDIR'] = folder
  const unpacking = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) =>
    inflate(new URL(`bin/${name}`, packageFolder).pathname),
  )
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  await Promise.all(unpacking)
}

/** Its own letters first, so that pictures look alike everywhere; the machine's where it has others. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`
}
