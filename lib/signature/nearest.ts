// The name that a misspelt one stands for.

/** Names of other libraries for what PyTorch calls otherwise. */
const aliases: Readonly<Record<string, string>> = {
  axis: 'dim',
  axes: 'dim',
  keepdims: 'keepdim',
  self: 'input',
  x: 'input',
  learningRate: 'lr'
}

/** `weight_decay` as `weightDecay`. */
const camelCase = (name: string): string => name.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase())

/** Insertions, deletions, changes and swaps of neighbours that lead from `a` to `b` (Damerau and Levenshtein). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, change))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1)
    }
    rows.push(row)
  }
  return rows[a.length][b.length]
}

/** Longer names are nobody's. */
const LONGEST = 64

/** The known name that is nearest to `name`, null where none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST) return null
  const camel = camelCase(name)
  const alias = aliases[camel]
  if (alias !== undefined && known.includes(alias)) return alias
  let best: string | null = null
  let least = Infinity
  for (const candidate of known) {
    const steps = distance(camel.toLowerCase(), candidate.toLowerCase())
    if (steps < least) [best, least] = [candidate, steps]
  }
  return best !== null && least <= Math.max(1, Math.floor(best.length / 2)) ? best : null
}

/** A hint for messages: the nearest known name, or all of them. */
export function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  if (near !== null) return `; did you mean '${near}'?`
  return known.length === 0 ? '; it takes none' : `; it takes ${known.join(', ')}`
}
