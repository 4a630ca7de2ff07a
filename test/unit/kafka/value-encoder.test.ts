import avro from 'avsc'
import { expect, it } from '@jest/globals'
import { createValueEncoder } from '../../../src/kafka/value-encoder.ts'

const schema: avro.Schema = { type: 'record', name: 'Said', fields: [{ name: 'text', type: 'string' }] }
const type = avro.Type.forSchema(schema)

const read = (bytes: Buffer): string => {
  expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2])
  return (type.fromBuffer(bytes.subarray(5)) as { readonly text: string }).text
}

it('values of any length are whole, and no later one writes over an earlier one', () => {
  const encode = createValueEncoder(schema, 258)
  const lengths = [0, 1, 65_525, 65_526, 65_527, 40_000, 40_000, 200_000, 3, ...Array(3_000).fill(50)]
  const texts = lengths.map((length, index) => String.fromCharCode(97 + (index % 26)).repeat(length))
  const written = texts.map((text) => encode({ text }))
  expect(written.map(read)).toEqual(texts)
})

it('a value that does not fit the schema is refused, and leaves the next one whole', () => {
  const encode = createValueEncoder(schema, 258)
  expect(() => encode({ text: 7 })).toThrow(/invalid "string"/)
  expect(read(encode({ text: 'next' }))).toBe('next')
})
