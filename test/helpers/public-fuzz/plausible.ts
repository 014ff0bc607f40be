// Arguments that make sense to some function, a drawer for each kind.
import { Generator, type Tensor, asStrided, nn, rand, slice } from '../../../lib'
import { type DType, dtypeNames, typedArray } from '../../../lib/dtype'
import { randomTensor } from '../chooser'
import { callback } from './callbacks'
import { type Drawn, type Scene, randomShape } from './scene'
import { label } from './surface'
import { type Keyword, keywords, words } from './words'

export type Drawer = (scene: Scene) => Drawn

const listText = (values: readonly unknown[]): string => `[${values.map(String).join(', ')}]`

export const tensorText = (tensor: Tensor): string =>
  `${tensor.dtype}${listText(tensor.shape)}${tensor.isContiguous() ? '' : `/${listText(tensor.strides)}`}` +
  (tensor.requiresGrad ? (tensor.isLeaf ? ' leaf' : ' tracked') : '')

/** The tensor as an argument of this call. */
export function asArgument(scene: Scene, tensor: Tensor): Drawn {
  scene.tensors.push(tensor)
  return { value: tensor, text: tensorText(tensor) }
}

/** A shape that broadcasts or multiplies with the call's own, or any. */
function relatedShape({ random, shape }: Scene): readonly number[] {
  const choice = random.uniform()
  if (choice < 0.5) return shape
  if (choice < 0.6) return shape.slice(random.integer(shape.length + 1))
  if (choice < 0.7) return shape.map((size) => (random.chance(0.5) ? 1 : size))
  if (choice < 0.85 && shape.length > 1) return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]
  return randomShape(random)
}

/** Rows that share elements with their neighbours. */
function overlapping(scene: Scene, dtype: DType): Tensor {
  const [rows, columns] = [scene.random.between(1, 4), scene.random.between(1, 4)]
  return asStrided(randomTensor(scene.random, dtype, [rows + columns], { layout: 'dense' }), [rows, columns], [1, 1])
}

function newTensor(scene: Scene, dtype: DType): Tensor {
  const { random } = scene
  if (random.chance(0.04)) return overlapping(scene, dtype)
  const tensor = randomTensor(random, dtype, relatedShape(scene))
  if (!tensor.isFloatingPoint() || random.chance(0.6)) return tensor
  tensor.requiresGrad_()
  return random.chance(0.5) ? tensor : tensor.mul(1)
}

const tensorOf =
  (choose: (scene: Scene) => DType, reuse = 0): Drawer =>
  (scene) => {
    const old = scene.random.chance(reuse) ? scene.pool.tensor() : null
    return asArgument(scene, old ?? newTensor(scene, choose(scene)))
  }

/** Indices into the dims of the call's shape, or into some of them. */
function indices(scene: Scene): Drawn {
  const { random, shape } = scene
  const sizes = random.chance(0.5) ? shape : [random.between(0, 5)]
  const bound = random.chance(0.7) ? Math.max(1, Math.min(...shape, 8)) : Math.max(1, ...shape)
  return asArgument(scene, rand(sizes).mul(bound).long())
}

const integer =
  (low: number, high: number): Drawer =>
  ({ random }) => {
    const value = random.between(low, high)
    return { value, text: String(value) }
  }

function number({ random }: Scene): Drawn {
  const value = random.pick([0, 1, 2, -1, 0.5, 0.1, 3.7, -2.25, 100])
  return { value, text: String(value) }
}

function integers({ random, shape }: Scene): Drawn {
  const value = random.chance(0.4) ? [...shape] : Array.from({ length: random.integer(4) }, () => random.between(-1, 5))
  return { value, text: listText(value) }
}

function permutation({ random, shape }: Scene): Drawn {
  const value = random.shuffle([...shape.keys()])
  return { value, text: listText(value) }
}

function nested(scene: Scene): Drawn {
  const [rows, columns] = [scene.random.integer(4), scene.random.integer(4)]
  const value = Array.from({ length: rows }, () => scene.random.list(columns))
  return { value, text: `nested ${rows} x ${columns}` }
}

function typed({ random, dtype }: Scene): Drawn {
  const count = random.integer(20)
  const value = typedArray(dtypeNames.indexOf(dtype), new ArrayBuffer(count * 8), 0, count)
  return { value, text: `${value.constructor.name}(${count})` }
}

function tensors(scene: Scene): Drawn {
  const drawn = Array.from({ length: scene.random.integer(4) }, () => drawers.tensor(scene))
  return { value: drawn.map(({ value }) => value), text: `[${drawn.map(({ text }) => text).join(', ')}]` }
}

function indexList(scene: Scene): Drawn {
  const drawn = Array.from({ length: scene.random.between(1, 2) }, () => indices(scene))
  return { value: drawn.map(({ value }) => value), text: `[${drawn.map(({ text }) => text).join(', ')}]` }
}

