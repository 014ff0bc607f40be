// Random programs over tensors: statements that eager mode accepts, chosen by a seed.
import type { DType, Tensor } from '../../lib'
import type { Shape } from '../../lib/shape'
import type { Chooser } from './chooser'
import { type Mode, type Outer, type Statement, type TensorProgram, computeOf, makeOuters } from './tensor-programs'

const FLOATS: readonly DType[] = ['float32', 'float32', 'float32', 'float64']
const DTYPES: readonly DType[] = [...FLOATS, ...FLOATS, 'int64', 'int32', 'uint8', 'bool']
const MOST_ELEMENTS = 20_000

type Draft = readonly [text: string, ...sources: number[]] | null

/** Chooses statements that suit the values so far. */
class Writer {
  readonly values: Tensor[] = []

  constructor(readonly random: Chooser) {}

  get all(): number[] {
    return [...this.values.keys()]
  }

  shape(value: number): Shape {
    return this.values[value].shape
  }

  /** A value that `fits`; the latest ones more often. */
  value(fits: (tensor: Tensor) => boolean = () => true): number {
    const { random } = this
    const fitting = this.all.filter((i) => fits(this.values[i]))
    if (fitting.length === 0) throw new Unsuited()
    return random.chance(0.45)
      ? fitting[fitting.length - 1 - random.integer(Math.min(3, fitting.length))]
      : random.pick(fitting)
  }

  float(): number {
    return this.value((tensor) => tensor.isFloatingPoint())
  }

  dim(value: number): number {
    const rank = this.shape(value).length
    if (rank === 0) throw new Unsuited()
    return this.random.integer(rank)
  }

  /** Another value that broadcasts with this one. */
  partner(value: number): number {
    const shape = this.shape(value)
    return this.value((other) => broadcasts(shape, other.shape))
  }

  /** A start, an end and a step within a dim. */
  range(size: number): string {
    const { random } = this
    const start = random.integer(size)
    const end = random.between(start + 1, size)
    return `d.slice(${start}, ${end}${random.chance(0.3) ? ', 2' : ''})`
  }

  /** Subscripts for `at`. */
  subscripts(shape: Shape): string {
    const { random } = this
    if (shape.length === 0 || shape.includes(0)) throw new Unsuited()
    return shape
      .slice(0, random.between(1, shape.length))
      .map((size) =>
        random.chance(0.5)
          ? this.range(size)
          : random.chance(0.5)
            ? String(random.integer(size))
            : random.chance(0.3)
              ? `[${Array.from({ length: 3 }, () => random.integer(size)).join()}]`
              : 'd.slice()'
      )
      .join(', ')
  }

  number(): string {
    return this.random.pick(['2', '-1', '0.5', '0', '3', '1.25', '-0.1'])
  }
}

class Unsuited extends Error {}

function broadcasts(a: Shape, b: Shape): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [left, right] = [a[a.length - i], b[b.length - i]]
    if (left !== right && left !== 1 && right !== 1) return false
  }
  return true
}

const UNARY =
  'neg abs tanh sin cos sigmoid square relu floor sign exp sqrt reciprocal round isnan logicalNot erf'.split(' ')
const BINARY = 'add sub mul div maximum minimum lt ge eq fmax atan2 logicalAnd fmod remainder pow'.split(' ')
const REDUCE = 'sum sum mean amax amin prod any all argmax argmin'.split(' ')
const UNARY_IN_PLACE = 'neg_ tanh_ sigmoid_ relu_ zero_ abs_ sin_ square_'.split(' ')
const BINARY_IN_PLACE = 'add_ sub_ mul_ div_ copy_'.split(' ')

