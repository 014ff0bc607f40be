// Follows a training run: progress on the terminal, a picture per frame, and a page about all of it at the end.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileError } from './cli'
import { percent } from './format'
import { graphSvg, type GraphNode, type GraphOptions } from './graph'
import { pageHtml } from './page'
import { frameSvg, lossSvg, type Classes, type Frame } from './plot'
import { Progress } from './progress'
import { standaloneSvg } from './theme'

export interface ReportOptions {
  readonly title: string
  readonly iterations: number
  /** The folder to write into, or null for no pictures. */
  readonly out: string | null
  readonly classes: Classes
}

const pictureName = /^iteration-\d+\.svg$/

export class Report {
  readonly #options: ReportOptions
  readonly #progress: Progress
  readonly #losses: number[] = []
  readonly #frames: (Frame & { svg: string })[] = []

  constructor(options: ReportOptions) {
    this.#options = options
    this.#progress = new Progress('iteration', options.iterations)
    const { out } = options
    if (out === null) return
    try {
      mkdirSync(out, { recursive: true })
      // A shorter run must not leave pictures of a longer one behind it.
      for (const name of readdirSync(out)) if (pictureName.test(name)) rmSync(join(out, name))
    } catch (error) {
      throw fileError(out, error)
    }
  }

  /** Notes the loss of one iteration. */
  step(iteration: number, loss: number): void {
    this.#losses.push(loss)
    this.#progress.step(iteration)
  }

  /** Shows where the training stands, in the terminal and as a picture. */
  frame(frame: Frame): void {
    const { iteration, loss, accuracy } = frame
    this.#progress.report(iteration, `loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`)
    const svg = this.#options.out === null ? '' : frameSvg(this.#options.classes, frame)
    this.#frames.push({ ...frame, svg })
    this.#write(`iteration-${String(iteration).padStart(4, '0')}.svg`, svg)
  }

  /** Writes the loss curve, the graph of `root` and the page, and says where they are. */
  async finish(summary: string, root: GraphNode, options: GraphOptions): Promise<void> {
    this.#progress.finish()
    console.log(summary)
    const { out, title } = this.#options
    if (out === null) return
    const moments = this.#frames.map(({ iteration }) => iteration)
    const pictures = { lossSvg: lossSvg(this.#losses, moments), graphSvg: await graphSvg(root, options) }
    this.#write('loss.svg', pictures.lossSvg)
    this.#write('graph.svg', pictures.graphSvg)
    this.#write('index.html', pageHtml({ title, summary, frames: this.#frames, ...pictures }))
    console.log(`Pictures: ${join(out, '*.svg')}\nAll on one page: ${pathToFileURL(join(out, 'index.html'))}`)
  }

  #write(name: string, text: string): void {
    const { out } = this.#options
    if (out === null) return
    const path = join(out, name)
    try {
      writeFileSync(path, name.endsWith('.svg') ? standaloneSvg(text) : text)
    } catch (error) {
      throw fileError(path, error)
    }
  }
}
