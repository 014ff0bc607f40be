// Rows of casts, of tensors made like others, and of questions that the example answers.

import { type DType, type Tensor, fullLike, tensor } from '../../index'
import { code, constants, nodes, queries, writes } from './table'

interface Unary {
  readonly input: Tensor
}

// ---- casts: the result's dtype is all that they say ----

nodes<Unary>(
  'Tensor.to Tensor.typeAs Tensor.float Tensor.double Tensor.half Tensor.bfloat16 Tensor.char Tensor.short Tensor.int ' +
    'Tensor.long Tensor.byte Tensor.bool',
  (emit, { input }) => emit.cast(emit.of(input), emit.dtype)
)

// ---- like others ----

interface Filled extends Unary {
  readonly fillValue?: number
  readonly dtype?: DType | null
}

for (const [name, value] of Object.entries({ zerosLike: 0, onesLike: 1, fullLike: null, emptyLike: 0 })) {
  code<Filled>(name, ({ input, fillValue, dtype }) =>
    tensor(value ?? fillValue!, { dtype: dtype ?? input.dtype }).expand([...input.shape])
  )
}

interface New extends Filled {
  readonly size: readonly number[]
}
for (const [name, value] of Object.entries({ newZeros: 0, newOnes: 1, newFull: null, newEmpty: 0 })) {
  code<New>(`Tensor.${name}`, ({ input, size, fillValue, dtype }) =>
    tensor(value ?? fillValue!, { dtype: dtype ?? input.dtype }).expand([...size])
  )
}

// ---- in place, of what is overwritten ----

writes<{ input: Tensor; src: Tensor }>('Tensor.copy_', ({ input, src }) => src.to(input).expand([...input.shape]))
writes<Unary & { value: number | Tensor }>('fill_', ({ input, value }) =>
  typeof value === 'object' ? value.to(input).expand([...input.shape]) : fullLike(input, value)
)
writes<Unary>('zero_', ({ input }) => fullLike(input, 0))

// ---- of no tensor ----

constants(
  'tensor empty zeros ones full arange linspace logspace scalarTensor asTensor eye trilIndices triuIndices hannWindow ' +
    'hammingWindow blackmanWindow bartlettWindow kaiserWindow'
)

// ---- of no graph ----

code<Unary>('detach', ({ input }) => input)
writes<Unary>('detach_', ({ input }) => input)

// ---- questions ----

queries(
  'isFloatingPoint isComplex isSigned isSameSize numel Tensor.nelement Tensor.ndimension broadcastShapes ' +
    'sharesStorage nn.init.calculateFans nn.init.calculateGain'
)

export {}
