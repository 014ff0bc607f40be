// Linear algebra that PyTorch has in torch.linalg.

export { vectorNorm } from './ops/norm'
export { vecdot } from './ops/vecdot'
export { linalgDiagonal as diagonal } from './ops/diagonal'
