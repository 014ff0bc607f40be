// Linear algebra that PyTorch has in torch.linalg.

export { linalgMatmul as matmul } from './ops/linalg'
export { linalgMatrixPower as matrixPower, multiDot } from './ops/chains'
export { linalgCross as cross } from './ops/cross'
export { linalgDiagonal as diagonal } from './ops/diagonal'
export { linalgNorm as norm, matrixNorm } from './ops/matrix-norm'
export { vectorNorm } from './ops/norm'
export { linalgVander as vander } from './ops/vander'
export { vecdot } from './ops/vecdot'
