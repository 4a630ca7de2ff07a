// What is installed, and what may run because of it: the lockfile, npm's settings, the documents that say why each
// package is there and what is known of it, and the image.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface LockedPackage {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
}
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>
}
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}
const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13)

/** The rows of a Markdown table below a heading, a list of cells each. */
function tableBelow(text: string, heading: string, index = 0): readonly (readonly string[])[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const tables = section.split(/\n(?!\|)/).filter((part) => part.includes('| ---'))
  const rows = (tables[index] ?? '').split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

describe('the lockfile', () => {
  it('has the digest of every package, in a function that nobody can forge', () => {
    expect(locked.length).toBeGreaterThan(100)
    const weak = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
    expect(weak.map(([path]) => path)).toEqual([])
  })

  it('names no place that packages come from but the public registry', () => {
    const places = locked.flatMap(([, { resolved }]) =>
      resolved === undefined ? [] : [new URL(resolved).host],
    )
    expect(new Set(places.filter((host) => host !== 'registry.npmjs.org'))).toEqual(new Set())
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true')
  })
})

describe('programs of packages, while they are installed', () => {
  it('do not run, whatever the version of npm', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true')
  })

  it('are known by name, so that a new one is seen', () => {
    const wishing = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path))
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(wishing)].sort())
    expect(Object.values(manifest.allowScripts)).not.toContain(true)
  })
})

describe('packages in production', () => {
  it('have a reason each in ARCHITECTURE.md, and no other has one', () => {
    const told = tableBelow(read('ARCHITECTURE.md'), 'Packages in production').flatMap(
      ([packages = '', why = '']) => {
        expect(why).not.toBe('')
        // "fastify with helmet, rate-limit and swagger" are fastify's own.
        const [first = '', family = ''] = packages.split(' with ')
        return [
          ...first.split(', '),
          ...family
            .split(/, | and /)
            .filter(Boolean)
            .map((one) => `@${first}/${one}`),
        ]
      },
    )
    expect([...told].sort()).toEqual(Object.keys(manifest.dependencies).sort())
  })

  it('are newer than the advisories that SECURITY.md knows of', () => {
    const rows = tableBelow(read('SECURITY.md'), 'Packages')
    expect(rows.length).toBeGreaterThanOrEqual(9)
    for (const [name = '', version = '', advisories = '', fixedIn = ''] of rows) {
      expect(advisories).toMatch(/(CVE|GHSA)-/)
      const installed = lock.packages[`node_modules/${name}`]
      expect([name, installed?.version, installed?.dev]).toEqual([name, version, undefined])
      expect([name, isAtLeast(version, fixedIn)]).toEqual([name, true])
    }
  })
})

function isAtLeast(version: string, least: string): boolean {
  const [have, need] = [version, least].map((text) => text.split('.').map(Number))
  for (let part = 0; part < 3; part += 1) {
    const difference = (have?.[part] ?? 0) - (need?.[part] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

describe('the image', () => {
  const dockerfile = read('Dockerfile')
  const stages = dockerfile.split(/^FROM /m).slice(1)

  it('runs as a user without rights, told by number', () => {
    expect(stages.at(-1)?.match(/^USER .*$/gm)).toEqual(['USER 1000:1000'])
  })

  it('holds no development package, no program of npm’s installs, and only what is named', () => {
    expect(dockerfile).toMatch(/npm ci --omit=dev --ignore-scripts/)
    expect(stages.at(-1)).not.toMatch(/^(RUN|ADD) /m)
    const [first, ...named] = read('.dockerignore').trim().split('\n')
    expect([first, named.every((line) => line.startsWith('!'))]).toEqual(['*', true])
  })

  it('can live without writing: each service of ours in docker-compose.yml does', () => {
    const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
      services: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }
    const ours = Object.entries(services).filter(([, { build }]) => build !== undefined)
    expect(ours.map(([name]) => name)).toEqual(['topics', 'schemas', 'worker', 'console', 'calls'])
    for (const [, service] of ours) {
      expect(service).toMatchObject({
        user: '1000:1000',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      })
      expect(service['volumes'] ?? []).toEqual([])
      expect(service['privileged']).toBeUndefined()
    }
  })
})