const drafts: Readonly<Record<string, readonly [weight: number, (w: Writer) => Draft]>> = {
  unary: [6, (w) => [`$0.${w.random.pick(UNARY)}()`, w.value()]],
  number: [
    4,
    (w) => [`$0.${w.random.pick(['add', 'mul', 'sub', 'div', 'pow', 'gt', 'clampMax'])}(${w.number()})`, w.value()]
  ],
  clamp: [1, (w) => ['$0.clamp(-0.5, 0.75)', w.float()]],
  binary: [
    12,
    (w) => {
      const a = w.value()
      return [`$0.${w.random.pick(BINARY)}($1)`, a, w.partner(a)]
    }
  ],
  alpha: [
    1,
    (w) => {
      const a = w.float()
      return ['$0.add($1, { alpha: 0.5 })', a, w.partner(a)]
    }
  ],
  where: [
    2,
    (w) => {
      const a = w.value()
      const b = w.partner(a)
      return [`d.where($2.gt(0), $0, $1)`, a, b, w.random.pick([a, b])]
    }
  ],
  cast: [2, (w) => [`$0.to('${w.random.pick(DTYPES)}')`, w.value()]],
  clone: [
    2,
    (w) => [w.random.pick(['$0.clone()', '$0.contiguous()', '$0.detach()', '$0.clone().detach()']), w.value()]
  ],
  transpose: [
    3,
    (w) => {
      const a = w.value()
      return [`$0.transpose(${w.dim(a)}, ${w.dim(a)})`, a]
    }
  ],
  permute: [
    1,
    (w) => {
      const a = w.value()
      return [`$0.permute([${w.random.shuffle([...w.shape(a).keys()]).join()}])`, a]
    }
  ],
  at: [
    4,
    (w) => {
      const a = w.value()
      return [`$0.at(${w.subscripts(w.shape(a))})`, a]
    }
  ],
  narrow: [
    1,
    (w) => {
      const a = w.value((tensor) => tensor.numel() > 0)
      const d = w.dim(a)
      const size = w.shape(a)[d]
      const start = w.random.integer(size)
      return [`$0.narrow(${d}, ${start}, ${w.random.between(1, size - start)})`, a]
    }
  ],
  part: [
    1,
    (w) => {
      const a = w.value((tensor) => tensor.numel() > 0)
      const d = w.dim(a)
      return [w.random.pick([`$0.unbind(${d})[0]`, `$0.chunk(2, ${d})[0]`, `$0.split(2, ${d})[0]`]), a]
    }
  ],
  flatten: [1, (w) => [w.random.pick(['$0.flatten()', '$0.reshape(-1)']), w.value()]],
  reshape: [
    3,
    (w) => {
      const a = w.value()
      const shape = [...w.shape(a)]
      // Two neighbours become one, or one becomes two.
      const d = w.dim(a)
      const divisors = [1, 2, 3, 5].filter((n) => shape[d] % n === 0)
      const n = w.random.pick(divisors)
      if (w.random.chance(0.5) && d + 1 < shape.length) shape.splice(d, 2, shape[d] * shape[d + 1])
      else shape.splice(d, 1, n, shape[d] / n)
      return [`$0.${w.random.chance(0.8) ? 'reshape' : 'view'}([${shape.join()}])`, a]
    }
  ],
  unsqueeze: [
    2,
    (w) => {
      const a = w.value((tensor) => tensor.dim() < 5)
      return [`$0.unsqueeze(${w.random.integer(w.shape(a).length + 1)})`, a]
    }
  ],
  squeeze: [1, (w) => ['$0.squeeze()', w.value()]],
  expand: [
    2,
    (w) => {
      const a = w.value(
        (tensor) => tensor.dim() < 4 && (tensor.dim() === 0 || tensor.shape.includes(1) || tensor.numel() < 200)
      )
      const sizes = w.shape(a).map((size) => (size === 1 ? w.random.between(1, 4) : size))
      return [`$0.expand([${[...(w.random.chance(0.5) ? [w.random.between(1, 3)] : []), ...sizes].join()}])`, a]
    }
  ],
  diagonal: [1, (w) => ['$0.diagonal()', w.value((tensor) => tensor.dim() === 2)]],
  unaryInPlace: [4, (w) => [`$0.${w.random.pick(UNARY_IN_PLACE)}()`, w.value()]],
  numberInPlace: [2, (w) => [`$0.${w.random.pick(['add_', 'mul_', 'fill_', 'sub_'])}(${w.number()})`, w.value()]],
  binaryInPlace: [
    6,
    (w) => {
      const a = w.value()
      return [`$0.${w.random.pick(BINARY_IN_PLACE)}($1)`, a, w.partner(a)]
    }
  ],
  setAt: [
    3,
    (w) => {
      const a = w.value()
      const at = w.subscripts(w.shape(a))
      const shown = computeOf(`$0.at(${at})`)([w.values[a].detach()])
      if (w.random.chance(0.4)) return [`$0.setAt([${at}], ${w.number()})`, a]
      return [`$0.setAt([${at}], $1)`, a, w.value((tensor) => broadcasts(shown.shape, tensor.shape))]
    }
  ],
  viewInPlace: [
    3,
    (w) => {
      const a = w.value()
      return [`$0.at(${w.subscripts(w.shape(a))}).${w.random.pick(['mul_(2)', 'add_(1)', 'zero_()', 'neg_()'])}`, a]
    }
  ],
  reduce: [
    6,
    (w) => {
      const a = w.value((tensor) => tensor.numel() > 0)
      const name = w.random.pick(REDUCE)
      const dims = w.random.shuffle([...w.shape(a).keys()]).slice(0, w.random.integer(w.shape(a).length + 1))
      const options = w.random.chance(0.4) ? ', { keepdim: true }' : ''
      if (dims.length === 0) return [`$0.${name}()`, a]
      if (!['sum', 'mean', 'amax', 'amin'].includes(name) || dims.length === 1)
        return [`$0.${name}(${dims[0]}${options})`, a]
      return [`$0.${name}([${dims.join()}]${options})`, a]
    }
  ],
  extreme: [
    1,
    (w) => {
      const a = w.value((tensor) => tensor.numel() > 0)
      return [`$0.${w.random.pick(['max', 'min'])}(${w.dim(a)}).${w.random.pick(['values', 'indices'])}`, a]
    }
  ],
  softmax: [
    2,
    (w) => {
      const a = w.float()
      return [`$0.${w.random.pick(['softmax', 'logSoftmax'])}(${w.dim(a)})`, a]
    }
  ],
  matmul: [
    4,
    (w) => {
      const a = w.value((tensor) => tensor.isFloatingPoint() && tensor.dim() > 0)
      const { shape, dtype } = w.values[a]
      const inner = shape[shape.length - 1]
      const b = w.value(
        (other) => other.dtype === dtype && other.dim() > 0 && other.shape[Math.max(0, other.dim() - 2)] === inner
      )
      return ['$0.matmul($1)', a, b]
    }
  ],
  square: [2, (w) => ['$0.matmul($0.mT)', w.value((tensor) => tensor.isFloatingPoint() && tensor.dim() >= 2)]],
  addmm: [
    2,
    (w) => {
      const a = w.value((tensor) => tensor.isFloatingPoint() && tensor.dim() === 2)
      const { shape, dtype } = w.values[a]
      const b = w.value((other) => other.dtype === dtype && other.dim() === 2 && other.shape[0] === shape[1])
      const columns = w.shape(b)[1]
      const bias = w.value((other) => other.dtype === dtype && broadcasts(other.shape, [shape[0], columns]))
      return [w.random.chance(0.5) ? 'd.addmm($2, $0, $1)' : '$0.matmul($1).add($2)', a, b, bias]
    }
  ],
  epilogue: [
    2,
    (w) => ['$0.matmul($0.mT).mul(0.5).tanh()', w.value((tensor) => tensor.isFloatingPoint() && tensor.dim() === 2)]
  ],
  cat: [
    2,
    (w) => {
      const a = w.value((tensor) => tensor.dim() > 0)
      const b = w.value((other) => other.shape.join() === w.shape(a).join())
      return [w.random.chance(0.6) ? `d.cat([$0, $1], ${w.dim(a)})` : `d.stack([$0, $1], ${w.dim(a)})`, a, b]
    }
  ],
  index: [
    2,
    (w) => {
      // At a 0-d index an eager result is a view, a compiled one a copy that follows the index.
      const index = w.value((tensor) => tensor.dtype === 'int64' && tensor.dim() > 0 && tensor.dim() <= 2)
      const a = w.value((tensor) => tensor.dim() > 0 && tensor.dim() < 4 && tensor.shape[0] > 0)
      const size = w.shape(a)[0]
      // Without the remainder some calls are out of range.
      return [w.random.chance(0.6) ? `$0.at($1.remainder(${size}))` : '$0.at($1)', a, index]
    }
  ],
  gather: [
    1,
    (w) => {
      const a = w.value((tensor) => tensor.dim() > 0 && tensor.numel() > 0)
      const d = w.dim(a)
      const size = w.shape(a)[d]
      const index = w.random.chance(0.5) ? `$0.mul(3).to('int64').remainder(${size})` : `$0.isnan().to('int64')`
      return [`$0.gather(${d}, ${index})`, a]
    }
  ],
  random: [
    1,
    (w) => [
      w.random.pick(['d.randLike($0)', 'd.bernoulli($0.sigmoid())', 'd.f.dropout($0, 0.5)', 'd.randnLike($0)']),
      w.float()
    ]
  ],
  loss: [
    2,
    (w) => {
      const a = w.float()
      const { shape, dtype } = w.values[a]
      const b = w.value((other) => other.dtype === dtype && other.shape.join() === shape.join())
      return [
        w.random.pick([
          'd.f.mseLoss($0, $1)',
          'd.f.binaryCrossEntropy($0.sigmoid(), $1.sigmoid())',
          'd.f.binaryCrossEntropy($0, $1.sigmoid())'
        ]),
        a,
        b
      ]
    }
  ],
  noGrad: [1, (w) => ['d.noGrad(() => $0.mul(2).add(1))', w.value()]]
}

