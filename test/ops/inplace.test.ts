// In-place writes: what they give, where they are refused, and the gradient of what they overwrite.

import { type Tensor, arange, autograd, noGrad, ones, slice, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const leaf = (...shape: number[]): Tensor => ones(shape, { requiresGrad: true })
const nameOf = (x: Tensor): string | null => x.gradFn?.name ?? null

describe('in-place ops', () => {
  test('write into strided tensors', () => {
    const x = zeros(2, 3)
    x.t()
      .at(slice(0, 3, 2))
      .add_(tensor([[1, 2]]))
    expect(x.tolist()).toEqual([
      [1, 0, 1],
      [2, 0, 2]
    ])
  })

  test('take the tensor itself and parts that do not meet it', () => {
    const x = arange(4, { dtype: 'float32' })
    x.add_(x)
    x.at(slice(0, 4, 2)).add_(x.at(slice(1, 4, 2)))
    expect(x.tolist()).toEqual([2, 2, 10, 6])
    const m = arange(9, { dtype: 'float32' }).reshape(3, 3)
    m.select(1, 0).add_(m.select(1, 1))
    expect(m.select(1, 0).tolist()).toEqual([1, 7, 13])
  })

  test('have the scalar options of the out-of-place forms', () => {
    const x = tensor([1, 2])
    x.add_(tensor([1, 1]), { alpha: 10 })
      .sub_(1, { alpha: 2 })
      .div_(4, { roundingMode: 'floor' })
      .clamp_({ max: 2 })
    expect(x.tolist()).toEqual([2, 2])
    expect(tensor([4, 9]).pow_(0.5).tolist()).toEqual([2, 3])
    expect(tensor(Uint8Array.of(1, 250)).mul_(-2).tolist()).toEqual([254, 12])
  })
})

describe('comparisons and logic', () => {
  test('are 1 or 0 in the dtype of the tensor', () => {
    const x = tensor([0, 1, 2])
    expect(x.clone().ge_(1).tolist()).toEqual([0, 1, 1])
    expect(
      x
        .clone()
        .eq_(tensor([0, 1, 1]))
        .tolist()
    ).toEqual([1, 1, 0])
    expect(x.int().logicalNot_().tolist()).toEqual([1, 0, 0])
    expect(x.int().bitwiseAnd_(1).tolist()).toEqual([0, 1, 0])
    expect(x.int().bitwiseXor_(x.int()).tolist()).toEqual([0, 0, 0])
    expect(x.int().bitwiseOr_(4).tolist()).toEqual([4, 5, 6])
    expect(x.bool().bitwiseNot_().tolist()).toEqual([true, false, false])
  })

  test('of integers, and steps', () => {
    const x = tensor([12, -6, 7], { dtype: 'int32' })
    const y = tensor([8, 4, 0], { dtype: 'int32' })
    expect(x.clone().gcd_(y).tolist()).toEqual([4, 2, 7])
    expect(x.clone().lcm_(y).tolist()).toEqual([24, 12, 0])
    expect(x.clone().bitwiseLeftShift_(1).tolist()).toEqual([24, -12, 14])
    expect(x.clone().bitwiseRightShift_(y).tolist()).toEqual([0, -1, 7])
    expect(x.clone().heaviside_(y).tolist()).toEqual([1, 0, 1])
    expect(x.clone().floorDivide_(4).tolist()).toEqual([3, -2, 1])
    const divided = leaf(1).mul(1).floorDivide_(2)
    expect(thrown(() => divided.backward())).toBe('Error: derivative for aten::floor_divide is not implemented')
    const written = leaf(1).mul(1).heaviside_(ones(1))
    expect(thrown(() => written.backward())).toBe('Error: derivative for aten::heaviside is not implemented')
  })

  test('have the gradient 0', () => {
    const [x, y] = [leaf(3), leaf(3)]
    const compared = x.mul(1).gt_(y)
    expect(nameOf(compared)).toBe('GtBackward1')
    expect(nameOf(x.mul(1).gt_(2))).toBe('GtBackward0')
    compared.sum().backward()
    expect([x.grad!.tolist(), y.grad!.tolist()]).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
  })
})

describe('copy_()', () => {
  test('broadcasts and casts', () => {
    const x = zeros(2, 3, { dtype: 'int32' })
    expect(x.copy_(tensor([1.9, -2.9, 3])).tolist()).toEqual([
      [1, -2, 3],
      [1, -2, 3]
    ])
  })

  test('gives the gradient to its source, summed over what was repeated', () => {
    const source = leaf(3)
    const x = zeros(2, 3).copy_(source)
    x.sum().backward()
    expect([nameOf(x), source.grad!.tolist()]).toEqual(['CopyBackwards', [2, 2, 2]])
  })

  test('cuts the gradient of what it overwrites', () => {
    const x = leaf(3)
    x.mul(2).copy_(ones(3)).sum().backward()
    expect(x.grad!.tolist()).toEqual([0, 0, 0])
  })

  test('rejects shapes that would grow its tensor', () => {
    expect(thrown(() => ones(3).copy_(ones(2)))).toBe(
      'RangeError: The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0; ' +
        'copy_: cannot broadcast [3] with [2]'
    )
    expect(thrown(() => ones(3).copy_(ones(2, 3)))).toBe(
      "RangeError: output with shape [3] doesn't match the broadcast shape [2, 3]"
    )
  })
})

describe('fill_() and zero_()', () => {
  test('set every element, truncated for integers', () => {
    expect(zeros(2, { dtype: 'int32' }).fill_(2.7).tolist()).toEqual([2, 2])
    expect(zeros(2, { dtype: 'uint8' }).fill_(-1).tolist()).toEqual([255, 255])
    expect(zeros(2, { dtype: 'bool' }).fill_(5).tolist()).toEqual([true, true])
    expect(ones(2).zero_().tolist()).toEqual([0, 0])
  })

  test('reject numbers that do not fit', () => {
    expect(thrown(() => zeros(2, { dtype: 'uint8' }).fill_(300))).toBe(
      'RangeError: value cannot be converted to type uint8_t without overflow; it is 300'
    )
    expect(thrown(() => zeros(2, { dtype: 'int32' }).fill_(NaN))).toBe(
      'RangeError: value cannot be converted to type int without overflow; it is NaN'
    )
    expect(thrown(() => zeros(2).fill_(1e39))).toBe(
      'RangeError: value cannot be converted to type float without overflow; it is 1e+39'
    )
  })
})

describe('a write through a view', () => {
  test('makes CopySlices the history of the base, and views of it hang on that', () => {
    const x = arange(6, { dtype: 'float32' }).reshape(2, 3).clone().requiresGrad_()
    const base = x.mul(2)
    const [row, flat] = [base.at(0), base.view(6)]
    row.mul_(10)
    expect([base, row, flat].map(nameOf)).toEqual(['CopySlices', 'AsStridedBackward0', 'AsStridedBackward0'])
    flat.sum().backward()
    expect(x.grad!.tolist()).toEqual([
      [20, 20, 20],
      [2, 2, 2]
    ])
  })

  test('works where the base is not row-major', () => {
    const x = leaf(2, 3)
    const base = x.mul(1).t().clone()
    expect(base.strides).toEqual([1, 3])
    base.at(0).mul_(2)
    base
      .select(1, 1)
      .at(slice(1, 3))
      .mul_(tensor([5, 7]))
    base.sum().backward()
    expect(x.grad!.tolist()).toEqual([
      [2, 1, 1],
      [2, 5, 7]
    ])
  })

  test('works where the base has gaps', () => {
    const memory = zeros(4, 4)
    const base = memory.at(slice(0, 4, 2), slice(1, 3)).detach()
    const x = leaf(2)
    base.at(1).copy_(x)
    base
      .mul(
        tensor([
          [1, 2],
          [3, 4]
        ])
      )
      .sum()
      .backward()
    expect([nameOf(base), x.grad!.tolist(), memory.at(2).tolist()]).toEqual(['CopySlices', [3, 4], [0, 1, 1, 0]])
  })

  test('through a transposed view multiplies the transposed gradient', () => {
    const x = leaf(2, 2)
    const base = x.mul(1)
    base.t().mul_(
      tensor([
        [1, 2],
        [3, 4]
      ])
    )
    base.sum().backward()
    expect([base.tolist(), x.grad!.tolist()]).toEqual([
      [
        [1, 3],
        [2, 4]
      ],
      [
        [1, 3],
        [2, 4]
      ]
    ])
  })

  test('makes a plain buffer part of the graph, through views of views', () => {
    const p = leaf(2)
    const buffer = zeros(4)
    const inner = buffer.at(slice(0, 2))
    inner.at(slice(0, 1)).copy_(p.at(slice(0, 1)))
    buffer.sum().backward()
    expect([nameOf(buffer), nameOf(inner), p.grad!.tolist()]).toEqual(['CopySlices', 'AsStridedBackward0', [1, 0]])
  })

  test('has second derivatives', () => {
    const x = tensor([2, 3], { requiresGrad: true })
    const base = x.mul(1)
    base.at(0).mul_(x.at(1))
    const y = base.square().sum() // (x0 x1)^2 + x1^2
    const [g] = autograd.grad(y, x, { createGraph: true })
    expect(g.tolist()).toEqual([36, 30])
    const [h] = autograd.grad(g.sum(), x) // 2 x1^2 + 4 x0 x1, 4 x0 x1 + 2 x0^2 + 2
    expect(h.tolist()).toEqual([42, 34])
  })
})

describe('refused writes', () => {
  test('are those on leaves that require grad, views made by the user included', () => {
    const message = (kind: string): string =>
      `Error: ${kind} leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.`
    expect(thrown(() => leaf(3).add_(1))).toBe(message('a'))
    expect(thrown(() => leaf(3).at(0).fill_(1))).toBe(message('a view of a'))
    expect(thrown(() => zeros(6).view(2, 3).requiresGrad_().add_(1))).toBe(message('a view of a'))
  })

  test('are allowed on leaves under noGrad; the leaf stays one', () => {
    const x = leaf(2)
    noGrad(() => x.sub_(0.5))
    expect([x.tolist(), x.isLeaf, x.requiresGrad, x.version]).toEqual([[0.5, 0.5], true, true, 1])
  })

  test('are those on views made under noGrad, from plain buffers too when the value is tracked', () => {
    const buffer = zeros(3)
    const view = noGrad(() => buffer.at(0))
    view.add_(1)
    expect(thrown(() => view.add_(tensor(1, { requiresGrad: true })))).toMatch(
      /^Error: A view was created in noGrad mode and is being modified inplace with grad mode enabled\./
    )
    expect(buffer.tolist()).toEqual([1, 0, 0])
  })

  test('are those on outputs of functions with several views', () => {
    const parts = leaf(4).mul(1).split(2)
    expect(thrown(() => parts[1].mul_(1))).toMatch(
      /^Error: Output 1 of Split is a view and is being modified inplace\./
    )
    const plain = zeros(4).unbind()
    expect(plain[1].add_(1).item()).toBe(1)
  })

  test('are those through views that show an element more than once', () => {
    const x = arange(3, { dtype: 'float32' })
    const twice = x.asStrided([2, 2], [1, 1])
    const writes: ((self: Tensor) => unknown)[] = [
      (self) => self.add_(1),
      (self) => self.mul_(ones(2, 2)),
      (self) => self.relu_(),
      (self) => self.copy_(ones(2, 2)),
      (self) => self.fill_(1)
    ]
    for (const write of writes) {
      expect(thrown(() => write(twice))).toBe(
        'Error: unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
          'Please clone() the tensor before performing the operation.'
      )
    }
    expect([x.tolist(), x.version]).toEqual([[0, 1, 2], 0])
  })

  test('are not those through strides that interleave, or where there is no element', () => {
    const x = zeros(8)
    x.asStrided([2, 3], [3, 2]).add_(1)
    expect(x.tolist()).toEqual([1, 0, 1, 1, 1, 1, 0, 1])
    expect(zeros(0, 1).expand(0, 3).add_(1).shape).toEqual([0, 3])
  })

  test('are those that need another dtype or shape', () => {
    expect(thrown(() => ones(3).int().add_(1.5))).toBe(
      "TypeError: result type Float can't be cast to the desired output type Int; convert the operand to torch.int32 or use the " +
        'out-of-place form'
    )
    expect(() => ones(3).int().div_(2)).toThrow("result type Float can't be cast to the desired output type Int")
    expect(() => ones(3).bool().add_(1)).toThrow("result type Long can't be cast to the desired output type Bool")
    expect(() => ones(3).add_(ones(1, 3))).toThrow("output with shape [3] doesn't match the broadcast shape [1, 3]")
  })

  test('leave the tensor as it was', () => {
    const x = ones(3).int()
    expect(() => x.add_(1.5)).toThrow()
    expect(() => x.add_(ones(2, 3).int())).toThrow()
    expect([x.tolist(), x.version]).toEqual([[1, 1, 1], 0])
  })
})
