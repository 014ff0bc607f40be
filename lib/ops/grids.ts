// Grids of coordinates, and the choices of several elements of lines.

import { declare } from '../declare'
import { shapeText } from '../shape'
import { type Tensor, warnOnce } from '../tensor'
import { expandTo } from './core/broadcast'
import { clone } from './core/copy'
import { filled } from './core/fill'
import { tensor } from './creation'
import { indexSelect } from './indexing'
import { stack } from './join'
import { reshape, view } from './movement'

/** Each line repeated over the dims of all others; with 'xy' the first two dims are exchanged. */
function grids(lines: readonly Tensor[], indexing: string): Tensor[] {
  if (lines.length === 0) throw new RangeError('meshgrid expects a non-empty TensorList')
  for (const { sizes } of lines) {
    if (sizes.length > 1) {
      throw new RangeError(`meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${sizes.length}D`)
    }
  }
  if (lines.some(({ code }) => code !== lines[0].code)) {
    throw new TypeError('meshgrid expects all tensors to have the same dtype')
  }
  if (indexing !== 'ij' && indexing !== 'xy') {
    throw new RangeError(`meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`)
  }
  const dims = lines.map((_, i) => i)
  if (indexing === 'xy' && lines.length > 1) [dims[0], dims[1]] = [1, 0]
  const shape = new Array<number>(lines.length)
  lines.forEach(({ numelCached }, i) => (shape[dims[i]] = numelCached))
  return lines.map((line, i) =>
    expandTo(
      view(
        line,
        shape.map((size, d) => (d === dims[i] ? size : 1))
      ),
      shape
    )
  )
}

/**
 * A view for each line: its elements along a dim of their own, repeated over the dims of all others. `indexing` 'xy'
 * exchanges the first two dims.
 */
export const meshgrid = declare(
  'meshgrid(tensors: Tensor..., *, indexing: str? = null)',
  (tensors, indexing): Tensor[] => {
    if (indexing === null) {
      warnOnce('meshgrid: in an upcoming release, it will be required to pass the indexing argument.')
    }
    return grids(tensors, indexing ?? 'ij')
  },
  ['torch']
)

function checkLine({ sizes }: Tensor): void {
  if (sizes.length !== 1) throw new RangeError(`Expect a 1D vector, but got shape ${shapeText(sizes)}`)
}

/** All rows of one element of each line, the last line changing first; of one line the line itself. */
export const cartesianProd = declare(
  'cartesianProd(tensors: Tensor...)',
  (tensors): Tensor => {
    tensors.forEach(checkLine)
    if (tensors.length === 1) return tensors[0]
    return stack(
      grids(tensors, 'ij').map((each) => reshape(each, -1)),
      1
    )
  },
  ['torch']
)

/** Most elements of a row: each has a tensor of its own. */
const MOST_PLACES = 2 ** 22
const FEW_PLACES = 2 ** 8

/** How many choices of `r` out of `n` there are. */
function choicesOf(n: number, r: number): number {
  let count = 1
  for (let i = 0; i < r && count > 0; i++) count = (count * (n - i)) / (i + 1)
  return Math.round(count)
}

/** All ascending choices of `r` numbers below `n`, with repeats or without: a column for each place. */
function choices(n: number, r: number, repeats: boolean): BigInt64Array[] {
  const count = choicesOf(repeats ? n + r - 1 : n, r)
  const all = indices(r * count)
  const columns = Array.from({ length: r }, (_, place) => all.subarray(place * count, (place + 1) * count))
  const chosen = Array.from({ length: r }, (_, place) => (repeats ? 0 : place))
  for (let row = 0; row < count; row++) {
    for (let place = 0; place < r; place++) columns[place][row] = BigInt(chosen[place])
    // The last place that may go up does, and those behind it start from there.
    let place = r - 1
    while (place > 0 && chosen[place] >= n - (repeats ? 1 : r - place)) place--
    chosen[place]++
    for (let later = place + 1; later < r; later++) chosen[later] = chosen[later - 1] + Number(!repeats)
  }
  return columns
}

function indices(count: number): BigInt64Array {
  try {
    return new BigInt64Array(count)
  } catch (cause) {
    throw new RangeError(
      `combinations: DefaultCPUAllocator: can't allocate memory: you tried to allocate ${8 * count} bytes.`,
      { cause }
    )
  }
}

/** All choices of `r` elements of a line, in the order of their places, as rows. */
export const combinations = declare(
  'combinations(input: Tensor, r: int = 2, withReplacement: bool = false)',
  (input, r, withReplacement): Tensor => {
    checkLine(input)
    if (r < 0) throw new RangeError(`Expect a non-negative number, but got ${r}`)
    if (r === 0) return filled([0], 0, input.code)
    const [n] = input.sizes
    const isEmpty = n === 0 || (r > n && !withReplacement)
    // No rows may have any number of places; a column for each of few ends in PyTorch's node.
    if (isEmpty && r > FEW_PLACES) return clone(reshape(indexSelect(input, 0, tensor(indices(0))), [0, r]))
    if (r > MOST_PLACES) throw new RangeError(`combinations: r must be at most ${MOST_PLACES}, got ${r}`)
    const columns = choices(n, r, withReplacement)
    return stack(
      columns.map((places) => indexSelect(input, 0, tensor(places))),
      1
    )
  },
  ['torch']
)
