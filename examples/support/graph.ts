// The computational graph of a result as SVG text, laid out by Graphviz (compiled to WebAssembly, inside the npm
// package). Knows only the shape of a graph node: a name and where its inputs came from.

import { instance } from '@viz-js/viz'
import { colours } from './theme'

/** What a node of the dynamic graph shows of itself. */
export interface GraphNode {
  readonly name: string
  readonly nextFunctions: readonly (readonly [GraphNode | null, number])[]
  /** The leaf which an AccumulateGrad node adds gradients to. */
  readonly variable?: { readonly shape: readonly number[] } | null
}

export interface GraphOptions {
  /** Name of the result, drawn below its node. */
  readonly result: string
  /** Names of leaves, such as `net.namedParameters()`. */
  readonly leaves?: Iterable<readonly [string, object]>
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The graph in Graphviz' language: leaves on top, the result at the bottom. */
export function graphDot(root: GraphNode, { result, leaves = [] }: GraphOptions): string {
  const names = new Map(Array.from(leaves, ([name, leaf]) => [leaf, name]))
  const ids = new Map<GraphNode, string>()
  const lines: string[] = []
  const pending: GraphNode[] = []

  // A list, not recursion: graphs may be deeper than the stack.
  const visit = (node: GraphNode): string => {
    const known = ids.get(node)
    if (known !== undefined) return known
    const id = `n${ids.size}`
    ids.set(node, id)
    pending.push(node)
    return id
  }

  visit(root)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const id = visit(node)
    lines.push(`${id} [label=${quote(node.name)}]`)
    const { variable } = node
    if (variable) {
      const label = `${names.get(variable) ?? 'leaf'}\\n[${variable.shape.join(', ')}]`
      lines.push(`${id}_leaf [label="${label}" shape=box style="filled,rounded" ${leafColours}]`, `${id}_leaf -> ${id}`)
    }
    for (const [next] of node.nextFunctions) if (next !== null) lines.push(`${visit(next)} -> ${id}`)
  }

  return `digraph {
  bgcolor="${colours.paper}" pad=0.2 nodesep=0.35 ranksep=0.35
  node [shape=box style=filled fontname="Helvetica" fontsize=12 height=0.35 margin="0.16,0.06"
    color="${colours.muted}" fillcolor="${colours.grid}" fontcolor="${colours.ink}"]
  edge [color="${colours.muted}" arrowsize=0.6]
  ${lines.join('\n  ')}
  result [label=${quote(result)} style="filled,rounded" color="${colours.orange}" fillcolor="${colours.orangeWash}"]
  n0 -> result
}`
}

const leafColours = `color="${colours.blue}" fillcolor="${colours.blueWash}"`

/** Draws the graph that ends in `root`. */
export async function graphSvg(root: GraphNode, options: GraphOptions): Promise<string> {
  const viz = await instance()
  const drawn = viz.renderString(graphDot(root, options), { format: 'svg' })
  // Titles and comments hold Graphviz' own ids only, and browsers show titles as tooltips.
  return drawn
    .slice(drawn.indexOf('<svg'))
    .replace(/<title>[^]*?<\/title>\s*|<!--[^]*?-->\s*/g, '')
    .replaceAll('Helvetica,sans-Serif', 'Helvetica, Arial, sans-serif')
}