const weighted = Object.values(drafts).flatMap(([weight, draft]) => Array.from({ length: weight }, () => draft))

function randomShape(random: Chooser, sizes: readonly number[]): number[] {
  const shape = Array.from({ length: random.pick([0, 1, 1, 2, 2, 2, 3, 3]) }, () =>
    random.chance(0.2) ? 1 : random.pick(sizes)
  )
  while (shape.reduce((count, size) => count * size, 1) > 5000) shape[shape.indexOf(Math.max(...shape))] = 2
  return shape
}

const VIEWS = [
  '$0.transpose(0, -1)',
  '$0.at(0)',
  '$0.at(d.slice(1))',
  '$0.at(d.slice(0, 1))',
  '$0.unsqueeze(0)',
  '$0.detach()',
  ''
]

/** The program of a seed. */
export function randomProgram(random: Chooser): TensorProgram {
  const mode: Mode = random.chance(0.5) ? 'plain' : random.chance(0.5) ? 'backward inside' : 'backward outside'
  const sizes = random.chance(0.15)
    ? [random.between(30, 70), random.pick([512, 600]), 3]
    : [2, random.between(1, 6), random.between(2, 9)]
  const outers: Outer[] = []
  const add = (dtype: DType, shape: Shape, requiresGrad: boolean, of = -1, view = ''): number =>
    outers.push({ dtype, shape, requiresGrad, seed: 1 + random.integer(1e6), of, view }) - 1
  const wantsGrad = (dtype: DType): boolean => mode !== 'plain' && dtype.startsWith('float') && random.chance(0.5)
  const outer = (): number => {
    const dtype = random.pick(DTYPES)
    return add(dtype, randomShape(random, sizes), wantsGrad(dtype))
  }
  const closures = Array.from({ length: random.integer(3) }, outer)
  const first: number[] = []
  for (let i = random.between(1, 3); i > 0; i--) {
    if (outers.length > 0 && random.chance(0.15)) {
      const of = random.integer(outers.length)
      const { dtype } = outers[of]
      // A view has fewer dims than its base, perhaps none.
      const { shape } = makeOuters(outers)[of]
      if (shape.length > 0) {
        first.push(add(dtype, shape, false, of, outers[of].requiresGrad ? '' : random.pick(VIEWS)))
        continue
      }
    }
    first.push(outer())
  }
  // The same kind of arguments elsewhere: other values, layouts and sharing.
  const other = (): number[] => {
    const twins = new Map<number, number>()
    return first.map((i) => {
      const { dtype, shape, requiresGrad, of, view } = outers[i]
      if (random.chance(0.2)) return i
      const base = twins.get(of)
      if (of >= 0 && base !== undefined && random.chance(0.8)) return add(dtype, shape, false, base, view)
      const made = makeOuters(outers)[i]
      const twin =
        outers.push({
          ...outers[i],
          dtype,
          shape: made.shape,
          requiresGrad,
          of: -1,
          view: '',
          seed: Math.floor(random.integer(1e5)) * 5 + (outers[i].seed % 5)
        }) - 1
      twins.set(i, twin)
      return twin
    })
  }
  const calls: number[][] = [first]
  for (let i = random.between(1, 4); i > 0; i--) calls.push(random.chance(0.3) ? random.pick(calls) : other())
  const program = {
    mode,
    outers,
    closures,
    calls,
    usesFirstOnly: random.chance(0.4),
    threads: random.pick([1, 1, 2, 3])
  }
  return { ...program, ...write(random, program) }
}

function write(
  random: Chooser,
  { outers, closures, calls }: Pick<TensorProgram, 'outers' | 'closures' | 'calls'>
): Pick<TensorProgram, 'statements' | 'outputs'> {
  const made = makeOuters(outers)
  const writer = new Writer(random)
  writer.values.push(...closures.map((i) => made[i]), ...calls[0].map((i) => made[i]))
  const statements: Statement[] = []
  const count = random.chance(0.2) ? random.between(15, 30) : random.between(2, 12)
  for (let tries = 0; statements.length < count && tries < 10 * count; tries++) {
    try {
      const draft = random.pick(weighted)(writer)
      if (draft === null) continue
      const [text, ...sources] = draft
      const value = computeOf(text)(sources.map((source) => writer.values[source]))
      if (value.numel() > MOST_ELEMENTS || value.dim() > 6) continue
      statements.push({ id: writer.values.push(value) - 1, text, sources })
    } catch {
      // Eager mode refuses it, or nothing suits.
    }
  }
  const last = writer.values.length - 1
  const outputs = new Set([
    last,
    ...Array.from({ length: random.integer(3) }, () => random.integer(writer.values.length))
  ])
  return { statements, outputs: [...outputs] }
}
