// Linear algebra that PyTorch has in torch.linalg.

export { vectorNorm } from './ops/norm'
