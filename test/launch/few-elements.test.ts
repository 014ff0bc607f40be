// Ops over a few elements run in JavaScript and give the kernels' bits: each value stands once among few and once among
// many.
import { type Tensor, autograd, cat, compile, full, mul, ones, optim, sqrt, square, tensor, zeros } from 'dyngrad'
import { DIMENSIONED, FLOAT32, NUMBER } from '../../lib/dtype'
import { FEW } from '../../lib/evaluate'
import { Expression, runBinary, runUnary } from '../../lib/expression'
import { Builder, type Expr } from '../../lib/symbol'
import { kernelRow, native } from '../../lib/native'
import { Random } from '../helpers/random'
import { thrown } from '../helpers/check'

const seed = Number(process.env.DYNGRAD_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 30))
const COUNT = 1 << 12

const SPECIAL = [0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, 16777215, 0.1]

/** Random bit patterns, among which values near each other and special ones. */
function patterns(number: number): number[] {
  const random = new Random(seed + number)
  const floats = new Float32Array(COUNT)
  const bits = new Int32Array(floats.buffer)
  for (let i = 0; i < COUNT; i++) {
    const kind = random.integer(4)
    if (kind === 0) floats[i] = SPECIAL[random.integer(SPECIAL.length)]
    else if (kind === 1) floats[i] = (random.integer(2 ** 24) - 2 ** 23) / 2 ** random.integer(30)
    else bits[i] = random.integer(2 ** 32)
  }
  return [...floats]
}

/** Bits of float32 numbers, with one pattern for all NaNs. */
const bitsOf = (x: Tensor): number[] =>
  [...new Int32Array(Float32Array.from(x.toTypedArray() as Float32Array, (value) => value).buffer)].map((bits) =>
    (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits
  )

const [first, second, third] = [1, 2, 3].map(patterns)

type Op = (a: Tensor, b: Tensor, c: Tensor) => Tensor | readonly Tensor[]

/** Gradients of a and b when `gradient` flows back from an op of them. */
const gradients =
  (op: (a: Tensor, b: Tensor) => Tensor): Op =>
  (a, b, gradient) => {
    const [x, y] = [a, b].map((operand) => operand.detach().requiresGrad_())
    return autograd.grad(op(x, y), [x, y], { gradOutputs: gradient, allowUnused: true }).filter((each) => each !== null)
  }

/** Parameter, gradient and buffer after a step of SGD from these. */
function afterStep(parameter: Tensor, gradient: Tensor, buffer: Tensor | null): Tensor[] {
  const leaf = parameter.clone().requiresGrad_()
  leaf.grad = gradient
  const momentum = buffer === null ? 0 : 0.9
  const optimizer = new optim.SGD([leaf], {
    lr: 0.01,
    weightDecay: 0.1,
    maximize: true,
    momentum,
    nesterov: momentum > 0
  })
  const momentumBuffer = buffer?.clone()
  if (momentumBuffer) optimizer.state.set(leaf, { momentumBuffer })
  optimizer.step()
  return momentumBuffer ? [leaf.detach(), momentumBuffer] : [leaf.detach()]
}

const ops: Record<string, Op> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  div: (a, b) => a.div(b),
  neg: (a) => a.neg(),
  square: (a) => square(a),
  sqrt: (a) => sqrt(a),
  clone: (a) => a.clone(),
  'add, scaled': (a, b) => a.add(b, { alpha: 0.3 }),
  'sub in place': (a, b) => a.clone().sub_(b),
  'products with numbers': (a) => [a.mul(0.1), mul(1 / 3, a), a.mul(7), a.div(3)],
  'numbers without an element': (a) => [full(a.shape, 0.1), ones(a.shape), zeros(a.shape)],
  'gradients of mul': gradients((a, b) => a.mul(b)),
  'gradients of div': gradients((a, b) => a.div(b)),
  'gradients of sqrt': gradients((a) => a.sqrt()),
  'gradients of tanh': gradients((a) => a.tanh()),
  'a broadcast scalar': (a, b) => a.mul(b.mul(0).add(0.1)),
  'a step of SGD': (a, b) => afterStep(a, b, null),
  'a step of SGD with momentum': (a, b, c) => afterStep(a, b, c)
}

/** Results of an op over pieces of `size` elements, one after the other. */
function byPieces(op: Op, size: number): Tensor[] {
  const results: Tensor[][] = []
  for (let i = 0; i < COUNT; i += size) {
    const [a, b, c] = [first, second, third].map((operand) => tensor(operand.slice(i, i + size)))
    const result = op(a, b, c)
    results.push(Array.isArray(result) ? (result as Tensor[]) : [result as Tensor])
  }
  return results[0].map((_, w) => cat(results.map((each) => each[w])))
}

