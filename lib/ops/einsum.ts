// Sums of products over named subscripts: einsum, and the products that are cases of it.

import { alias, declare } from '../declare'
import { integerArguments, isList } from '../kinds'
import { type Shape, sameShape, wrapDim } from '../shape'
import { defineCheck, refusing } from '../signature'
import type { Tensor } from '../tensor'
import { reshapeTo } from './core/reshape'
import { mul } from './elementwise'
import { bmm, mm } from './linalg'
import { diagonal } from './diagonal'
import { expand, permute, squeeze, unsqueeze } from './movement'
import { sum } from './reduce'

/** The operands of a call become a tensor. */
type Step = (operands: readonly Tensor[]) => Tensor

/** A tensor to come whose dims have names: letters, and for the dims of an ellipsis their numbers from behind. */
interface Named {
  readonly of: Step
  readonly sizes: Shape
  readonly names: readonly string[]
}

const ELLIPSIS = '...'
const fault = (sentence: string): RangeError => new RangeError(`einsum(): ${sentence}`)

/** The subscripts of one operand or of the output: letters, and `...` at most once. */
function subscriptsOf(text: string, from: number, operand: number | null): string[] {
  const found: string[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] === ' ') continue
    if (text[i] === '.') {
      if (text.slice(i, i + 3) !== ELLIPSIS || found.includes(ELLIPSIS)) {
        const owner = operand === null ? 'the output' : `operand ${operand}`
        throw fault(`found '.' for ${owner} that is not part of any ellipsis`)
      }
      found.push(ELLIPSIS)
      i += 2
    } else if (/[a-zA-Z]/.test(text[i])) found.push(text[i])
    else {
      throw fault(`invalid subscript given at index ${from + i} in the equation string, subscripts must be in [a-zA-Z]`)
    }
  }
  return found
}

/** The dims of an ellipsis of so many, named from behind, so that they broadcast. */
const ellipsisNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `${count - i}`)

/** An operand with names for its dims; of a repeated name the diagonal. */
function named(shape: Shape, subscripts: readonly string[], operand: number): Named {
  const hasEllipsis = subscripts.includes(ELLIPSIS)
  const letters = subscripts.length - Number(hasEllipsis)
  const { length } = shape
  if (hasEllipsis ? letters > length : letters !== length) {
    throw fault(
      `the number of subscripts in the equation (${letters}) ${hasEllipsis ? 'is more than' : 'does not match'} the number of ` +
        `dimensions (${length}) for operand ${operand}${hasEllipsis ? '' : ' and no ellipsis was given'}`
    )
  }
  let names = subscripts.flatMap((each) => (each === ELLIPSIS ? ellipsisNames(length - letters) : [each]))
  let sizes = shape
  let of: Step = (operands) => operands[operand]
  for (let last = names.length - 1; last > 0; last--) {
    const name = names[last]
    const first = names.indexOf(name)
    if (first === last) continue
    const size = sizes[first]
    if (size !== sizes[last]) {
      throw fault(
        `subscript ${name} is repeated for operand ${operand} but the sizes don't match, ${sizes[last]} != ${size}`
      )
    }
    const [whole, second] = [of, last]
    of = (operands) => diagonal(whole(operands), 0, first, second)
    sizes = [...sizes.filter((_, d) => d !== first && d !== last), size]
    names = [...names.filter((each) => each !== name), name]
    last = names.length
  }
  return { of, sizes, names }
}

/** Without the dims whose names nobody needs. */
function summed({ of, sizes, names }: Named, needed: ReadonlySet<string>): Named {
  const dims = names.flatMap((name, dim) => (needed.has(name) ? [] : [dim]))
  if (dims.length === 0) return { of, sizes, names }
  const reduce = dims.every((dim) => sizes[dim] === 1) ? squeeze : sum
  return {
    of: (operands) => reduce(of(operands), dims),
    sizes: sizes.filter((_, d) => !dims.includes(d)),
    names: names.filter((name) => needed.has(name))
  }
}

