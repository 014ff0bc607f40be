// Arguments that make sense to nobody, lie, or change while they are read.
import { Tensor, optim } from '../../../lib'
import { hostileCallback, planted } from './callbacks'
import { deed } from './deeds'
import { type Kind, drawers } from './plausible'
import type { Drawn, Scene } from './scene'
import { keywords } from './words'

type Drawer = (scene: Scene) => Drawn

const NUMBERS = [
  NaN,
  Infinity,
  -Infinity,
  -0,
  -1,
  0.5,
  -1.5,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32,
  2 ** 32 - 1,
  2 ** 53,
  2 ** 63,
  1e300,
  17,
  65,
  1e6,
  1e-320
]

const SCALARS: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ["''", () => ''],
  ["'3'", () => '3'],
  ["'__proto__'", () => '__proto__'],
  ["'constructor'", () => 'constructor'],
  ['a long string', () => 'x'.repeat(10_000)],
  ['a symbol', () => Symbol('s')],
  ['2n ** 64n', () => 2n ** 64n],
  ['-1n', () => -1n],
  ['true', () => true]
]

const OBJECTS: readonly (readonly [string, () => unknown])[] = [
  ['{}', () => ({})],
  ['an object without prototype', () => Object.create(null) as object],
  ['new Date(NaN)', () => new Date(NaN)],
  ['/x/g', () => /x/g],
  ['new Map', () => new Map([[1, 2]])],
  ['a class', () => Map],
  ['a generator object', () => [1, 2][Symbol.iterator]()],
  ['a Promise', () => Promise.resolve(1)],
  ['[ , 1]', () => [, 1]],
  ['new Array(2 ** 32 - 1)', () => new Array(2 ** 32 - 1)],
  [
    'a cyclic array',
    () => {
      const list: unknown[] = [1]
      list.push(list)
      list[0] = list
      return list
    }
  ],
  ['frozen []', () => Object.freeze([])],
  ['an array-like', () => ({ length: 2, 0: 1, 1: 1 })],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable([], {})
      revoke()
      return proxy
    }
  ],
  ['new Float16-like view', () => new DataView(new ArrayBuffer(8))],
  ['Uint8ClampedArray', () => new Uint8ClampedArray(3)],
  ['a detached Float32Array', () => detached(new Float32Array(8))],
  ['a shared Float32Array', () => new Float32Array(new SharedArrayBuffer(32))],
  ['a Float32Array that grows', () => new Float32Array(resizable(32, 64))],
  ['a typed array that lies', () => new LyingArray(8)],
  ['a Buffer', () => Buffer.from([1, 2, 3])],
  ['a forged tensor', () => Object.create(Tensor.prototype) as object],
  ['a forged optimizer', () => Object.create(optim.SGD.prototype) as object]
]

class LyingArray extends Float32Array {
  override get length(): number {
    return 1000
  }

  override get buffer(): ArrayBuffer {
    return new ArrayBuffer(4)
  }
}

function detached<View extends ArrayBufferView>(view: View): View {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] })
  return view
}

const resizable = (bytes: number, most: number): ArrayBuffer =>
  new (ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer)(bytes, { maxByteLength: most })

const fixed =
  (list: readonly (readonly [string, () => unknown])[]): Drawer =>
  ({ random }) => {
    const [text, make] = random.pick(list)
    return { value: make(), text }
  }

const number: Drawer = ({ random }) => {
  const value = random.pick(NUMBERS)
  return { value, text: Object.is(value, -0) ? '-0' : String(value) }
}

/** Converts to a number after a deed. */
const converting: Drawer = (scene) => {
  const { text, value: act } = deed(scene)
  const valueOf = (): number => (act(), 1)
  return { value: { valueOf, [Symbol.toPrimitive]: valueOf }, text: `valueOf: ${text}` }
}

