// A registry that is up and does not know some schemas by their ids, as after a restore from an old backup: stands before
// the real one, and answers 503 for them.
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface ForgetfulRegistry {
  readonly url: string
  stop(): Promise<void>
}

/** `knows`: of a schema in JSON. */
export async function startForgetfulRegistry(
  registryUrl: string,
  knows: (schema: string) => boolean,
): Promise<ForgetfulRegistry> {
  const { origin, pathname } = new URL(registryUrl)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void fetch(`${origin}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }).then(
        async (answer) => {
          const text = await answer.text()
          const isById = (request.url ?? '').includes('/schemas/ids/')
          response.writeHead(isById && !knows(text) ? 503 : answer.status, {
            'content-type': answer.headers.get('content-type') ?? 'application/json',
          })
          response.end(text)
        },
        () => response.destroy(),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the registry has no port')
  return {
    url: `http://127.0.0.1:${address.port}${pathname}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
