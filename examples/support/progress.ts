// Tells how far a job is: a bar that redraws itself in a terminal, plain lines elsewhere.

/** Where progress goes; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Shortest time between two pictures of the bar, in ms. */
const redrawInterval = 50

export class Progress {
  #text = ''
  #drawnAt = -Infinity

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly output: Output = process.stdout
  ) {}

  /** Step `done` is reached. Cheap: a bar redraws itself a few times a second, a file sees nothing. */
  step(done: number): void {
    if (!this.output.isTTY) return
    const now = performance.now()
    if (now - this.#drawnAt < redrawInterval) return
    this.#drawnAt = now
    this.#draw(done)
  }

  /** Something worth a line: beside the bar in a terminal, on a line of its own elsewhere. */
  report(done: number, text: string): void {
    this.#text = text
    if (this.output.isTTY) this.#draw(done)
    else this.output.write(`${this.label} ${String(done).padStart(String(this.total).length)}/${this.total}  ${text}\n`)
  }

  /** Ends the bar's line. */
  finish(): void {
    if (this.output.isTTY) this.output.write('\n')
  }

  #draw(done: number): void {
    const counts = `${String(done).padStart(String(this.total).length)}/${this.total}`
    const room = (this.output.columns ?? 80) - 1
    const width = Math.max(10, Math.min(40, room - this.label.length - counts.length - this.#text.length - 6))
    const filled = Math.round((width * Math.min(done, this.total)) / this.total)
    const line = `${this.label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${counts}  ${this.#text}`
    // \x1b[K erases what a longer line has left.
    this.output.write(`\r${line.slice(0, room)}\x1b[K`)
  }
}
