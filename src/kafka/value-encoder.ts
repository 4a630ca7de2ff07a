// A value's bytes on their way out: a zero byte, the schema's id in four bytes, then Avro. The codec reads the same.
import avro from 'avsc'

const framingBytes = 5
/** Values share pages of this size: a buffer of its own costs a small value more than its encoding. */
const pageBytes = 65_536

/** `schemaId`: under which exactly this schema is registered. The encoder throws where a value does not fit it. */
export function createValueEncoder(schema: avro.Schema, schemaId: number): (value: object) => Buffer {
  const type = avro.Type.forSchema(schema)
  let page = Buffer.allocUnsafeSlow(pageBytes)
  let at = 0
  return (value) => {
    let end = type.encode(value, page, at + framingBytes)
    if (end < 0) {
      // It does not fit into what is left; negative is by how much.
      page = Buffer.allocUnsafeSlow(Math.max(pageBytes, page.length - end - at))
      at = 0
      end = type.encode(value, page, framingBytes)
    }
    page.writeInt8(0, at)
    page.writeInt32BE(schemaId, at + 1)
    const bytes = page.subarray(at, end)
    at = end
    return bytes
  }
}
