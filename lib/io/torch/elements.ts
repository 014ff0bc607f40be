// What elements of PyTorch's storages are, and which of them tensors here take up.

import type { DType } from '../../index'
import { signedFor } from '../unsigned'

/** Elements of a storage. */
export interface Elements {
  readonly dtype: DType
  readonly itemSize: number
  /** True where the dtype, which is wider, takes up unsigned integers. */
  readonly unsigned: boolean
}

const same = (dtype: DType, itemSize: number): Elements => ({ dtype, itemSize, unsigned: false })
const wider = (itemSize: number): Elements => ({ dtype: signedFor[itemSize], itemSize, unsigned: true })

/** By PyTorch's name of the dtype. */
export const elements: ReadonlyMap<string, Elements> = new Map(
  Object.entries({
    float32: same('float32', 4),
    float64: same('float64', 8),
    float16: same('float16', 2),
    bfloat16: same('bfloat16', 2),
    int64: same('int64', 8),
    int32: same('int32', 4),
    int16: same('int16', 2),
    int8: same('int8', 1),
    uint8: same('uint8', 1),
    bool: same('bool', 1),
    uint16: wider(2),
    uint32: wider(4),
    uint64: wider(8)
  })
)

/** Dtypes that are not taken up, and what to save in place of such tensors. */
export const refused: ReadonlyMap<string, string> = new Map([
  ...['complex32', 'complex64', 'complex128'].map((name) => [name, 'save tensor.real and tensor.imag'] as const),
  ...['qint8', 'quint8', 'qint32', 'quint4x2', 'quint2x4'].map((name) => [name, 'save tensor.dequantize()'] as const),
  ...['float8_e4m3fn', 'float8_e5m2', 'float8_e4m3fnuz', 'float8_e5m2fnuz', 'float8_e8m0fnu', 'float4_e2m1fn_x2'].map(
    (name) => [name, 'save tensor.to(torch.float32)'] as const
  )
])

/** The dtype of the elements of a typed storage class. */
export const storageClasses: Readonly<Record<string, string>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
  QInt8Storage: 'qint8',
  QUInt8Storage: 'quint8',
  QInt32Storage: 'qint32',
  QUInt4x2Storage: 'quint4x2',
  QUInt2x4Storage: 'quint2x4'
}
