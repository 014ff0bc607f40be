// A training state as tensors by name and one text that says where they are in it.

import { Generator, type Tensor as TensorOf, Tensor, nn } from '../../index'
import { isCallable, isThenable, kindText } from '../../kinds'
import { isKeywords } from '../../signature'
import { METADATA } from '../safetensors/header'
import { type Json, type Tag, MOST_DEPTH, TAG } from './form'

/** A state in two parts. */
export interface Encoded {
  readonly tensors: Record<string, TensorOf>
  readonly json: Json
}

/** Takes a state apart. `op` is the function that saves it, for messages. */
export function encode(op: string, state: unknown): Encoded {
  const encoder = new Encoder(op)
  const json = encoder.value(state, [])
  return { tensors: Object.fromEntries(encoder.tensors), json }
}

/** Halves of characters, which UTF-8 has not. */
const loneSurrogates = /\p{Surrogate}/gu

type Path = readonly string[]

class Encoder {
  /** By their name: the path to where they stand first. */
  readonly tensors = new Map<string, Tensor>()
  /** Names by what the tensors show, so that what stands in several places is saved once. */
  readonly #names = new Map<string, string>()
  readonly #open = new Set<object>()

  constructor(readonly op: string) {}

  value(value: unknown, path: Path): Json {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged('number', numberText(value))
      case 'bigint':
        return tagged('bigint', String(value))
      case 'undefined':
        return tagged('undefined')
      case 'object':
        return value === null ? null : this.#object(value, path)
      default:
        throw this.#refusal(value, path)
    }
  }

  #object(value: object, path: Path): Json {
    if (value instanceof Tensor) return this.#tensor(value, path)
    if (value instanceof Generator) return this.#tensor(value.getState(), path)
    if (this.#open.has(value)) throw new TypeError(`${this.op}: ${pathText(path)} contains itself`)
    if (path.length > MOST_DEPTH)
      throw new RangeError(`${this.op}: ${pathText(path.slice(0, 3))}... nests deeper than ${MOST_DEPTH} levels`)
    this.#open.add(value)
    const json = this.#contents(value, path)
    this.#open.delete(value)
    return json
  }

  #contents(value: object, path: Path): Json {
    if (Array.isArray(value)) return Array.from(value, (each: unknown, i) => this.value(each, [...path, String(i)]))
    if (isCallable(value, 'stateDict')) return this.value((value as { stateDict(): unknown }).stateDict(), path)
    if (!isKeywords(value)) throw this.#refusal(value, path)
    const entries = Object.entries(value).map(([key, each]) => [key, this.value(each, [...path, key])] as const)
    const json = Object.fromEntries(entries)
    return Object.hasOwn(json, TAG) ? tagged('object', json) : json
  }

  #tensor(tensor: Tensor, path: Path): Json {
    const { serial, byteOffset, dtype, shape, steps, requiresGrad } = tensor
    const shown = [serial, byteOffset, dtype, shape, steps].join(';')
    const name = this.#names.get(shown) ?? this.#nameFor(path)
    if (!this.#names.has(shown)) {
      this.#names.set(shown, name)
      this.tensors.set(name, tensor)
    }
    if (tensor instanceof nn.Parameter) return tagged('parameter', name, requiresGrad)
    return requiresGrad ? tagged('tensor', name, requiresGrad) : tagged('tensor', name)
  }

  #nameFor(path: Path): string {
    let name = path.length === 0 ? 'tensor' : path.join('.').replace(loneSurrogates, '\ufffd')
    while (this.tensors.has(name) || name === METADATA) name += "'"
    return name
  }

  #refusal(value: unknown, path: Path): TypeError {
    return new TypeError(
      `${this.op}: ${pathText(path)} is of kind ${kindText(value)}, which a file does not keep${advice(value)}`
    )
  }
}

const tagged = (tag: Tag, ...values: Json[]): Json => ({ [TAG]: [tag, ...values] })

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

const pathText = (path: Path): string => ['state', ...path].join('.')

/** The way from a value to one that a file keeps. */
function advice(value: unknown): string {
  if (isThenable(value)) return '; await it'
  if (value instanceof Map) return '; use Object.fromEntries(map)'
  if (value instanceof Set) return '; use [...set]'
  if (value instanceof Date) return '; use its toISOString()'
  if (ArrayBuffer.isView(value)) return '; use tensor(array)'
  return '; save what it is made of: tensors, arrays, plain objects, strings, numbers'
}
