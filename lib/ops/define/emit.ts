// How an op is appended to an expression: by its forward over values, or as the kernel row of its name.

import { BOOL, FLOAT64, codeOf, defaults, isFloating, isOfStorage, kindOf, promoteWith } from '../../dtype'
import { type Expr, UnsupportedDtype } from '../../symbol'
import { kernelRow } from '../../launch'
import type { Form } from './form'
import { notImplemented } from './result'
import type { AnyRow, Promotion } from './row'
import { symbolOf } from './value'

/** Appends an op, given the symbols of its arguments and then of its options. */
export type Emit = (symbols: readonly Expr[]) => Expr

/** The forward that a row stands for in one of its forms. */
export function emitOf(name: string, row: AnyRow, form: Form): Emit {
  const { promotion, failure, floats, noHalves } = row
  const unsupported =
    row.unsupported ?? ((code) => notImplemented(floats ?? noHalves ?? name, code, conversionOf(code)))
  const emit =
    row.forward || row.emit ? emitFormula(row, form) : emitRow(kernelRow('pointwise', name), promotion, failure)
  return (symbols) => {
    try {
      const operands = symbols.slice(0, form.args.length)
      if (floats !== undefined) checkFloats(floats, operands)
      if (noHalves !== undefined) checkWide(noHalves, operands)
      return emit(symbols)
    } catch (error) {
      throw error instanceof UnsupportedDtype ? unsupported(error.code) : error
    }
  }
}

function checkFloats(kernel: string, symbols: readonly Expr[]): void {
  const code = symbols[0].builder.commonCode(symbols.filter(({ isNumber }) => !isNumber))
  if (!isFloating(code)) throw new UnsupportedDtype(kernel, code)
}

/** The dtype that values are stored in together. */
export const storedCodeOf = (values: readonly Expr[]): number =>
  codeOf(values.map((each) => kindOf(each.storedCode, each.priority)).reduce(promoteWith))

const isHalf = (code: number): boolean => isOfStorage(code) && isFloating(code)

function checkWide(kernel: string, symbols: readonly Expr[]): void {
  const code = storedCodeOf(symbols)
  if (isHalf(code)) throw new UnsupportedDtype(kernel, code)
}

const conversionOf = (code: number): 'float' | undefined => (isHalf(code) ? 'float' : undefined)

const emitFormula =
  (row: AnyRow, { Values, Options }: Form): Emit =>
  (given) => {
    const symbols = row.together === true ? together(given) : given
    const read = (position: number): Expr => symbols[position]
    const [values, options] = [new Values(read), new Options(read)]
    return symbolOf(row.forward ? row.forward(values, options) : row.emit!(values, options))
  }

/** Tensors in the dtype that they promote to; numbers as they are. */
function together(symbols: readonly Expr[]): readonly Expr[] {
  const tensors = symbols.filter(({ isNumber }) => !isNumber)
  if (tensors.length < 2) return symbols
  const { builder } = tensors[0]
  const code = builder.commonCode(tensors)
  return symbols.map((each) => (each.isNumber ? each : builder.cast(each, code)))
}

const emitRow =
  (row: number, promotion: Promotion = 'promote', failure: (() => Error) | null = null): Emit =>
  (symbols) => {
    const { builder } = symbols[0]
    const code = commonCode(symbols, promotion)
    const sources = symbols.map((symbol, i) => builder.cast(symbol, promotion === 'select' && i === 0 ? BOOL : code))
    return builder.instruction(row, code, sources, failure)
  }

/** Appends a kernel row by name, in the dtype that its operands promote to. */
export const applyKernel = (name: string, symbols: readonly Expr[]): Expr =>
  emitRow(kernelRow('pointwise', name))(symbols)

function commonCode(symbols: readonly Expr[], promotion: Promotion): number {
  const { builder } = symbols[0]
  const isExact = symbols.every(({ isNumber }) => isNumber)
  const code = builder.commonCode(promotion === 'select' ? symbols.slice(1) : symbols, isExact)
  if (promotion !== 'float' || isFloating(code)) return code
  return isExact ? FLOAT64 : defaults.float
}
