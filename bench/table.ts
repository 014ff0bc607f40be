// Text in columns.

/**
 * Lines of equally many cells under a title; the first `left` columns are flush left, and columns empty in all rows
 * left out.
 */
export function tableText(title: string, head: readonly string[], rows: readonly string[][], left = 1): string {
  const lines = [head, ...rows]
  const filled = head.map((_, column) => column === 0 || rows.some((row) => row[column] !== ''))
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .filter((_, column) => filled[column])
      .join('  ')
      .trimEnd()
  )
  return `${title}\n${text.map((line) => `  ${line}\n`).join('')}`
}
