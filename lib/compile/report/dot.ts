// A program as a Graphviz graph: launches are boxes, memory with a name is an ellipse, intermediates are edges between
// launches.

import type { Entry } from '../replay/cache'
import { costOf } from './cost'
import { textsOf } from './explain'
import { type Buffer, type Launch, type BufferOperand, type StridedOperand, coversBuffer, writesOf } from '../passes/ir'
import { ARENA, placeOf } from '../passes/lower'
import { type NamedMemory, Names, type Role } from './names'
import type { Program } from '../replay/program'
import { kindOfLaunch, linesOf } from './text'

const colours: Readonly<Record<Role, string>> = {
  argument: '#cfe3f7',
  outside: '#fbe3c4',
  scalar: '#eeeeee',
  result: '#cdebd0',
  state: '#f6d5d5',
  gradient: '#e3d8f3',
  arena: '#ffffff'
}

/** The program used last; what a backward through its results runs is left out. */
export function dotOf([entry]: readonly Entry[]): string {
  const body = entry === undefined ? [] : new Drawing(entry).lines()
  return ['digraph {', ...head, ...body, '}'].join('\n')
}

const head = [
  '  node [fontname="Helvetica" fontsize=11 style=filled color="#888888"]',
  '  edge [fontname="Helvetica" fontsize=9 color="#666666" arrowsize=0.7]'
]

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\l')}"`

class Drawing {
  readonly #program: Program
  readonly #names: Names
  /** The launches that wrote what an intermediate holds. */
  readonly #writers = new Map<Buffer, readonly number[]>()
  readonly #nodes = new Map<NamedMemory, string>()

  constructor(entry: Entry) {
    this.#program = entry.program
    this.#names = new Names(entry.program, textsOf(entry))
  }

  lines(): string[] {
    const { launches } = this.#program.graph
    const boxes = launches.map(
      (launch, i) => `  launch${i} [shape=box fillcolor="#ffffff" label=${this.#label(launch, i)}]`
    )
    const edges = launches.flatMap((launch, i) => this.#edges(launch, i))
    const ellipses = [...this.#nodes].map(([{ name, text, role }, id]) => {
      const label = quote(`${name}\n${text.replace(': ', '\n')}\n`)
      return `  ${id} [shape=ellipse fillcolor="${colours[role]}" label=${label}]`
    })
    return [...boxes, ...ellipses, ...edges]
  }

  #label(launch: Launch, i: number): string {
    const lines = linesOf(launch, (operand) => this.#names.of(operand))
    const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '…'] : lines
    const title = `${i} ${kindOfLaunch(launch)} ${costOf(launch).shape}`
    return quote(`${[title, ...shown].map(shortened).join('\n')}\n`)
  }

  #edges(launch: Launch, i: number): string[] {
    const writes = writesOf(launch)
    // Other families may read what they write: values are added to what is there.
    const reads = launch.kind === 'opaque' ? [...launch.reads, ...writes] : launch.reads
    const edges = [...this.#edgesBetween(reads, i), ...this.#edgesToMemory(launch.reads, writes, i)]
    for (const operand of writes) this.#noteWriter(operand, launch, i)
    return edges
  }

  /** From the launches that wrote the intermediates. */
  #edgesBetween(reads: readonly BufferOperand[], i: number): string[] {
    const intermediates = new Map(reads.map((operand) => [operand.buffer, operand]))
    return [...intermediates].flatMap(([buffer, operand]) => {
      const label = quote(`${this.#names.of(operand)}, ${buffer.bytes} B`)
      return (this.#writers.get(buffer) ?? []).map((writer) => `  launch${writer} -> launch${i} [label=${label}]`)
    })
  }

  /** One for each ellipse: memory that is updated in place has an arrow at both ends. */
  #edgesToMemory(reads: readonly BufferOperand[], writes: readonly BufferOperand[], i: number): string[] {
    const read = new Set(this.#ellipses(reads))
    const written = new Set(this.#ellipses(writes))
    const from = [...read].map(
      (named) => `  ${this.#node(named)} -> launch${i}${written.has(named) ? ' [dir=both]' : ''}`
    )
    const to = [...written].filter((named) => !read.has(named))
    return [...from, ...to.map((named) => `  launch${i} -> ${this.#node(named)}`)]
  }

  /** What is written in parts has more than one writer. */
  #noteWriter(operand: BufferOperand, launch: Launch, i: number): void {
    const { buffer } = operand
    if (placeOf(this.#program.layout, buffer).slot !== ARENA) return
    const isWhole = launch.kind === 'pointwise' && coversBuffer(operand as StridedOperand, launch.sizes)
    this.#writers.set(buffer, isWhole ? [i] : [...(this.#writers.get(buffer) ?? []), i])
  }

  /** What of `operands` is drawn as an ellipse. */
  #ellipses(operands: readonly BufferOperand[]): NamedMemory[] {
    return operands.flatMap(({ buffer, offset }) => {
      const place = placeOf(this.#program.layout, buffer)
      const named = place.slot === ARENA ? undefined : this.#names.at(place.slot, place.offset + offset)
      return named === undefined ? [] : [named]
    })
  }

  #node(named: NamedMemory): string {
    const known = this.#nodes.get(named)
    if (known !== undefined) return known
    const id = `memory${this.#nodes.size}`
    this.#nodes.set(named, id)
    return id
  }
}

const MOST_LINES = 8
const MOST_LETTERS = 60

const shortened = (line: string): string => (line.length <= MOST_LETTERS ? line : `${line.slice(0, MOST_LETTERS - 1)}…`)
