// One schema registry that speaks Confluent's API. It keeps its schemas in memory, or in a file where the stack's
// data is kept: records on disk whose schema ids nobody knows any more would be unreadable.
import { join } from 'node:path'
import type { JavaNodeSpec } from './java-node.ts'
import type { StackJars } from './stack-jars.ts'
import { stackHost } from './stack-ports.ts'
import { registryAnswers } from './stack-readiness.ts'

/** Where Apicurio serves Confluent's API; clients take it as a part of the registry's address. */
export const registryBasePath = '/apis/ccompat/v7'

/** The address of the registry on a port of this machine, with its base path. */
export function registryUrlOn(port: number): string {
  return `http://${stackHost}:${port}${registryBasePath}`
}

/** Where a registry listens and whether it keeps its schemas. */
interface RegistryNodeOptions {
  readonly port: number
  readonly storage: 'memory' | 'file'
}

/** How the registry is run on the cached jars; `runner` is its jar's name. */
export function registryNode(
  jars: Pick<StackJars, 'folder' | 'registryRunner'>,
  { port, storage }: RegistryNodeOptions,
): JavaNodeSpec {
  return {
    title: `The schema registry on ${stackHost}:${port}`,
    name: 'registry',
    // The quick compiler alone: the registry is asked a few dozen times in its life.
    jvmFlags: ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    prepare: () => Promise.resolve(),
    program: (folder) => [
      `-Dquarkus.http.host=${stackHost}`,
      `-Dquarkus.http.port=${port}`,
      // 20 connections are opened at the start by default, to a database in the same process.
      '-Dquarkus.datasource.jdbc.initial-size=2',
      '-Dquarkus.datasource.jdbc.min-size=2',
      ...(storage === 'file'
        ? [`-Dquarkus.datasource.jdbc.url=jdbc:h2:file:${join(folder, 'schemas')}`]
        : []),
      '-jar',
      join(jars.folder, 'registry', jars.registryRunner),
    ],
    answers: () => registryAnswers(registryUrlOn(port)),
  }
}

/**
 * Makes the registry refuse schemas that readers of the previous version could not be replaced by: Confluent's
 * default level, which Apicurio does not share.
 */
export async function requireBackwardCompatibility(registryUrl: string): Promise<void> {
  const answer = await fetch(`${registryUrl}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  })
  if (!answer.ok) throw new Error(`The registry answered ${answer.status} to the compatibility level`)
  await answer.body?.cancel()
}