/** The dims in the order of names, of which those that it has not are new ones of size 1. */
function aligned({ of, sizes, names }: Named, order: readonly string[]): Named {
  const from = order.filter((name) => names.includes(name)).map((name) => names.indexOf(name))
  const added = order.flatMap((name, dim) => (names.includes(name) ? [] : [dim]))
  if (added.length === 0 && from.every((dim, d) => dim === d)) return { of, sizes, names }
  return {
    of: (operands) => added.reduce((result, dim) => unsqueeze(result, dim), permute(of(operands), from)),
    sizes: order.map((name) => (names.includes(name) ? sizes[names.indexOf(name)] : 1)),
    names: order
  }
}

function reshaped({ of, sizes }: Omit<Named, 'names'>, shape: Shape): Step {
  return sameShape(sizes, shape) ? of : (operands) => reshapeTo(of(operands), shape)
}

/** The dims in the order of names, of their full sizes, those of each group as one. */
function grouped(each: Named, groups: readonly (readonly string[])[], full: ReadonlyMap<string, number>): Step {
  const order = groups.flat()
  const { of, sizes } = aligned(each, order)
  const whole = order.map((name) => full.get(name)!)
  const expanded = sameShape(sizes, whole) ? of : (operands: readonly Tensor[]): Tensor => expand(of(operands), whole)
  return reshaped(
    { of: expanded, sizes: whole },
    groups.map((names) => product(names, full))
  )
}

const sizesOf = ({ sizes, names }: Named): Map<string, number> => new Map(names.map((name, dim) => [name, sizes[dim]]))

const product = (names: readonly string[], sizes: ReadonlyMap<string, number>): number =>
  names.reduce((count, name) => count * sizes.get(name)!, 1)

/**
 * One product: over names that both have and nobody needs later it sums, as a matrix product or a batch of them.
 * Without such names its dims stand in the order of `needed`.
 */
function contracted(a: Named, b: Named, needed: ReadonlySet<string>): Named {
  const left = summed(a, new Set([...needed, ...b.names]))
  const right = summed(b, new Set([...needed, ...a.names]))
  const sizes = new Map([...sizesOf(left)].concat([...sizesOf(right)]))
  // A dim of size 1 broadcasts.
  for (const [name, size] of sizesOf(left)) if (sizes.get(name) === 1) sizes.set(name, size)
  const shared = left.names.filter((name) => right.names.includes(name))
  const inner = shared.filter((name) => !needed.has(name))
  const batch = shared.filter((name) => needed.has(name))
  const rows = left.names.filter((name) => !shared.includes(name))
  const columns = right.names.filter((name) => !shared.includes(name))
  const all = [...batch, ...rows, ...columns]
  if (inner.length === 0) {
    const names = [...needed].filter((name) => all.includes(name))
    const [x, y] = [aligned(left, names), aligned(right, names)]
    const of: Step = (operands) => mul(x.of(operands), y.of(operands))
    return { of, sizes: names.map((name) => sizes.get(name)!), names }
  }
  const groups = batch.length === 0 ? [] : [batch]
  const multiply = batch.length === 0 ? mm : bmm
  const x = grouped(left, [...groups, rows, inner], sizes)
  const y = grouped(right, [...groups, inner, columns], sizes)
  const shape = all.map((name) => sizes.get(name)!)
  const of: Step = (operands) => multiply(x(operands), y(operands))
  const multiplied = [...groups, rows, columns].map((names) => product(names, sizes))
  return { of: reshaped({ of, sizes: multiplied }, shape), sizes: shape, names: all }
}

/** The pair whose product is the smallest to compute, by the sizes of all names that take part. */
function cheapest(operands: readonly Named[]): [number, number] {
  let best: [number, number] = [0, 1]
  let least = Infinity
  for (let i = 0; i < operands.length; i++) {
    for (let j = i + 1; j < operands.length; j++) {
      const sizes = new Map([...sizesOf(operands[i])].concat([...sizesOf(operands[j])]))
      const cost = product([...sizes.keys()], sizes)
      if (cost < least) [best, least] = [[i, j], cost]
    }
  }
  return best
}

