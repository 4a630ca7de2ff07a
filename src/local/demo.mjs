// The demo's entry: plain JavaScript without packages, so that it runs on whatever Node is there and before
// anything is installed. It installs when the lockfile has changed since the last time, then hands over to the
// demo proper on the Node that the packages bring along.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

if (!isInstalled()) install()
handOver()

/** npm notes what it installed in a lockfile of its own, written last; ours is newer once it has changed. */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json')
  return existsSync(noted) && statSync(noted).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

function install() {
  console.log('installing packages…')
  // Through npm's own entry where npm runs us: a bare "npm" may be another one on the path.
  const npm = process.env.npm_execpath
  const [command, ...first] = npm ? [process.execPath, npm] : ['npm']
  const installed = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (installed.status === 0) return
  console.error('the packages could not be installed: run "npm ci" to see why')
  process.exit(1)
}

function handOver() {
  const bundled = join(root, 'node_modules', '.bin', 'node')
  const node = existsSync(bundled) ? bundled : process.execPath
  const child = spawn(node, [join(root, 'src', 'main.ts'), 'demo', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  // A terminal sends Ctrl-C to both; the child alone decides when it has cleaned up.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGKILL']
  })
}