/** An array that shrinks or grows, does a deed, or throws when it is read. */
const treacherous: Drawer = (scene) => {
  const { random } = scene
  const { value, text } = drawers[random.pick<Kind>(['integers', 'tensors', 'nested', 'permutation', 'typed'])](scene)
  const act = deed(scene)
  let reads = 0
  const last = random.integer(6)
  const springs: readonly [string, (target: object) => void][] = [
    [
      'throws',
      () => {
        throw planted('an array')
      }
    ],
    [
      'empties itself',
      (target) => {
        if (Array.isArray(target)) target.length = 0
      }
    ],
    [
      'grows',
      (target) => {
        if (Array.isArray(target) && target.length < 30) target.push(target[0])
      }
    ],
    [
      'changes',
      (target) => {
        if (Array.isArray(target)) target[0] = random.pick(NUMBERS)
      }
    ],
    [
      act.text,
      () => {
        act.value()
      }
    ]
  ]
  const [what, spring] = random.pick(springs)
  const get = (target: object, key: string | symbol): unknown => {
    if (reads++ === last) spring(target)
    return Reflect.get(target, key) as unknown
  }
  return { value: new Proxy(value as object, { get }), text: `${text} that at read ${last} ${what}` }
}

/** An array that says that it has another length. */
const lying: Drawer = (scene) => {
  const { value, text } = drawers[scene.random.pick<Kind>(['integers', 'tensors', 'nested'])](scene)
  // Longer ones only take time.
  const length = scene.random.pick([0, 3, 50, -1, 1.5, NaN, '2', 2n])
  const get = (target: object, key: string | symbol): unknown => (key === 'length' ? length : Reflect.get(target, key))
  return { value: new Proxy(value as object, { get }), text: `${text} with length ${String(length)}` }
}

/** Options whose values throw, change, or do something when they are read. */
const trapped: Drawer = (scene) => {
  const { random } = scene
  const { name } = random.pick(keywords)
  const act = deed(scene)
  const after = drawers[random.pick<Kind>(['number', 'flag', 'dtype', 'dim', 'tensor', 'integers'])](scene)
  const getters: readonly [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw planted('a getter')
      }
    ],
    [`${act.text}, then ${after.text}`, () => (act.value(), after.value)],
    ['varies', () => random.pick([1, 0, true, false, null, undefined, NaN, 'sum'])]
  ]
  const [text, get] = random.pick(getters)
  return { value: Object.defineProperty({}, name, { get, enumerable: true }), text: `{ ${name}: ${text} }` }
}

/** Options with a wrong value. */
const wrongOption: Drawer = (scene) => {
  const { name } = scene.random.pick(keywords)
  const { value, text } = scene.random.pick([number, fixed(SCALARS), fixed(OBJECTS), hostileCallback])(scene)
  return { value: { [name]: value }, text: `{ ${name}: ${text} }` }
}

/** A list with something wrong in it. */
const wrongList: Drawer = (scene) => {
  const drawn = Array.from({ length: scene.random.between(1, 3) }, () =>
    scene.random.pick([number, fixed(SCALARS), drawers.tensor, drawers.size, drawers.parameter])(scene)
  )
  return { value: drawn.map(({ value }) => value), text: `[${drawn.map(({ text }) => text).join(', ')}]` }
}

/** A tensor that looks like one and is a proxy, or inherits from one. */
const disguised: Drawer = (scene) => {
  const { value, text } = drawers.tensor(scene)
  return scene.random.chance(0.5)
    ? { value: new Proxy(value as object, {}), text: `a proxy of ${text}` }
    : { value: Object.create(value as object) as object, text: `an heir of ${text}` }
}

export const hostileDrawers: readonly Drawer[] = [
  number,
  number,
  fixed(SCALARS),
  fixed(OBJECTS),
  converting,
  treacherous,
  treacherous,
  lying,
  trapped,
  trapped,
  wrongOption,
  wrongList,
  disguised,
  hostileCallback,
  hostileCallback
]
