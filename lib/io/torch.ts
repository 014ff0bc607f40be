// Files of PyTorch's torch.save.

import type { nn } from '../index'
import { Signature } from '../signature'
import { pathOf, withFile } from './file'
import { readTorchFile } from './torch/file'

const signature = new Signature('torch.load(file: file)')

/**
 * What `torch.save` wrote, with tensors on the CPU; a state dict unless `Contents` says what else. Dicts become objects
 * (Maps where keys are neither strings nor ints), lists and tuples arrays, dtypes their names. Tensors of one storage
 * share it here, too. Nothing of the file is run: as with `weights_only`, a RangeError says which global is not
 * allowed, or what is damaged. uint16, uint32 and uint64 become int32 and int64.
 */
export function load(file: string | URL): nn.StateDict
export function load<Contents>(file: string | URL): Contents
export function load(...args: unknown[]): unknown {
  const [file] = signature.read(args)
  return withFile('torch.load', pathOf(file), readTorchFile)
}
