// The chains of trials/overhead.ts: operations of one element, one after the other.

export const LENGTH = 100

/** Names of chains. */
export const chainNames = /^chain of (\w+(?: of a leaf)?), forward( and backward)?$/

/** A step of x, of the leaf that the chain starts from, and of a constant 1. */
export type Step<Tensor> = (x: Tensor, leaf: Tensor, constant: Tensor) => Tensor
