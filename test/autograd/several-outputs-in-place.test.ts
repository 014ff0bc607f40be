// Outputs of ops of several outputs, written in place.

import { type Tensor, arange, compile, noGrad, ones, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const matrix = (rows: number, columns: number): Tensor =>
  arange(1, rows * columns + 1, { dtype: 'float32' })
    .view(rows, columns)
    .requiresGrad_()

const namesOf = (x: Tensor): string[] => x.gradFn!.nextFunctions.map(([node, output]) => `${node} ${output}`)

describe('writes in place', () => {
  const advice =
    'This view is the output of a function that returns multiple views. Such functions do not allow the output views to be ' +
    'modified inplace. You should replace the inplace operation by an out-of-place one.'
  const refusal = (output: number, maker: string): string =>
    `Error: Output ${output} of ${maker} is a view and is being modified inplace. ${advice}`

  test('are refused on outputs of several views', () => {
    const y = matrix(6, 2).mul(1)
    expect(thrown(() => y.unbind()[1].mul_(2))).toBe(refusal(1, 'Unbind'))
    expect(thrown(() => y.split(2)[2].fill_(2))).toBe(refusal(2, 'Split'))
    expect(thrown(() => y.split([1, 5])[1].copy_(ones(5, 2)))).toBe(refusal(1, 'SplitWithSizes'))
    expect(thrown(() => y.chunk(2)[1].at(0).zero_())).toBe(refusal(0, 'Select'))
    expect(thrown(() => [...y][3].cumsum_(0))).toBe(refusal(3, 'Unbind'))
    expect(thrown(() => y.unbind()[1].uniform_())).toBe(refusal(1, 'Unbind'))
    expect(thrown(() => y.unbind()[1].indexPut_([tensor([0n])], tensor([1])))).toBe(refusal(1, 'Unbind'))
    // Of a leaf, too.
    expect(thrown(() => matrix(2, 2).unbind()[1].mul_(2))).toBe(refusal(1, 'Unbind'))
    expect(y.version).toBe(0)
  })

  test('are refused on views of such outputs, and views of those', () => {
    const y = matrix(6, 2).mul(1)
    expect(thrown(() => y.split(2)[1].view(-1).mul_(2))).toBe(refusal(0, 'View'))
    expect(thrown(() => y.split(2)[1].at(0).at(0).mul_(2))).toBe(refusal(0, 'Select'))
    expect(thrown(() => y.unbind()[1].unbind()[1].mul_(2))).toBe(refusal(1, 'Unbind'))
    expect(thrown(() => matrix(4, 2).split(2)[1].view(-1).mul_(2))).toBe(refusal(0, 'View'))
  })

  test('of something tracked into pieces of something untracked are refused as those on views made under noGrad', () => {
    const weight = tensor([1, 2], { requiresGrad: true })
    expect(thrown(() => zeros(3, 2).unbind()[1].mul_(weight))).toBe(
      `Error: A view was created in noGrad mode and is being modified inplace with grad mode enabled. ${advice}`
    )
    const y = matrix(3, 2).mul(1)
    expect(thrown(() => noGrad(() => y.unbind())[0].mul_(2))).toMatch(
      /^Error: A view was created in noGrad mode and is being modified inplace with grad mode enabled\. Given that this use case/
    )
    expect(
      thrown(() =>
        noGrad(() => y.split(1))[0]
          .at(0)
          .mul_(2)
      )
    ).toMatch(
      /^Error: Output 0 of Select is a view of a view which was created in noGrad mode and is being modified inplace with grad mode enabled\. Given/
    )
  })

  test('are none of autograd’s business where nothing is tracked, under noGrad and after detach()', () => {
    const plain = zeros(3, 2)
    plain.unbind()[1].add_(3)
    plain.split(1)[2].view(-1).fill_(4)
    expect(plain.sum(1).tolist()).toEqual([0, 6, 8])
    const y = matrix(2, 2).mul(1)
    noGrad(() => y.unbind()[1].zero_())
    y.unbind()[0].detach().zero_()
    expect([y.tolist().flat(), y.version]).toEqual([[0, 0, 0, 0], 2])
  })

  test('are allowed on pieces of tensorSplit(), which are slices, and reach the whole', () => {
    const x = matrix(4, 2)
    const y = x.mul(1)
    const [a, b, c] = y.tensorSplit(3)
    a.mul_(tensor([10, 100]))
    expect([a, b, c, y].map(({ gradFn }) => String(gradFn))).toEqual([
      '<AsStridedBackward0>',
      '<AsStridedBackward0>',
      '<AsStridedBackward0>',
      '<CopySlices>'
    ])
    y.sum().add(b.sum()).add(a.sum()).backward()
    expect(x.grad!.tolist()).toEqual([
      [20, 200],
      [20, 200],
      [2, 2],
      [1, 1]
    ])
  })

  test('of the whole are seen by its pieces, and by gradients that they keep', () => {
    const x = matrix(4, 2)
    const y = x.mul(1)
    const rows = y.unbind()
    rows[3].retainGrad()
    y.mul_(3)
    expect(namesOf(rows[3].exp())).toEqual(['<AsStridedBackward0> 0'])
    rows[3].sum().mul(5).backward()
    expect([rows[3].grad!.tolist(), x.grad!.sum(1).tolist()]).toEqual([
      [5, 5],
      [0, 0, 0, 30]
    ])
  })

  test('keep the gradient of what they made where it was asked for before', () => {
    const x = tensor([1, 1], { requiresGrad: true })
    const y = x.mul(1)
    y.retainGrad()
    y.mul_(3)
    y.mul(5).sum().backward()
    expect([y.grad!.tolist(), x.grad!.tolist()]).toEqual([
      [5, 5],
      [15, 15]
    ])
  })

  test('of a view that a compiled function returned, or of its views, are refused', () => {
    const f = compile((x: Tensor) => {
      const y = x.mul(2)
      return [y, y.at(0)]
    })
    f(matrix(2, 2))
    const [, row] = f(matrix(2, 2))
    expect(thrown(() => row.mul_(2))).toBe(
      'Error: Output 0 of Select is a view and is being modified inplace. A compiled function returned this view, and its ' +
        'base would not get the gradient of the write. You should replace the inplace operation by an out-of-place one.'
    )
    expect(thrown(() => row.view(1, 2).mul_(2))).toMatch(
      /^Error: Output 0 of View is a view and .* A compiled function/
    )
  })
})
