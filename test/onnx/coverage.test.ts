// Every public call has its row in lib/onnx/ops: what it is in ONNX, or why it is nothing.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { declarations, nn } from '../../lib'
import { rows } from '../../lib/onnx/ops'
import { examples } from './modules'

/** True for a call in place whose plain form has a row. */
function hasPlainForm(name: string): boolean {
  if (!name.endsWith('_')) return false
  const plain = name.replace(/^Tensor\./, '').slice(0, -1)
  return rows.has(plain) || rows.has(`Tensor.${plain}`)
}

test('every public call has a row', () => {
  const forgotten = [...declarations.keys()].filter((name) => !rows.has(name) && !hasPlainForm(name))
  expect(forgotten).toEqual([])
})

test('every row is of a public call', () => {
  // `at` stands beside the declarations.
  expect([...rows.keys()].filter((name) => name !== 'at' && !declarations.has(name))).toEqual([])
})

test('every module of nn is exported in a test', () => {
  const isModule = (value: unknown): boolean => typeof value === 'function' && value.prototype instanceof nn.Module
  const names = Object.entries(nn).flatMap(([name, value]) => (isModule(value) ? [name] : []))
  expect(names.filter((name) => !examples.has(name))).toEqual([])
})

test('the page lists what has no counterpart', () => {
  const { stderr, status } = spawnSync(process.execPath, ['scripts/onnx-coverage.mjs', '--check'], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8'
  })
  expect([stderr, status]).toEqual(['', 0])
})
