// .npy files, NumPy's format of one array.

import { Tensor } from '../index'
import { tensorAdvice, wrongKind } from '../kinds'
import { type Arguments, Signature } from '../signature'
import { writeAtomically } from './atomic'
import { pathOf, withFile } from './file'
import { npyPieces, readNpy } from './npy/array'
import { FileSource } from './ranges'

const signatures = {
  save: new Signature('npy.save(file: file, tensor: any)'),
  load: new Signature('npy.load(file: file)')
}

/**
 * Writes a tensor as `np.save` does. What lies in Fortran's order stays so; any dtype but bfloat16, which NumPy does
 * not have.
 */
export function save(file: string | URL, tensor: Tensor): void
export function save(...args: unknown[]): void {
  const [file, tensor] = signatures.save.read(args)
  if (!(tensor instanceof Tensor)) throw wrongKind('npy.save', 'tensor', 'a Tensor', tensor, tensorAdvice)
  writeAtomically('npy.save', pathOf(file), npyPieces('npy.save', tensor))
}

/**
 * The tensor of a .npy file, of any version, byte order and order of elements: Fortran's become strides. Unsigned
 * integers that tensors do not have are widened: 16 bits to int32, 32 bits to int64, 64 bits to int64 where their
 * values fit. A RangeError says what is wrong with a file.
 */
export function load(...args: Arguments<typeof signatures.load>): Tensor {
  const [file] = signatures.load.read(args)
  const path = pathOf(file)
  return withFile('npy.load', path, (opened) => readNpy(new FileSource(opened), `npy.load: ${path}`))
}