describe(`a few elements (DYNGRAD_FUZZ_SEED=${seed})`, () => {
  const whole = COUNT / 2

  test.each(Object.keys(ops))('%s gives the bits of many', (name) => {
    const expected = byPieces(ops[name], whole).map(bitsOf)
    for (const size of [1, 2, FEW]) expect(byPieces(ops[name], size).map(bitsOf)).toEqual(expected)
  })

  test('of expressions that repeat a source or read numbers, too', () => {
    const expressionOf = (inputs: number, make: (builder: Builder, symbols: readonly Expr[]) => Expr): Expression => {
      const builder = new Builder()
      const symbols = Array.from({ length: inputs }, () => builder.input(FLOAT32, DIMENSIONED))
      return new Expression(builder, [make(builder, symbols)])
    }
    const row = (name: string): number => kernelRow('pointwise', name)
    const literal = (builder: Builder, value: number): Expr => builder.literal(value, FLOAT32, NUMBER)
    const [a, b, out] = [tensor([2, 3]), tensor([5, 7]), zeros(2)]
    const ofOne = (make: (builder: Builder, symbols: readonly Expr[]) => Expr): unknown => {
      runUnary(expressionOf(1, make), a, out, 100)
      return out.tolist()
    }
    const ofTwo = (make: (builder: Builder, symbols: readonly Expr[]) => Expr): unknown => {
      runBinary(expressionOf(2, make), a, b, out, 100)
      return out.tolist()
    }
    expect(ofOne((builder, [x]) => builder.instruction(row('mul'), FLOAT32, [x, x]))).toEqual([4, 9])
    const numbers = [10, 20]
    const product = (builder: Builder, [x]: readonly Expr[]): Expr =>
      builder.instruction(row('addProduct'), FLOAT32, [x, ...numbers.map((number) => literal(builder, number))])
    expect(ofOne(product)).toEqual([202, 203])
    expect(ofOne((_, [x]) => x)).toEqual([2, 3])
    expect(ofOne((builder) => literal(builder, 11))).toEqual([11, 11])
    expect(ofTwo((builder, [x, y]) => builder.instruction(row('sub'), FLOAT32, [y, x]))).toEqual([3, 4])
    expect(ofTwo((builder, [, y]) => builder.instruction(row('neg'), FLOAT32, [y]))).toEqual([-5, -7])
  })

  test('need no native call where IEEE 754 says what they give', () => {
    const launch = jest.spyOn(native, 'launch')
    try {
      const [a, b] = [tensor([1, 2, 3]), tensor([4, 5, 6])]
      expect(a.mul(b).add(1).tolist()).toEqual([5, 11, 19])
      expect(launch).not.toHaveBeenCalled()
      expect(a.exp().numel()).toBe(3)
      expect(launch).toHaveBeenCalledTimes(1)
    } finally {
      launch.mockRestore()
    }
  })

  test('may lie anywhere in their memory', () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8])
    expect(
      x
        .narrow(0, 3, 2)
        .add(x.narrow(0, 6, 2))
        .tolist()
    ).toEqual([11, 13])
    const grid = x.reshape(2, 4)
    expect(grid.select(1, 1).mul(grid.select(1, 3)).tolist()).toEqual([8, 48])
    expect(grid.narrow(1, 0, 2).t().sub(1).tolist()).toEqual([
      [0, 4],
      [1, 5]
    ])
    x.narrow(0, 1, 2).mul_(tensor(10))
    expect(x.tolist()).toEqual([1, 20, 30, 4, 5, 6, 7, 8])
    expect(
      tensor([1, 2])
        .add(tensor([[10], [20]]))
        .tolist()
    ).toEqual([
      [11, 12],
      [21, 22]
    ])
    const long = ones(5000)
    expect(
      long
        .narrow(0, 4998, 2)
        .add(tensor([1, 2]))
        .tolist()
    ).toEqual([2, 3])
  })

  test('are recorded as launches by a capture', () => {
    const step = compile((x: Tensor) => x.mul(3).add(1))
    expect(step(tensor([1, 2])).tolist()).toEqual([4, 7])
    expect(step(tensor([5, 6])).tolist()).toEqual([16, 19])
  })

  test('that a running step updates are read as they were, and refuse writes', async () => {
    const weight = ones(2)
    const step = compile((x: Tensor) => {
      weight.add_(x)
      return x.mul(2)
    })
    step(ones(2))
    const running = step.async(ones(2))
    expect(weight.mul(weight).tolist()).toEqual([4, 4])
    expect(thrown(() => weight.mul_(2))).toMatch(/updated by a running step/)
    await running
    expect(weight.mul(weight).tolist()).toEqual([9, 9])
  })
})
