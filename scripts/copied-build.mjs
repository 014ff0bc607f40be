// CMake remembers where a build folder and its sources are: of a copy, it would compile the sources of that checkout.
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

function real(path) {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Where `folder` was made, if that was not here for the sources in `root`. */
export function madeElsewhere(folder, root) {
  const cmake = read(join(folder, 'CMakeCache.txt'))
  const remembered = [
    [/^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(cmake), root],
    [/^CMAKE_CACHEFILE_DIR:INTERNAL=(.*)$/m.exec(cmake), folder]
  ]
  return remembered.find(([match, place]) => match && real(match[1]) !== real(place))?.[0][1]
}
