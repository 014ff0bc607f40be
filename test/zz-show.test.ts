import { libraryMessages, testStrings } from './helpers/messages'
test('x', () => {
  const text = testStrings()
  const messages = libraryMessages()
  const longest = (pieces: readonly string[]) => pieces.reduce((a, b) => (b.length > a.length ? b : a), '')
  const missing = messages.filter(({ pieces }) => !text.includes(longest(pieces)))
  require('fs').writeFileSync('/tmp/missing.txt', messages.length + '\n' + missing.map(({ place, pieces }) => place + '  ' + pieces.join('…')).join('\n'))
})