function checkSizes(operands: readonly Named[]): void {
  const seen = new Map<string, number>()
  operands.forEach((operand, i) => {
    for (const [name, size] of sizesOf(operand)) {
      const known = seen.get(name) ?? 1
      if (known !== 1 && size !== 1 && known !== size) {
        throw fault(
          `subscript ${name} has size ${size} for operand ${i} which does not broadcast with previously seen size ${known}`
        )
      }
      seen.set(name, Math.max(known === 1 ? size : known, known))
    }
  })
}

/** The names of the result: those that are given, or the ellipsis and the letters that occur once, in order. */
function outputNames(
  text: string | null,
  from: number,
  inputs: readonly string[][],
  operands: readonly Named[]
): string[] {
  const ellipsis = ellipsisNames(
    Math.max(0, ...operands.map(({ names }) => names.filter((name) => /\d/.test(name)).length))
  )
  const letters = inputs.flat().filter((each) => each !== ELLIPSIS)
  if (text === null) {
    const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter))
    return [...ellipsis, ...once.sort()]
  }
  const found = subscriptsOf(text, from, null)
  for (const [i, each] of found.entries()) {
    if (each === ELLIPSIS) continue
    if (found.indexOf(each) !== i) throw fault(`output subscript ${each} appears more than once in the output`)
    if (!letters.includes(each)) {
      throw fault(`output subscript ${each} does not appear in the equation for any input operand`)
    }
  }
  return found.flatMap((each) => (each === ELLIPSIS ? ellipsis : [each]))
}

/** How an equation's result comes from operands of these shapes. */
function planOf(equation: string, shapes: readonly Shape[]): Step {
  const arrow = equation.indexOf('->')
  const left = arrow < 0 ? equation : equation.slice(0, arrow)
  const parts = left.split(',')
  if (parts.length !== shapes.length) {
    throw fault(
      `${parts.length < shapes.length ? 'more' : 'fewer'} operands were provided than specified in the equation`
    )
  }
  let from = 0
  const inputs = parts.map((part, i) => {
    const subscripts = subscriptsOf(part, from, i)
    from += part.length + 1
    return subscripts
  })
  const operands = shapes.map((shape, i) => named(shape, inputs[i], i))
  checkSizes(operands)
  const output = outputNames(arrow < 0 ? null : equation.slice(arrow + 2), arrow + 2, inputs, operands)
  const rest = [...operands]
  while (rest.length > 1) {
    const [i, j] = cheapest(rest)
    const [b] = rest.splice(j, 1)
    const [a] = rest.splice(i, 1)
    rest.push(contracted(a, b, new Set([...output, ...rest.flatMap(({ names }) => names)])))
  }
  const result = summed(rest[0], new Set(output))
  const { of } = aligned(result, output)
  // One operand as it is gives a view of it.
  const dims = output.map((_, dim) => dim)
  return of === operands[0].of ? (tensors) => permute(of(tensors), dims) : of
}

/** Plans by equation and shapes: making one takes 8 us, four times what a small product does. */
const plans = new Map<string, Step>()
const MOST_PLANS = 256

function summation(equation: string, tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) {
    throw fault(
      'must specify the equation string and at least one operand, or at least one operand and its subscripts list'
    )
  }
  let key = equation
  for (let i = 0; i < tensors.length; i++) key += `;${tensors[i].sizes.join()}`
  let plan = plans.get(key)
  if (plan === undefined) {
    plan = planOf(
      equation,
      tensors.map(({ sizes }) => sizes)
    )
    if (plans.size === MOST_PLANS) plans.clear()
    plans.set(key, plan)
  }
  return plan(tensors)
}

