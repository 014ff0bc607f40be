// Optional peers: libraries that only one subpath needs, loaded at first use.

/**
 * The optional peer `name`, which `purpose` needs ('reading Parquet'). Where it is not installed, the error names the
 * command that installs it.
 */
export async function loadPeer<Module>(name: string, purpose: string): Promise<Module> {
  try {
    return (await import(name)) as Module
  } catch (error) {
    throw isMissing(error, name) ? missing(name, purpose, error) : error
  }
}

/** The same at once, for a peer that is a CommonJS module. */
export function requirePeer<Module>(name: string, purpose: string): Module {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- at first use, and at once
    return require(name) as Module
  } catch (error) {
    throw isMissing(error, name) ? missing(name, purpose, error) : error
  }
}

/** Of the peer itself: a package that the peer lacks is another error. The error may be of another realm's class. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message = '' } = error as Partial<NodeJS.ErrnoException>
  return (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') && message.includes(`'${name}'`)
}

const missing = (name: string, purpose: string, cause: unknown): Error =>
  new Error(`${purpose} needs the package ${name}, which is not installed: npm install ${name}`, { cause })
