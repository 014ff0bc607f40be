// What a file of torch.save may name, as PyTorch's weights_only allows it: classes of storages, dtypes, the functions
// that make tensors, and a few containers. Nothing of a file is run: each name means what stands here.

import { Tensor, nn } from '../../index'
import type { Unpickler } from '../pickle/unpickler'
import { Dict, Global, Tuple } from '../pickle/values'
import { MOST_DIMS } from '../ranges'
import { elements, refused, storageClasses } from './elements'
import { FileStorage, type Geometry } from './storage'

type Args = readonly unknown[]
type Fail = (what: string) => Error

/** What a tensor and what it is made of take, in the objects that the unpickler counts. */
const TENSOR_OBJECTS = 30

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const indices = (value: unknown): readonly number[] | null =>
  value instanceof Tuple && value.items.length <= MOST_DIMS && value.items.every(isIndex)
    ? (value.items as number[])
    : null

/** The globals that are allowed, by dotted path; `fail` makes an error of a sentence about the file. */
export function allowedGlobals(fail: Fail): ReadonlyMap<string, Global> {
  const wrong = (path: string): Error => fail(`is damaged: ${path} is called with arguments that it does not take`)

  function geometryOf(path: string, [, offset, size, stride]: Args): Geometry {
    const [sizes, strides] = [indices(size), indices(stride)]
    if (!isIndex(offset) || sizes === null || strides?.length !== sizes.length) throw wrong(path)
    return { size: sizes, stride: strides, offset }
  }

  /** A tensor of a storage, in its dtype unless another is named. */
  function tensorOf(path: string, args: Args, requiresGrad?: unknown, metadata?: unknown, dtype?: string): Tensor {
    const [storage] = args
    if (!(storage instanceof FileStorage)) throw wrong(path)
    if (metadata instanceof Dict && metadata.entries.size > 0) {
      throw fail('holds a conjugate or negative view; in Python, save tensor.resolve_conj().resolve_neg()')
    }
    return requiring(path, storage.tensor(geometryOf(path, args), dtype), requiresGrad)
  }

  function requiring(path: string, tensor: Tensor, requiresGrad: unknown): Tensor {
    if (requiresGrad === true && !tensor.isFloatingPoint()) throw wrong(path)
    return tensor.requiresGrad_(requiresGrad === true)
  }

  function dtypeOf(path: string, dtype: unknown): string {
    if (dtype instanceof Global && typeof dtype.value === 'string') return dtype.value
    throw wrong(path)
  }

  const makers: Record<string, (args: Args, unpickler: Unpickler) => unknown> = {
    'torch._utils._rebuild_tensor': (args) => tensorOf('_rebuild_tensor', args),
    'torch._utils._rebuild_tensor_v2': (args) => tensorOf('_rebuild_tensor_v2', args, args[4], args[6]),
    'torch._utils._rebuild_tensor_v3': (args) =>
      tensorOf('_rebuild_tensor_v3', args, args[4], args[7], dtypeOf('_rebuild_tensor_v3', args[6])),
    'torch._utils._rebuild_parameter': ([data, requiresGrad]) => parameterOf(data, requiresGrad),
    'torch._utils._rebuild_parameter_with_state': ([data, requiresGrad]) => parameterOf(data, requiresGrad),
    'torch._tensor._rebuild_from_type_v2': ([make, type, args], unpickler) => {
      const isPlain = type instanceof Global && plainClasses.includes(type.path)
      const call = make instanceof Global && /_rebuild_(tensor|parameter)/.test(make.path) ? make.call : null
      if (!isPlain || call === null || !(args instanceof Tuple)) throw wrong('_rebuild_from_type_v2')
      return call(args.items, unpickler)
    },
    'torch._utils._rebuild_device_tensor_from_cpu_tensor': ([data]) => {
      if (!(data instanceof Tensor)) throw wrong('_rebuild_device_tensor_from_cpu_tensor')
      return data
    },
    'torch._utils._rebuild_sparse_tensor': refusing('a sparse tensor', 'save tensor.to_dense()'),
    'torch.serialization._get_layout': refusing('a sparse tensor', 'save tensor.to_dense()'),
    'torch._utils._rebuild_qtensor': refusing('a quantised tensor', 'save tensor.dequantize()'),
    'torch._utils._rebuild_nested_tensor': refusing('a nested tensor', 'save tensor.unbind()'),
    'torch._utils._rebuild_meta_tensor_no_storage': refusing('a meta tensor', 'save tensors that have elements'),
    'torch._utils._rebuild_wrapper_subclass': refusing('a subclass of Tensor', 'save plain tensors'),
    'builtins.complex': refusing('a complex number', 'save its .real and .imag'),
    'collections.OrderedDict': ([pairs], unpickler) => dictOf(listOf(pairs, unpickler)),
    'collections.Counter': ([counts]) => (counts instanceof Dict ? counts : new Dict()),
    'builtins.set': ([items], unpickler) => new Set(listOf(items, unpickler)),
    'builtins.bytes': () => new Uint8Array(0),
    'builtins.bytearray': ([content]) => bytesOf(content),
    '_codecs.encode': ([content]) => bytesOf(content),
    'torch.Size': ([sizes]) => (sizes instanceof Tuple ? sizes : new Tuple([])),
    'torch.device': ([type, index]) => {
      if (typeof type !== 'string' || !(index === undefined || isIndex(index))) throw wrong('torch.device')
      return index === undefined ? type : `${type}:${index}`
    }
  }

  function refusing(what: string, advice: string): () => never {
    return () => {
      throw fail(`holds ${what}, which is not read; in Python, ${advice}`)
    }
  }

  function parameterOf(data: unknown, requiresGrad: unknown): nn.Parameter {
    if (!(data instanceof Tensor)) throw wrong('_rebuild_parameter')
    return requiring('_rebuild_parameter', new nn.Parameter(data, false), requiresGrad)
  }

  const globals = new Map<string, Global>()
  for (const [path, make] of Object.entries(makers)) {
    const makesTensor = path.includes('_rebuild')
    const call: Global['call'] = (args, unpickler) => {
      if (makesTensor) unpickler.spend(TENSOR_OBJECTS)
      return make(args, unpickler)
    }
    globals.set(path, new Global(path, call))
  }
  for (const scheme of quantisations) globals.set(`torch.${scheme}`, new Global(`torch.${scheme}`, null))
  for (const path of plainClasses) globals.set(path, new Global(path, null))
  for (const name of [...elements.keys(), ...refused.keys()]) {
    globals.set(`torch.${name}`, new Global(`torch.${name}`, null, name))
  }
  for (const [name, dtype] of [...Object.entries(storageClasses), ...untyped]) {
    for (const module of ['torch', 'torch.cuda', 'torch.storage']) {
      globals.set(`${module}.${name}`, new Global(`${module}.${name}`, null, new StorageClass(dtype)))
    }
  }
  return globals
}

const plainClasses = ['torch.Tensor', 'torch.nn.parameter.Parameter']

const quantisations = ['tensor', 'channel'].flatMap((per) => [`per_${per}_affine`, `per_${per}_symmetric`])

const untyped = [['UntypedStorage', null]] as const

/** The class of a storage: PyTorch's name of its dtype, null where it has none. */
export class StorageClass {
  constructor(readonly dtype: string | null) {}
}

/** The items of a list that a call goes through, which counts: it may go through one list again and again. */
function listOf(items: unknown, unpickler: Unpickler): readonly unknown[] {
  if (!Array.isArray(items)) return []
  unpickler.spend(items.length)
  return items as unknown[]
}

/** An OrderedDict, empty or of pairs. */
function dictOf(pairs: readonly unknown[]): Dict {
  const dict = new Dict()
  for (const pair of pairs) {
    const items: unknown = pair instanceof Tuple ? pair.items : pair
    if (Array.isArray(items) && items.length === 2) dict.entries.set(items[0], items[1])
  }
  return dict
}

/** Python 2 has no bytes: protocol 2 writes them as text of the characters 0 to 255. */
function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content
  return new Uint8Array(Buffer.from(typeof content === 'string' ? content : '', 'latin1'))
}
