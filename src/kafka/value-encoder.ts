// A value's bytes on their way out: a zero byte, the schema's id in four bytes, then Avro. The codec reads the same.
import avro from 'avsc'

/** `schemaId`: under which exactly this schema is registered. The encoder throws where a value does not fit it. */
export function createValueEncoder(schema: avro.Schema, schemaId: number): (value: object) => Buffer {
  const type = avro.Type.forSchema(schema)
  const framing = Buffer.alloc(5)
  framing.writeInt32BE(schemaId, 1)
  return (value) => Buffer.concat([framing, type.toBuffer(value)])
}
