// NumPy reads what is written here. Needs Python with NumPy, which $DYNGRAD_PYTHON names.

import { spawnSync } from 'node:child_process'
import { type DType, type Tensor, arange, rand, tensor, zeros } from '../../lib'
import { npy, npz, raw } from '../../lib/io'
import { temporaryFolder } from '../helpers/folder'

const python = process.env.DYNGRAD_PYTHON ?? ''
const live = python !== '' && spawnSync(python, ['-c', 'import numpy']).status === 0 ? test : test.skip
const at = temporaryFolder()

const dtypes: DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64']
const tensors: Record<string, Tensor> = {
  ...Object.fromEntries(dtypes.map((dtype) => [dtype, tensor([[0, 1, 2]], { dtype })])),
  scalar: tensor(1.5),
  empty: zeros([0, 3]),
  transposed: arange(6).reshape(2, 3).t(),
  strided: rand([6, 6]).narrow(1, 1, 3)
}

const PROGRAM = `
import json, sys, numpy
def told(a):
    return [a.dtype.name, list(a.shape), bool(a.flags.f_contiguous and not a.flags.c_contiguous), a.astype('f8').tolist()]
folder = sys.argv[1]
found = {kind: {name: told(a) for name, a in numpy.load(f'{folder}/{kind}.npz').items()} for kind in ['stored', 'deflated']}
found['npy'] = {name: told(numpy.load(f'{folder}/{name}.npy')) for name in found['stored']}
found['raw'] = numpy.fromfile(f'{folder}/raw.bin', 'i8').tolist()
print(json.dumps(found))
`

live('NumPy reads .npy, .npz and raw elements', () => {
  npz.save(at('stored.npz'), tensors)
  npz.save(at('deflated.npz'), tensors, { compressed: true })
  for (const [name, each] of Object.entries(tensors)) npy.save(at(`${name}.npy`), each)
  raw.save(at('raw.bin'), tensors.transposed)
  const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM, at()], { encoding: 'utf8' })
  expect(stderr).toBe('')
  const told = Object.entries(tensors).map(([name, each]) => [
    name,
    [each.dtype, [...each.shape], name === 'transposed', each.to('float64').tolist()]
  ])
  const expected = Object.fromEntries(told) as unknown
  expect(JSON.parse(stdout)).toEqual({ npy: expected, stored: expected, deflated: expected, raw: [0, 3, 1, 4, 2, 5] })
})