declare module '../signature/types' {
  interface KindTypes {
    equation: string
    dimPairs: number | readonly [number | readonly number[], number | readonly number[]]
  }
}

const isEquation = (value: unknown): boolean => typeof value === 'string'
defineCheck('equation', 'a string', isEquation, refusing(isEquation, 'a string'))

/**
 * The sum of products that an equation names: `einsum('bij,bjk->bik', a, b)`. Each operand has a letter for each dim,
 * `...` for dims that broadcast, and a repeated letter for a diagonal; over letters that the output has not, it sums.
 * Without `->` the output has the letters that occur once, in alphabetical order. Operands are multiplied in pairs,
 * each time the pair with the fewest products. The result of one operand may be a view.
 */
export const einsum = declare('einsum(equation: equation, operands: Tensor...)', summation, ['torch'])

// ---- cases ----

/** The product of each element of one vector with each of another, [n, m]. */
export const outer = declare('outer(input: Tensor, vec2: Tensor)', (input, vec2): Tensor => {
  for (const [name, each] of [
    ['input', input],
    ['vec2', vec2]
  ] as const) {
    if (each.sizes.length !== 1) {
      throw new RangeError(`outer: Expected 1-D argument ${name}, but got ${each.sizes.length}-D`)
    }
  }
  return mul(unsqueeze(input, 1), vec2)
})

/** `outer`. */
export const ger = alias('ger', outer)

/** The numbers of dims as a list of two lists, or that many last ones of `a` and first ones of `b`. */
function pairsOf(a: Tensor, b: Tensor, dims: unknown): [readonly number[], readonly number[]] {
  const [rankA, rankB] = [a.sizes.length, b.sizes.length]
  if (typeof dims === 'number') {
    if (dims < 0) throw new RangeError(`tensordot expects dims >= 0, but got dims=${dims}`)
    if (dims > Math.min(rankA, rankB)) {
      throw new RangeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims}`)
    }
    const places = Array.from({ length: dims }, (_, i) => i)
    return [places.map((i) => rankA - dims + i), places]
  }
  const [first, second] = (dims as readonly unknown[]).map((each, i) =>
    integerArguments([each], 'tensordot', `dims[${i}]`)
  )
  if (first.length !== second.length) throw new RangeError('both dimension lists should have same length')
  return [first.map((dim) => wrapDim(dim, rankA)), second.map((dim) => wrapDim(dim, rankB))]
}

const isPairs = (value: unknown): boolean => Number.isInteger(value) || (isList(value) && value.length === 2)
defineCheck(
  'dimPairs',
  'an integer or two lists of integers',
  isPairs,
  refusing(isPairs, 'an integer or two lists of integers')
)

/** The sum of products over dims of two tensors: the last `dims` of `a` and the first of `b`, or `dims` [ofA, ofB]. */
export const tensordot = declare(
  'tensordot(a: Tensor, b: Tensor, dims: dimPairs = 2)',
  (a, b, dims): Tensor => {
    const [left, right] = pairsOf(a, b, dims)
    left.forEach((dim, i) => {
      const [m, n] = [a.sizes[dim], b.sizes[right[i]]]
      if (m === n || m === 1 || n === 1) return
      throw new RangeError(
        `contracted dimensions need to match, but first has size ${m} in dim ${dim} and second has size ${n} in dim ${right[i]}`
      )
    })
    const namesOf = (prefix: string, rank: number, over: readonly number[]): string[] =>
      Array.from({ length: rank }, (_, dim) => (over.includes(dim) ? `over ${over.indexOf(dim)}` : `${prefix} ${dim}`))
    const [x, y] = [
      { of: () => a, sizes: a.sizes, names: namesOf('a', a.sizes.length, left) },
      { of: () => b, sizes: b.sizes, names: namesOf('b', b.sizes.length, right) }
    ]
    const output = [...x.names, ...y.names].filter((name) => !name.startsWith('over'))
    return aligned(contracted(x, y, new Set(output)), output).of([])
  },
  ['torch']
)
