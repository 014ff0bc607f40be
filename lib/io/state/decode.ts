// A training state put together again from tensors by name and its text.

import { type Tensor, nn } from '../../index'
import { Scanner } from '../scanner'
import { type Json, MOST_DEPTH, TAG } from './form'

export type Fail = (what: string) => Error

// A tagged object is two levels around one.
const MOST_LEVELS = 3 * (MOST_DEPTH + 2)

/** The value of a text, which nests no deeper than states may: deep ones would take much memory. */
export function parseJson(text: string, fail: Fail): Json {
  const scanner = new Scanner(text, fail)
  scanner.skip(MOST_LEVELS)
  scanner.end()
  try {
    return JSON.parse(text) as Json
  } catch {
    throw fail('it is no JSON')
  }
}

/** Puts a state together. Tensors that stood in several places are one again. */
export function decode(json: Json, tensors: Readonly<Record<string, Tensor>>, fail: Fail): unknown {
  const made = new Map<string, Tensor>()

  function value(json: Json): unknown {
    if (Array.isArray(json)) return json.map(value)
    if (typeof json !== 'object' || json === null) return json
    return Object.hasOwn(json, TAG) ? tagged((json as Record<string, Json>)[TAG]) : members(json as Members)
  }

  const members = (json: Members): object =>
    Object.fromEntries(Object.entries(json).map(([key, each]) => [key, value(each)]))

  function tagged(json: Json): unknown {
    const [tag, content, flag] = Array.isArray(json) ? (json as Json[]) : []
    if (tag === 'undefined') return undefined
    if (tag === 'object' && isMembers(content)) return members(content)
    if (tag === 'number' && typeof content === 'string') return Number(content)
    if (tag === 'bigint' && typeof content === 'string' && /^-?\d{1,1000}$/.test(content)) return BigInt(content)
    if ((tag === 'tensor' || tag === 'parameter') && typeof content === 'string')
      return tensor(tag === 'parameter', content, flag === true)
    throw fail(`its '${TAG}' is none that this dyngrad knows`)
  }

  function tensor(isParameter: boolean, name: string, requiresGrad: boolean): Tensor {
    const key = `${isParameter} ${requiresGrad} ${name}`
    const known = made.get(key)
    if (known !== undefined) return known
    if (!Object.hasOwn(tensors, name)) throw fail(`the file has no tensor '${name.slice(0, 100)}'`)
    const plain = tensors[name]
    if (requiresGrad && !plain.dtype.includes('float')) throw fail(`'${name.slice(0, 100)}' cannot require gradients`)
    const result = isParameter ? new nn.Parameter(plain, requiresGrad) : requiresGrad ? leafOf(plain) : plain
    made.set(key, result)
    return result
  }

  return value(json)
}

type Members = Readonly<Record<string, Json>>

const isMembers = (json: Json | undefined): json is Members =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const leafOf = (tensor: Tensor): Tensor => tensor.detach().requiresGrad_()
