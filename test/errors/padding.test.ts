// Messages about padding and classes, as a whole; see errors.test.ts.

import { constantPadNd, nn, ones, tensor } from '../../lib'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const { pad, oneHot } = nn.functional
const [v, x] = [ones(3), ones(2, 3)]
const classes = tensor([0n, 2n])

const rows: Row[] = [
  [() => constantPadNd(x, [1]), 'RangeError: Length of pad must be even but instead it equals 1'],
  [
    () => constantPadNd(v, [1, 1, 1, 1]),
    'RangeError: Length of pad should be no more than twice the number of dimensions of the input. Pad length is 4 while the ' +
      'input has 1 dimensions.'
  ],
  [() => constantPadNd(v, [-4, 2]), 'RangeError: narrow(): length must be non-negative.'],
  [() => pad(x, [1]), 'RangeError: Padding length must be divisible by 2'],
  [
    () => pad(v, [1, 1, 1, 1]),
    'RangeError: Padding length should be less than or equal to two times the input dimension but got padding length 4 and ' +
      'input of dimension 1'
  ],
  [() => pad(x, [1, 1], 'mirror'), 'RangeError: Unrecognised padding mode mirror'],
  [() => pad(x, [1, 1], 'reflect', 3), `RangeError: Padding mode "reflect" doesn't take in value argument`],
  [
    () => pad(v, [1, 1], 'reflect'),
    'RangeError: Padding size 2 is not supported for 1D input tensor. Supported combinations for non-constant padding: 2D or ' +
      '3D input: padding size = 2 (pads last dimension), 3D or 4D input: padding size = 4 (pads last 2 dimensions), 4D or 5D ' +
      'input: padding size = 6 (pads last 3 dimensions)'
  ],
  [
    () => pad(x, [3, 1], 'reflect'),
    'RangeError: Padding size should be less than the corresponding input dimension, but got: padding (3, 1) at dimension 1 of ' +
      'input [2, 3]'
  ],
  [() => pad(x, [4, 0], 'circular'), 'RangeError: Padding value causes wrapping around more than once.'],
  [
    () => pad(x, [-3, 0], 'replicate'),
    'RangeError: input of shape [2, 3] is too small. Calculated output size 0 of dimension 1'
  ],
  [() => pad(x.bool(), [1, 1], 'replicate'), `TypeError: "replication_pad1d" not implemented for 'Bool'; add .float()`],
  [() => oneHot(v), 'TypeError: oneHot is only applicable to index tensor of type LongTensor.; add .long()'],
  [() => oneHot(tensor([]).long()), 'RangeError: Can not infer total number of classes from empty tensor.'],
  [() => oneHot(tensor([0n, -2n])), 'RangeError: Class values must be non-negative.'],
  [() => oneHot(tensor([0n, -2n]), 3), 'RangeError: Class values must be non-negative.'],
  [() => oneHot(classes, 2), 'RangeError: Class values must be smaller than numClasses.; one is 2'],
  [() => oneHot(classes, 0), 'RangeError: Class values must be smaller than numClasses.']
]

test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
