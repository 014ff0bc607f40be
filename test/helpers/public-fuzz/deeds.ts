// What hostile arguments do while the library looks at them.
import { Tensor, manualSeed, setGradEnabled, setNumThreads, tensor } from '../../../lib'
import type { Scene } from './scene'

/** An act and its description. */
export interface Deed {
  readonly text: string
  readonly value: () => void
}

/** On a tensor of the call: its memory, geometry, dtype, graph or version changes. */
const onTensors: readonly [string, (self: Tensor) => unknown][] = [
  ['data = one element', (self) => (self.data = tensor([7], { dtype: self.dtype }).clone())],
  ['data = other dtype', (self) => (self.data = self.detach().to(self.isFloatingPoint() ? 'float64' : 'uint8'))],
  ['data = transposed', (self) => (self.data = self.detach().transpose(0, -1))],
  ['data = empty', (self) => (self.data = self.detach().reshape(-1).narrow(0, 0, 0))],
  ['mul_', (self) => self.mul_(2)],
  ['requiresGrad', (self) => self.requiresGrad_(!self.requiresGrad)],
  ['detach_', (self) => self.detach_()],
  ['grad = null', (self) => (self.grad = null)],
  ['grad = itself', (self) => (self.grad = self.detach())],
  [
    'backward',
    (self) => {
      self.sum().backward()
    }
  ]
]

const onModes: readonly [string, () => unknown][] = [
  [
    'no grad',
    () => {
      setGradEnabled(false)
    }
  ],
  ['seed', () => manualSeed(3)],
  [
    'threads',
    () => {
      setNumThreads(2)
    }
  ]
]

/** Something that happens to one of the call's tensors, or to the modes; what it throws is thrown there. */
export function deed(scene: Scene): Deed {
  const { random } = scene
  if (random.chance(0.15)) {
    const [text, act] = random.pick(onModes)
    return { text, value: () => void act() }
  }
  const [text, act] = random.pick(onTensors)
  return {
    text,
    value: () => {
      const self = scene.tensor()
      if (self instanceof Tensor) act(self)
    }
  }
}
