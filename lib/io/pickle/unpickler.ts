// A machine for pickles that runs nothing: globals and persistent ids mean what its caller says, all else is data. The
// npm packages for pickles make objects of whatever class a file names, or read negative long integers as positive.

import { viewOf } from '../ranges'
import * as op from './opcodes'
import { Dict, Global, Tuple } from './values'

/** What a reader makes of what a pickle names. */
export interface Meaning {
  /** The global of a dotted path; throws where it is not allowed. */
  readonly globalOf: (path: string) => Global
  /** The object outside of the pickle that an id stands for. */
  readonly persistent: (id: unknown) => unknown
  /** The error of a sentence about the pickle. */
  readonly fail: (what: string) => Error
}

/** A batch of items has 1000, a tuple as many as somebody writes. */
const LONGEST_STACK = 2 ** 20

/** Marks that wait at once: one for each level of nesting. */
const MOST_MARKS = 2 ** 12

/** What a small object of V8 takes. */
const OBJECT_BYTES = 32

/** Reads one pickle after the other. */
export class Unpickler {
  #position: number
  #stack: unknown[] = []
  #waiting: unknown[][] = []
  #memo = new Map<number, unknown>()
  #objects: number
  readonly #bytes: Buffer
  readonly #view: DataView

  constructor(
    bytes: Uint8Array,
    readonly meaning: Meaning,
    /** The memory that objects may take in all, apart from what tensors and texts hold. */
    mostBytes: number,
    start = 0
  ) {
    this.#position = start
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = viewOf(bytes)
    this.#objects = mostBytes / OBJECT_BYTES
  }

  /** Where the next pickle begins. */
  get position(): number {
    return this.#position
  }

  /** The value of the next pickle. */
  read(): unknown {
    this.#stack = []
    this.#waiting = []
    this.#memo = new Map()
    for (;;) {
      const opcode = this.#byte()
      if (opcode === op.STOP) return this.#pop()
      if (this.#pushes(opcode)) continue
      if (this.#builds(opcode)) continue
      throw this.meaning.fail(`Unsupported operand ${opcode}`)
    }
  }

  /** Counts objects, so that a short pickle does not fill the memory; a tensor counts as several. */
  spend(objects: number): void {
    this.#objects -= objects
    if (this.#objects < 0) throw this.#damaged('it makes more objects than a file of its size has')
  }

  #damaged(what: string): Error {
    return this.meaning.fail(`the pickle is damaged: ${what}`)
  }

  // ---- bytes ----

  /** Where the next `length` bytes begin. */
  #skip(length: number): number {
    const start = this.#position
    if (!(start + length <= this.#bytes.length)) throw this.#damaged('it is cut off')
    this.#position = start + length
    return start
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]
  }

  #uint32(): number {
    return this.#view.getUint32(this.#skip(4), true)
  }

  #long(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true))
  }

