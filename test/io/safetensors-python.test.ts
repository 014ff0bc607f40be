// Files of Python's safetensors: a fixture, and live where DYNGRAD_PYTHON has torch and safetensors.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DType, Generator, nn, rand, randn } from '../../lib'
import { safetensors, save } from '../../lib/io'
import { temporaryFolder } from '../helpers/folder'
import { root } from '../helpers/program'

const { loadFile, open, saveFile } = safetensors
const at = temporaryFolder()
const fixture = join(root, 'test/fixtures/safetensors/python.safetensors')
const dtypes: DType[] = [
  'bool',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64'
]

describe('a file that Python wrote', () => {
  const tensors = loadFile(fixture)

  test.each(dtypes)('has %s', (dtype) => {
    const x = tensors[dtype]
    expect([x.dtype, x.shape, x.to('float32').tolist()]).toEqual([
      dtype,
      [2, 3],
      dtype === 'bool'
        ? [
            [0, 1, 1],
            [1, 1, 0]
          ]
        : [
            [0, 1, 2],
            [3, 100, 0]
          ]
    ])
  })

  test('has other shapes, values and names', () => {
    expect([tensors['without dims'].item(), tensors['without elements'].shape]).toEqual([1.5, [0, 3]])
    expect(tensors.special.tolist()).toEqual([NaN, Infinity, -Infinity, -0])
    expect(tensors['é"\n'].tolist()).toEqual([1])
  })

  test('is what saveFile() writes of the same tensors, byte by byte', () => {
    saveFile(tensors, at('ours'), { metadata: open(fixture).metadata() })
    expect(readFileSync(at('ours')).equals(readFileSync(fixture))).toBe(true)
  })
})

const python = process.env.DYNGRAD_PYTHON ?? ''
const live = python !== '' && spawnSync(python, ['-c', 'import safetensors.torch']).status === 0 ? test : test.skip

live('what we write Python reads and writes alike', () => {
  const generator = new Generator().manualSeed(5)
  const tensors = Object.fromEntries(
    dtypes.map((dtype, i) => [`${dtype} ${i}`, randn([i, 7], { generator }).mul(100).to(dtype)])
  )
  saveFile({ ...tensors, scalar: rand([]) }, at('tensors'))
  saveFile(new nn.Linear(3, 2).stateDict(), at('net'), { metadata: { format: 'pt' } })
  save({ net: new nn.Linear(3, 2), list: [NaN, 5n, { é: '\ud83d\ude00"' }] }, at('state'))
  const paths = ['tensors', 'net', 'state'].map((name) => at(name))
  const { stderr, status } = spawnSync(python, [join(root, 'scripts/fixtures/safetensors_files.py'), ...paths], {
    encoding: 'utf8'
  })
  expect([status, stderr]).toEqual([0, ''])
  for (const path of paths) expect(readFileSync(`${path}.python`).equals(readFileSync(path))).toBe(true)
})
