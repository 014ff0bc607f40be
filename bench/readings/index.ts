// What is read off one long run rather than timed over and over: programs of their own that print one line of JSON per value.

import { join } from 'node:path'
import { readLines, typescript } from '../process'
import { tableText } from '../table'
import type { Value } from './value'

interface Reading {
  readonly title: string
  readonly command: readonly string[]
  readonly threads?: readonly number[]
}

export const readings: Record<string, Reading> = {
  'compile-delay': {
    title: 'How late a timer of 1 ms rings beside step.async()',
    command: typescript(join(__dirname, 'delay.ts')),
    threads: [1, 2]
  },
  'compile-heap': {
    title: 'What a million replays of the logistic regression leave in memory, after garbage collection',
    command: typescript(join(__dirname, 'heap.ts'), '--expose-gc')
  }
}

function cells({ name, value, unit, limit }: Value): string[] {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2
  const text = `${value.toFixed(digits)} ${unit}`
  if (limit === undefined) return [name, text, '']
  return [name, text, `${value <= limit ? 'within' : 'OVER'} ${limit} ${unit}`]
}

/** Runs a program and lays out its values. */
export function takeReading(name: string, threads: number): string {
  const { title, command } = readings[name]
  const values = readLines<Value>(name, command, threads)
  return tableText(`${name}: ${title}; threads: ${threads}`, ['', 'value', 'reach'], values.map(cells))
}
