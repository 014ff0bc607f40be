// Messages speak of this library: names are camelCase, values are JavaScript's, functions are ours.

import * as dyngrad from '../../lib'
import { libraryStrings } from '../helpers/messages'

/** Files that print as PyTorch prints. */
const PRINTS = ['lib/format.ts', 'lib/nn/describe.ts']

/** Files that read and write what Python does: they speak of what stands there, and of what to do in Python. */
const PYTHON = ['lib/io/torch/', 'lib/io/npy/', 'lib/io/safetensors/', 'lib/optim/pytorch-state.ts']

/** PyTorch's names of kernels, which stand in double quotes before "not implemented for". */
const KERNEL = /^\w*_(cpu|kernel|impl|out)(_\w*)?$/

/** What else is written with an underscore. */
const OTHERS: Readonly<Record<string, string>> = {
  binary_cross_entropy: 'a kernel',
  rms_norm: 'a kernel',
  check_uniform_bounds: 'a kernel',
  tril_indices: 'a kernel',
  triu_indices: 'a kernel',
  softshrink_check: 'a kernel',
  floor_divide: 'a derivative that PyTorch names',
  unique_dim: 'a derivative that PyTorch names in quotes',
  unique_consecutive: 'a derivative that PyTorch names in quotes',
  log_normal_cpu: 'a kernel of PyTorch',
  leaky_relu: 'a word that PyTorch takes',
  n_sample: 'a quantity that PyTorch names',
  prob_dist: 'a quantity that PyTorch names',
  int8_t: 'a type of C++',
  int16_t: 'a type of C++',
  int64_t: 'a type of C++',
  uint8_t: 'a type of C++',
  batch_size: 'a quantity; no argument has this name',
  ndim_a: 'a quantity; no argument has this name',
  ndim_b: 'a quantity; no argument has this name',
  p_in: 'a quantity; no argument has this name',
  sparse_coo: 'a layout',
  use_mm_for_euclid_dist_if_necessary: 'a mode of cdist',
  use_mm_for_euclid_dist: 'a mode of cdist',
  smallest_normal: 'printed as PyTorch does',
  n_samples: 'a quantity that scikit-learn names',
  worker_threads: 'a module of Node',
  meta_data: 'a field of Parquet',
  node_modules: 'a folder'
}

const strings = libraryStrings().filter(
  ({ place }) => !PRINTS.includes(place.split(':')[0]) && !PYTHON.some((path) => place.startsWith(path))
)

/** Each match of `pattern` in a string of lib/ that `isOurs` does not explain. */
function found(pattern: RegExp, isExplained: (match: RegExpMatchArray, text: string) => boolean): string[] {
  return strings.flatMap(({ place, text }) =>
    [...text.matchAll(pattern)].filter((match) => !isExplained(match, text)).map(([word]) => `${place}: ${word}`)
  )
}

describe('messages', () => {
  test('name methods and options in camelCase', () => {
    const words = /(?<![\w/])_?[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g
    expect(found(words, ([word]) => word in OTHERS || KERNEL.test(word))).toEqual([])
  })

  test('name functions of ours, not of torch', () => {
    expect(found(/\btorch\.(\w+)/g, ([, name]) => !(name in dyngrad))).toEqual([])
  })

  test("give JavaScript's values", () => {
    // A word alone is what a subscript in words is compared with.
    expect(found(/\b(None|True|False)\b/g, ([word], text) => word === text)).toEqual([])
  })

  test('leave out what is not there', () => {
    const text = strings.map((each) => each.text).join('\n')
    expect(Object.keys(OTHERS).filter((word) => !text.includes(word))).toEqual([])
  })
})