/** A group of parameters with an option of its own. */
function group(scene: Scene): Drawn {
  const { value, text } = parameters(scene)
  return { value: { params: value, lr: scene.random.pick([0, 0.1, 1]) }, text: `{ params: ${text}, lr }` }
}

function pooled(scene: Scene): Drawn {
  const value = scene.pool.object()
  return { value, text: value === null ? 'null' : label(value) }
}

function parameter(scene: Scene): Drawn {
  const tensor = randomTensor(scene.random, scene.random.pick(['float32', 'float64']), scene.shape, { tame: true })
  return asArgument(scene, new nn.Parameter(tensor.detach().clone()))
}

function parameters(scene: Scene): Drawn {
  const module = scene.pool.instance(nn.Module) as nn.Module | null
  const value = scene.random.chance(0.5) && module !== null ? module.parameters() : [parameter(scene).value as Tensor]
  for (const each of value) each.grad ??= scene.random.chance(0.7) ? each.detach().clone() : null
  return { value, text: `${value.length} parameters` }
}

function valueOf(scene: Scene, { type }: Keyword): Drawn {
  const { random } = scene
  const literals = [...type.matchAll(/'(\w+)'/g)]
  if (literals.length > 0) return quoted(random.pick(literals)[1])
  const kinds: readonly [RegExp, keyof typeof drawers][] = [
    [/\bbool(ean)?\b/, 'flag'],
    [/\bint\b/, 'dim'],
    [/\b(number|float|scalar)\b/, random.chance(0.5) ? 'dim' : 'number'],
    [/DType|dtype/, 'dtype'],
    [/readonly.*Tensor|Tensors|Tensor\[\]/, 'tensors'],
    [/Tensor|[Oo]perand/, 'tensor'],
    [/Generator/, 'generator'],
    [/Shape|int\[\]|int\.\.\./, 'integers'],
    [/=>|function/, 'callback'],
    [/\b(null|deprecated)\b/, 'nothing']
  ]
  const kind = kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'word'
  return drawers[kind](scene)
}

function quoted(value: string): Drawn {
  return { value, text: `'${value}'` }
}

/** One to three keywords with values of their types. */
function options(scene: Scene): Drawn {
  const all = scene.keywords.length > 0 && scene.random.chance(0.8) ? scene.keywords : keywords
  const known = all.filter(({ name }) => !scene.refusedKeywords.has(name))
  const drawn = Array.from({ length: scene.random.pick([0, 1, 1, 1, 2, 3]) }, () => {
    const keyword = scene.random.pick(known.length > 0 ? known : keywords)
    return [keyword.name, valueOf(scene, keyword)] as const
  })
  return {
    value: Object.fromEntries(drawn.map(([name, { value }]) => [name, value])),
    text: `{ ${drawn.map(([name, { text }]) => `${name}: ${text}`).join(', ')} }`
  }
}

function subscript({ random }: Scene): Drawn {
  const [start, end, step] = [random.between(-3, 3), random.between(-3, 6), random.between(1, 3)]
  return { value: slice(start, end, step), text: `slice(${start}, ${end}, ${step})` }
}

/** By name, so that a kind that was accepted once can be drawn again. */
export const drawers = {
  tensor: tensorOf(({ dtype }) => dtype, 0.15),
  otherTensor: tensorOf(({ random }) => random.pick(dtypeNames), 0.3),
  mask: tensorOf(() => 'bool'),
  indices,
  parameter,
  tensors,
  parameters,
  indexList,
  group,
  dim: integer(-3, 3),
  size: integer(0, 6),
  number,
  flag: ({ random }: Scene): Drawn =>
    random.chance(0.5) ? { value: true, text: 'true' } : { value: false, text: 'false' },
  bigint: ({ random }: Scene): Drawn => ({ value: BigInt(random.integer(9)), text: 'a BigInt' }),
  integers,
  permutation,
  nested,
  typed,
  dtype: ({ random }: Scene): Drawn => quoted(random.pick(dtypeNames)),
  word: ({ random }: Scene): Drawn => quoted(random.pick(words)),
  name: ({ random }: Scene): Drawn => quoted(random.pick(['weight', 'a', 'b'])),
  generator: (scene: Scene): Drawn => ({ value: scene.pool.instance(Generator) ?? new Generator(), text: 'Generator' }),
  slice: subscript,
  options,
  pooled,
  transferable: ({ random, shape, dtype }: Scene): Drawn => ({
    value: randomTensor(random, dtype, shape, { tame: true })
      .detach()
      .toTransferable({ copy: random.chance(0.5) }),
    text: 'a transferable'
  }),
  module: (scene: Scene): Drawn => ({ value: scene.pool.instance(nn.Module) ?? new nn.Identity(), text: 'a module' }),
  callback,
  nothing: ({ random }: Scene): Drawn =>
    random.chance(0.5) ? { value: undefined, text: 'undefined' } : { value: null, text: 'null' }
} satisfies Record<string, Drawer>

export type Kind = keyof typeof drawers
export const kinds = Object.keys(drawers) as Kind[]
