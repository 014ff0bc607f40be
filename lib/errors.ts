// The library's own error class, and its warnings. Every other error is a TypeError (kind), RangeError (value) or Error
// (wrong moment).

/** Something that a captured step cannot do, with the way out. */
export class CompileError extends Error {
  override name = 'CompileError'
}

const warned = new Set<string>()

export const warn = (message: string): void => process.emitWarning(message, 'UserWarning')

/** Texts that name sizes are as many as these. */
const MOST_WARNED = 256

/** Emits a warning once per process; of very many texts the oldest may come again. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return
  if (warned.size === MOST_WARNED) warned.delete(warned.values().next().value!)
  warned.add(message)
  warn(message)
}

/** What PyTorch warns of where the gradient of a non-leaf is read. */
export const NON_LEAF_GRAD =
  "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during " +
  'autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retainGrad() on the ' +
  'non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See ' +
  'github.com/pytorch/pytorch/pull/30531 for more information.'
