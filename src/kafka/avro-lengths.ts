// Checks the lengths that Avro bytes claim before anything is decoded by them.
// Invariant: bytes that pass cannot make the decoder loop or allocate beyond their own size. The decoder believes
// an array's count and a skipped block's size: eight bytes that claim 2^31 items fill the heap, and a negative
// size sends it back to read the same block for ever. One such record would end every worker that takes it.
import avro from 'avsc'

/**
 * Values within values that may be looked at: real ones take a byte each, but for what stands around them. A schema of
 * forty records, each of which holds the one before it twice, makes 2^40 values of no byte at all.
 */
const valuesBeyondBytes = 100_000
const valuesPerByte = 4

class Bytes {
  at = 0
  /** Items that arrays and maps may still claim: each real one takes a byte at least. */
  itemsLeft: number
  #valuesLeft: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.itemsLeft = bytes.length
    this.#valuesLeft = valuesBeyondBytes + valuesPerByte * bytes.length
  }

  /** To be told of every value before it is looked at. */
  value(): void {
    this.#valuesLeft -= 1
    if (this.#valuesLeft < 0) throw new RangeError(`more values than ${this.#bytes.length} bytes can hold`)
  }

  skip(count: number): void {
    if (!(count >= 0 && count <= this.#bytes.length - this.at)) {
      throw new RangeError(`a length of ${count} at byte ${this.at} of ${this.#bytes.length}`)
    }
    this.at += count
  }

  /** Inexact beyond 2^53, which only lengths that are refused anyway reach. */
  long(): number {
    let [value, factor, byte] = [0, 1, 0x80]
    while (byte & 0x80) {
      byte = this.#bytes[this.at] ?? -1
      if (byte < 0) throw new RangeError(`the bytes end within a number, at byte ${this.at}`)
      this.at += 1
      value += (byte & 0x7f) * factor
      factor *= 128
    }
    return value % 2 ? -(value + 1) / 2 : value / 2
  }
}

type Walk = (bytes: Bytes) => void

/** For bytes that values of `type` were written as. The check throws a RangeError that names the place. */
export function lengthCheckOf(type: avro.Type): (value: Uint8Array) => void {
  const walk = walkOf(type, new Map())
  return (value) => walk(new Bytes(value))
}

/** `known` ends the recursion of types that contain themselves. */
function walkOf(type: avro.Type, known: Map<avro.Type, Walk>): Walk {
  const before = known.get(type)
  if (before !== undefined) return before
  // Stands in until the walk is built: a type's own fields may lead back to it.
  let built: Walk | null = null
  known.set(type, (bytes) => built?.(bytes))
  const within = build(type, known)
  built = (bytes) => {
    bytes.value()
    within(bytes)
  }
  known.set(type, built)
  return built
}

function build(type: avro.Type, known: Map<avro.Type, Walk>): Walk {
  const { types } = avro
  if (type instanceof types.LogicalType) return walkOf(type.underlyingType, known)
  if (type instanceof types.RecordType) {
    const fields = type.fields.map((field) => walkOf(field.type, known))
    return (bytes) => {
      for (const field of fields) field(bytes)
    }
  }
  if (type instanceof types.ArrayType) return blocksOf(walkOf(type.itemsType, known))
  if (type instanceof types.MapType) {
    const value = walkOf(type.valuesType, known)
    return blocksOf((bytes) => {
      bytes.skip(bytes.long())
      value(bytes)
    })
  }
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType) {
    const branches = type.types.map((branch) => walkOf(branch, known))
    return (bytes) => {
      const index = bytes.long()
      const branch = branches[index]
      if (branch === undefined) throw new RangeError(`no branch ${index} of a union, at byte ${bytes.at}`)
      branch(bytes)
    }
  }
  if (type instanceof types.FixedType) return (bytes) => bytes.skip(type.size)
  return primitive(type.typeName)
}

function blocksOf(item: Walk): Walk {
  return (bytes) => {
    for (let count = bytes.long(); count !== 0; count = bytes.long()) {
      if (count < 0) {
        const size = bytes.long()
        const start = bytes.at
        walkItems(bytes, -count, item)
        if (bytes.at - start !== size) throw new RangeError(`a block of ${size} bytes at byte ${start}`)
      } else walkItems(bytes, count, item)
    }
  }
}

function walkItems(bytes: Bytes, count: number, item: Walk): void {
  if (!(count <= bytes.itemsLeft)) throw new RangeError(`${count} items at byte ${bytes.at}`)
  bytes.itemsLeft -= count
  for (let left = count; left > 0; left -= 1) item(bytes)
}

function primitive(typeName: string): Walk {
  switch (typeName) {
    case 'null':
      return () => {}
    case 'boolean':
      return (bytes) => bytes.skip(1)
    case 'float':
      return (bytes) => bytes.skip(4)
    case 'double':
      return (bytes) => bytes.skip(8)
    case 'bytes':
    case 'string':
      return (bytes) => bytes.skip(bytes.long())
    default:
      // int, long, enum
      return (bytes) => void bytes.long()
  }
}
