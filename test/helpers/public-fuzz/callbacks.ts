// Functions as arguments: some compute, some call the library at random, some change what they are called about, some
// throw.
import { Tensor } from '../../../lib'
import { deed } from './deeds'
import type { Drawn, Scene } from './scene'

export const PLANTED = 'planted'

/** What a hostile argument throws; the library passes it on. */
export const planted = (where: string): Error => new Error(`${PLANTED} in ${where}`)

type Body = (...inputs: unknown[]) => unknown

const firstTensor = (inputs: readonly unknown[]): Tensor | undefined => inputs.find((input) => input instanceof Tensor)

const computing: readonly [string, Body][] = [
  ['the first', (first) => first],
  ['its arguments', (...inputs) => inputs],
  ['nothing', () => undefined],
  ['null', () => null],
  ['x * 2 + 1', (...inputs) => firstTensor(inputs)?.mul(2).add(1)],
  ['backward of sum(x * x)', (...inputs) => squareAndBack(firstTensor(inputs))],
  ['{ y: exp(x) }', (...inputs) => ({ y: firstTensor(inputs)?.exp() })],
  ['item', (...inputs) => firstTensor(inputs)?.item()],
  ['x += 1', (...inputs) => firstTensor(inputs)?.add_(1)]
]

function squareAndBack(x: Tensor | undefined): Tensor | undefined {
  const loss = x?.mul(x).sum()
  if (loss?.requiresGrad === true) loss.backward()
  return loss
}

/** Calls something of the surface about its arguments. */
function calling({ random, targets }: Scene): Drawn {
  const target = random.pick(targets)
  const value: Body = (...inputs) => target.run(inputs[0], target.how === 'call' ? inputs : inputs.slice(1))
  return { value, text: `callback: ${target.name}` }
}

/** A function that may be called more than once, at any time after. */
export function callback(scene: Scene): Drawn {
  const { random } = scene
  if (random.chance(0.4)) return calling(scene)
  const [text, value] = random.pick(computing)
  return { value, text: `callback: ${text}` }
}

/** A function that does harm. */
export function hostileCallback(scene: Scene): Drawn {
  const { random } = scene
  const { text, value: act } = deed(scene)
  const bodies: readonly [string, Body][] = [
    [
      'throws',
      () => {
        throw planted('a callback')
      }
    ],
    [
      'throws a string',
      () => {
        throw PLANTED
      }
    ],
    ['a Promise', () => Promise.resolve(1)],
    [`${text}, then the first`, (first) => (act(), first)],
    [`${text}, then x * 2`, (...inputs) => (act(), firstTensor(inputs)?.mul(2))],
    [`x * 2, then ${text}`, (...inputs) => [firstTensor(inputs)?.mul(2), act()]],
    ['NaN', () => NaN],
    ['{}', () => ({})]
  ]
  const [what, value] = random.pick(bodies)
  return { value, text: `callback: ${what}` }
}
