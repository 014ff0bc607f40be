// The error messages of lib/ and the strings of test/, read from the sources.

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as ts from 'typescript'

const root = join(__dirname, '../..')

/** A message in the sources: its literal pieces, with values between them. */
export interface Message {
  readonly place: string
  readonly pieces: readonly string[]
}

export function sourceFiles(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, directory, name))
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true)
}

function visit(node: ts.Node, found: (node: ts.Node) => void): void {
  found(node)
  node.forEachChild((child) => {
    visit(child, found)
  })
}

/** The literal pieces of a string expression; `constants` are the strings that names stand for. */
function piecesOf(node: ts.Expression, constants: ReadonlyMap<string, readonly string[]>): string[] | null {
  if (ts.isParenthesizedExpression(node)) return piecesOf(node.expression, constants)
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isIdentifier(node)) return [...(constants.get(node.text) ?? ['', ''])]
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce<string[]>(
      (pieces, span) => {
        const value = piecesOf(span.expression, constants) ?? ['', '']
        return joined(joined(pieces, value), [span.literal.text])
      },
      [node.head.text]
    )
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [piecesOf(node.left, constants), piecesOf(node.right, constants)]
    return left && right && joined(left, right)
  }
  return null
}

/** Two strings one after the other: the last piece of one goes on in the first of the next. */
function joined(left: readonly string[], right: readonly string[]): string[] {
  return [...left.slice(0, -1), left[left.length - 1] + right[0], ...right.slice(1)]
}

/** String constants of all files, by name. */
function constantsOf(files: readonly ts.SourceFile[]): Map<string, readonly string[]> {
  const constants = new Map<string, readonly string[]>()
  for (const file of files) {
    visit(file, (node) => {
      if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isIdentifier(node.name)) return
      const pieces = piecesOf(node.initializer, constants)
      if (pieces !== null && pieces.join('').length > 12) constants.set(node.name.text, pieces)
    })
  }
  return constants
}

/** Branches of a conditional expression, else the expression itself. */
function alternatives(node: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(node)) return alternatives(node.expression)
  return ts.isConditionalExpression(node) ? [...alternatives(node.whenTrue), ...alternatives(node.whenFalse)] : [node]
}

/** Every message that lib/ makes an error of, except those that tell of a bug of ours. */
export function libraryMessages(): Message[] {
  const files = sourceFiles('lib').map(parse)
  const constants = constantsOf(files)
  const messages: Message[] = []
  for (const file of files) {
    visit(file, (node) => {
      if (!ts.isNewExpression(node) || !/Error$/.test(node.expression.getText()) || !node.arguments?.[0]) return
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
      for (const argument of alternatives(node.arguments[0])) {
        const pieces = piecesOf(argument, constants)
        if (pieces === null || pieces[0].startsWith('internal: ')) continue
        messages.push({ place: `${relative(root, file.fileName)}:${line}`, pieces })
      }
    })
  }
  return messages
}

/** Methods that print as PyTorch prints: what they write is read by people who compare. */
const PRINTS = ['extraRepr']

/** Every string of lib/ that may come in a message, and where it stands; not the names of imported files. */
export function libraryStrings(): { place: string; text: string }[] {
  const strings: { place: string; text: string }[] = []
  for (const file of sourceFiles('lib').map(parse)) {
    const add = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
      if (ts.isMethodDeclaration(node) && PRINTS.includes(node.name.getText())) return
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1
        strings.push({ place: `${relative(root, file.fileName)}:${line}`, text: node.text })
      }
      node.forEachChild(add)
    }
    add(file)
  }
  return strings
}

/** All strings and patterns of the tests, concatenations joined. */
export function testStrings(): string {
  const files = sourceFiles('test').map(parse)
  const constants = constantsOf(files)
  const strings: string[] = []
  for (const file of files) {
    visit(file, (node) => {
      if (ts.isRegularExpressionLiteral(node)) strings.push(node.text.replace(/\\(.)/g, '$1'))
      else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isBinaryExpression(node)) {
        const pieces = piecesOf(node, constants)
        if (pieces !== null) strings.push(pieces.join('\0'))
      }
    })
  }
  return strings.join('\n')
}
