// Public names of `autograd`.

export { AccumulateGrad, type BackwardRule, Node } from './node'
export { type TensorOrTensors, backward, grad } from './functions'
export { GradcheckError, gradcheck, gradgradcheck } from './gradcheck'
export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './mode'
