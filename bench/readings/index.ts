// What is read off one long run rather than timed over and over: programs of their own that print one line of JSON per
// value.

import { join } from 'node:path'
import { readLines, typescript } from '../process'
import { tableText } from '../table'
import type { Threads } from '../trial'
import type { Value } from './value'

interface Reading {
  readonly title: string
  readonly command: readonly string[]
  readonly threads?: readonly Threads[]
}

/** What a reading came to. */
export interface Taken {
  readonly name: string
  readonly title: string
  readonly threads: Threads
  readonly values: readonly Value[]
}

export const readings: Record<string, Reading> = {
  'data-columns': {
    title: 'Rows of tables to batches and features, and how long the event loop waits for a CSV file',
    command: typescript(join(__dirname, 'columns.ts'))
  },
  'compile-delay': {
    title: 'How late a timer of 1 ms rings beside step.async()',
    command: typescript(join(__dirname, 'delay.ts')),
    threads: [1, 2]
  },
  'compile-heap': {
    title: 'What a million replays of the logistic regression leave in memory, after garbage collection',
    command: typescript(join(__dirname, 'heap.ts'), '--expose-gc')
  },
  'io-delay': {
    title: 'How long save.async() of 256 MiB keeps the event loop waiting',
    command: typescript(join(__dirname, 'io-delay.ts'))
  },
  malloc: {
    title: "malloc's settings: an add into fresh memory, and a service after a burst of 2 GB",
    command: typescript(join(__dirname, 'malloc.ts'))
  },
  memory: {
    title: 'The resident set of the logistic regression and of the MLP 784-512-512-10 at batch 256, both with SGD',
    command: typescript(join(__dirname, 'memory.ts'))
  },
  require: {
    title: "What require('dyngrad') adds to the life of a program",
    command: typescript(join(__dirname, 'require.ts'))
  }
}

function cells({ name, value, unit, limit }: Value): string[] {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2
  const text = `${value.toFixed(digits)} ${unit}`
  if (limit === undefined) return [name, text, '']
  return [name, text, `${value <= limit ? 'within' : 'OVER'} ${limit} ${unit}`]
}

/** Runs the program of a reading. */
export function takeReading(name: string, threads: Threads): Taken {
  const { title, command } = readings[name]
  return { name, title, threads, values: readLines<Value>(name, command, threads) }
}

/** Its values as a table. */
export const readingText = ({ name, title, threads, values }: Taken): string =>
  tableText(`${name}: ${title}; threads: ${threads}`, ['', 'value', 'reach'], values.map(cells))