  #string(length: number): string {
    const start = this.#skip(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  #copy(length: number): Uint8Array {
    const start = this.#skip(length)
    return new Uint8Array(this.#bytes.subarray(start, start + length))
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position)
    if (end < 0) throw this.#damaged('it is cut off')
    const line = this.#string(end - this.#position)
    this.#position++
    return line
  }

  /** A signed integer in two's complement, of any length. */
  #integer(length: number): number | bigint {
    const digits = this.#copy(length).reverse()
    if (length === 0) return 0
    const value = BigInt.asIntN(8 * length, BigInt(`0x${Buffer.from(digits).toString('hex')}`))
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  // ---- the stack ----

  #push(value: unknown): true {
    if (this.#stack.push(value) > LONGEST_STACK) throw this.#damaged('its stack grows too long')
    return true
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.#damaged('its stack is empty')
    return this.#stack.pop()
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw this.#damaged('its stack is empty')
    return this.#stack[this.#stack.length - 1]
  }

  /** What has been pushed since the last mark. */
  #popMark(): unknown[] {
    const items = this.#stack
    const before = this.#waiting.pop()
    if (before === undefined) throw this.#damaged('a mark is missing')
    this.#stack = before
    return items
  }

  #tuple(count: number): true {
    const items = Array.from({ length: count }, () => this.#pop())
    return this.#pushNew(new Tuple(items.reverse()))
  }

  #pushNew(container: object): true {
    this.spend(weightOf(container))
    return this.#push(container)
  }

  #memoize(index: number): true {
    if (!this.#memo.has(index)) this.spend(1)
    this.#memo.set(index, this.#top())
    return true
  }

  #remembered(index: number): true {
    if (!this.#memo.has(index)) throw this.#damaged(`it has no object ${index}`)
    return this.#push(this.#memo.get(index))
  }

  // ---- opcodes ----

  /** Runs an opcode that pushes a value; false where it is another one. */
  #pushes(opcode: number): boolean {
    switch (opcode) {
      case op.NONE:
        return this.#push(null)
      case op.NEWTRUE:
        return this.#push(true)
      case op.NEWFALSE:
        return this.#push(false)
      case op.BININT:
        return this.#push(this.#view.getInt32(this.#skip(4), true))
      case op.BININT1:
        return this.#push(this.#byte())
      case op.BININT2:
        return this.#push(this.#view.getUint16(this.#skip(2), true))
      case op.LONG1:
        return this.#push(this.#integer(this.#byte()))
      case op.BINFLOAT:
        return this.#push(this.#view.getFloat64(this.#skip(8), false))
      case op.SHORT_BINSTRING:
      case op.SHORT_BINUNICODE:
        return this.#push(this.#string(this.#byte()))
      case op.BINSTRING:
      case op.BINUNICODE:
        return this.#push(this.#string(this.#uint32()))
      case op.BINUNICODE8:
        return this.#push(this.#string(this.#long()))
      case op.SHORT_BINBYTES:
        return this.#pushNew(this.#copy(this.#byte()))
      case op.BINBYTES:
        return this.#pushNew(this.#copy(this.#uint32()))
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        return this.#pushNew(this.#copy(this.#long()))
      case op.EMPTY_LIST:
        return this.#pushNew([])
      case op.EMPTY_DICT:
        return this.#pushNew(new Dict())
      case op.EMPTY_SET:
        return this.#pushNew(new Set())
      case op.EMPTY_TUPLE:
        return this.#tuple(0)
      case op.TUPLE1:
        return this.#tuple(1)
      case op.TUPLE2:
        return this.#tuple(2)
      case op.TUPLE3:
        return this.#tuple(3)
      case op.TUPLE:
        return this.#pushNew(new Tuple(this.#popMark()))
      case op.BINGET:
        return this.#remembered(this.#byte())
      case op.LONG_BINGET:
        return this.#remembered(this.#uint32())
      case op.GLOBAL:
        return this.#push(this.meaning.globalOf(`${this.#line()}.${this.#line()}`))
      case op.STACK_GLOBAL:
        return this.#stackGlobal()
      case op.BINPERSID:
        return this.#push(this.meaning.persistent(this.#pop()))
      case op.REDUCE:
      case op.NEWOBJ:
        return this.#call()
      default:
        return false
    }
  }

  /** Runs an opcode that changes what lies on the stack, or nothing; false where it is another one. */
  #builds(opcode: number): boolean {
    switch (opcode) {
      case op.PROTO:
        return this.#skip(1) >= 0
      case op.FRAME:
        return this.#skip(8) >= 0
      case op.MARK:
        if (this.#waiting.push(this.#stack) > MOST_MARKS) throw this.#damaged('it is nested too deep')
        this.#stack = []
        return true
      case op.BINPUT:
        return this.#memoize(this.#byte())
      case op.LONG_BINPUT:
        return this.#memoize(this.#uint32())
      case op.MEMOIZE:
        return this.#memoize(this.#memo.size)
      case op.APPEND:
        return this.#append([this.#pop()])
      case op.APPENDS:
        return this.#append(this.#popMark())
      case op.ADDITEMS:
        return this.#addItems(this.#popMark())
      case op.SETITEM: {
        const value = this.#pop()
        return this.#setItems([this.#pop(), value])
      }
      case op.SETITEMS:
        return this.#setItems(this.#popMark())
      case op.BUILD:
        return this.#build()
      default:
        return false
    }
  }

  #stackGlobal(): true {
    const name = this.#pop()
    const module = this.#pop()
    if (typeof name !== 'string' || typeof module !== 'string') throw this.#damaged('a global has no name')
    return this.#push(this.meaning.globalOf(`${module}.${name}`))
  }

  #call(): true {
    const args = this.#pop()
    const called = this.#pop()
    if (!(called instanceof Global) || called.call === null) {
      throw this.meaning.fail(`Trying to call reduce for unrecognized function ${pathOf(called)}`)
    }
    if (!(args instanceof Tuple)) throw this.#damaged('a call has no arguments')
    return this.#pushNew(called.call(args.items, this) as object)
  }

  #append(items: readonly unknown[]): true {
    const list = this.#top()
    if (!Array.isArray(list)) throw this.#damaged('it appends to what is no list')
    for (const item of items) list.push(item)
    return true
  }

  #addItems(items: readonly unknown[]): true {
    const set = this.#top()
    if (!(set instanceof Set)) throw this.#damaged('it adds to what is no set')
    for (const item of items) set.add(item)
    return true
  }

  #setItems(items: readonly unknown[]): true {
    const dict = this.#top()
    if (!(dict instanceof Dict) || items.length % 2 > 0) throw this.#damaged('it sets items of what is no dict')
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i], items[i + 1])
    return true
  }

  /** Attributes of dicts, such as the versions of modules in a state dict, are left out; nothing else has any. */
  #build(): true {
    this.#pop()
    if (this.#top() instanceof Dict) return true
    throw this.meaning.fail('Can only build OrderedDict, but the pickle sets attributes of something else')
  }
}

const pathOf = (value: unknown): string => (value instanceof Global ? value.path : typeof value)

/** What a container takes, in small objects. */
function weightOf(container: object): number {
  if (Array.isArray(container)) return 1
  if (container instanceof Tuple) return 2
  if (container instanceof Uint8Array) return 5 + container.length / OBJECT_BYTES
  if (container instanceof Dict) return 5 + 2 * container.entries.size
  return container instanceof Set ? 5 + 2 * container.size : 5
}
