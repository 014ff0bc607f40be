// Writes structs in Thrift's compact protocol, right or wrong.

/** What a field holds: an int32, an int64, a boolean, bytes, a list of one kind, or a struct. */
export type Field = number | bigint | boolean | Uint8Array | readonly Field[] | Struct
export interface Struct {
  readonly [field: number]: Field
}

/** An unsigned integer of seven bits a byte. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

/** A signed one. */
export const zigzag = (value: number | bigint): Buffer =>
  varint(value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value))

function typed(value: Field): [type: number, bytes: Buffer] {
  if (typeof value === 'number') return [5, zigzag(value)]
  if (typeof value === 'bigint') return [6, zigzag(value)]
  if (typeof value === 'boolean') return [value ? 1 : 2, Buffer.alloc(0)]
  if (value instanceof Uint8Array) return [8, Buffer.concat([varint(value.length), value])]
  if (Array.isArray(value)) {
    const items = (value as Field[]).map(typed)
    const head = Buffer.concat([Buffer.from([0xf0 | (items[0]?.[0] ?? 12)]), varint(items.length)])
    return [9, Buffer.concat([head, ...items.map(([, bytes]) => bytes)])]
  }
  return [12, thrift(value as Struct)]
}

/** The bytes of a struct. */
export function thrift(struct: Struct): Buffer {
  const parts = Object.entries(struct).map(([field, value]) => {
    const [type, bytes] = typed(value as Field)
    return Buffer.concat([Buffer.from([type]), zigzag(Number(field)), bytes])
  })
  return Buffer.concat([...parts, Buffer.from([0])])
}
