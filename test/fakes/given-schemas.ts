// A registry that answers at once with what it is given, and knows no other schema.
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { WriterSchema } from '../../src/kafka/writer-schemas.ts'

export class GivenSchemas extends WriterSchemas {
  readonly #given: ReadonlyMap<number, WriterSchema>

  constructor(given: Readonly<Record<number, WriterSchema>>) {
    super({ url: 'http://127.0.0.1:1', username: '', password: '' }, { observe() {} })
    this.#given = new Map(Object.entries(given).map(([id, schema]) => [Number(id), schema]))
  }

  override known(schemaId: number): WriterSchema {
    return this.#given.get(schemaId) ?? { kind: 'unknown_schema_id' }
  }
}
