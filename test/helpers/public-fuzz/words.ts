// The keywords of options and the words that stand for values, read from the sources of the library.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const lib = join(__dirname, '../../../lib')

/** An optional property or parameter and its type as written. */
export interface Keyword {
  readonly name: string
  readonly type: string
}

/** The text of each file of the library. */
export const sources = readdirSync(lib, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => readFileSync(join(lib, file), 'utf8'))

/** All that an interface of options says, such as `keepdim` and `boolean`. */
export const keywords: readonly Keyword[] = sources.flatMap((source) =>
  [...source.matchAll(/^ +(?:readonly )?(\w+)\?: ([^\n]+?),?$/gm)].map(([, name, type]) => ({ name, type }))
)

const quoted = (text: string): string[] => [...text.matchAll(/'(\w+)'/g)].map(([, word]) => word)

/** Words in unions, such as 'sum' and 'float32'. */
export const words: readonly string[] = [
  ...new Set(
    sources.flatMap((source) => [...source.matchAll(/^.*\btype \w+ =[^\n]*/gm)].flatMap(([line]) => quoted(line)))
  )
]
