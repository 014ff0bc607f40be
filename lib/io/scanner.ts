// Reads JSON of a known form piece by piece: what is not of that form is refused where it begins, so that hostile text
// costs no memory, and a name that comes twice is seen, which JSON.parse() lets pass.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

const blank = /[ \t\n\r]*/y
const digits = /(?:0|[1-9]\d*)(?![\d.eE])/y

/** Goes through a text once. */
export class Scanner {
  #at = 0

  constructor(
    readonly text: string,
    /** The error for what is wrong. */
    readonly fail: (what: string) => Error
  ) {}

  /** Reads an object: `read` is called behind each name, to read its value. */
  members(read: (name: string) => void): void {
    this.#list('{', '}', () => {
      const name = this.string()
      this.#expect(':')
      read(name)
    })
  }

  /** Reads an array: `read` is called for each item, to read it. */
  items(read: () => void): void {
    this.#list('[', ']', read)
  }

  string(): string {
    this.#blank()
    const { text } = this
    const start = this.#at
    if (text.charCodeAt(start) !== QUOTE) throw this.#unexpected('a string')
    let hasEscapes = false
    let at = start + 1
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(++at)) {
      // NaN behind the end, which is not at least SPACE.
      if (!(code >= SPACE)) throw this.fail(`the string at character ${start} does not end`)
      if (code !== BACKSLASH) continue
      hasEscapes = true
      at++
    }
    this.#at = at + 1
    return hasEscapes ? this.#unescaped(start) : text.slice(start + 1, at)
  }

  #unescaped(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.#at)) as string
    } catch {
      throw this.fail(`the string at character ${start} has a bad escape`)
    }
  }

  /** A whole number that a double holds exactly, not negative. */
  count(): number {
    this.#blank()
    digits.lastIndex = this.#at
    const [found] = digits.exec(this.text) ?? []
    if (found === undefined) throw this.#unexpected('a whole number')
    if (!Number.isSafeInteger(Number(found))) throw this.fail(`${found.slice(0, 40)} is too large`)
    this.#at += found.length
    return Number(found)
  }

  /** Throws unless nothing is left but blanks. */
  end(): void {
    this.#blank()
    if (this.#at < this.text.length) throw this.#unexpected('the end')
  }

  /** Passes over a value of any kind, which nests no deeper than `depth`. */
  skip(depth: number): void {
    this.#blank()
    const next = this.text[this.#at]
    if (depth === 0) throw this.fail(`the value at character ${this.#at} nests too deep`)
    if (next === '{') this.members(() => this.skip(depth - 1))
    else if (next === '[') this.items(() => this.skip(depth - 1))
    else if (next === '"') this.string()
    else this.#literal()
  }

  #literal(): void {
    const literal = /(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
    literal.lastIndex = this.#at
    const [found] = literal.exec(this.text) ?? []
    if (found === undefined) throw this.#unexpected('a value')
    this.#at += found.length
  }

  #list(open: string, close: string, read: () => void): void {
    this.#expect(open)
    this.#blank()
    if (this.text[this.#at] === close) {
      this.#at++
      return
    }
    for (;;) {
      read()
      this.#blank()
      if (this.text[this.#at] === close) break
      this.#expect(',')
    }
    this.#at++
  }

  #expect(token: string): void {
    this.#blank()
    if (this.text[this.#at] !== token) throw this.#unexpected(`'${token}'`)
    this.#at++
  }

  #blank(): void {
    blank.lastIndex = this.#at
    blank.test(this.text)
    this.#at = blank.lastIndex
  }

  #unexpected(expected: string): Error {
    const found = this.text.codePointAt(this.#at)
    const got = found === undefined ? 'the end' : `'${String.fromCodePoint(found)}'`
    return this.fail(`expected ${expected} at character ${this.#at}, got ${got}`)
  }
}
