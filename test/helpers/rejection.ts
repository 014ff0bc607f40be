// What a promise is rejected with, as a text.

/** `RangeError: …`, or 'nothing' where it is not rejected. */
export const rejection = (promise: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(promise).then(
    () => 'nothing',
    (error: unknown) => String(error)
  )

/** The same of what a function throws. */
export function refusal(call: () => unknown): string {
  try {
    call()
    return 'nothing'
  } catch (error) {
    return String(error)
  }
}
