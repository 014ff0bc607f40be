// Warnings that a process gives once, each in the words of PyTorch.

import { ones } from 'dyngrad'

test('a backward that records itself warns of the cycle', () => {
  const warned: string[] = []
  const listen = jest.spyOn(process, 'emitWarning').mockImplementation((message) => void warned.push(String(message)))
  for (let i = 0; i < 2; i++) {
    const x = ones([], { requiresGrad: true })
    x.mul(x).backward({ createGraph: true })
    expect(x.grad?.requiresGrad).toBe(true)
  }
  listen.mockRestore()
  expect(warned).toHaveLength(1)
  expect(warned[0]).toMatch(
    /^Using backward\(\) with createGraph: true will create a reference cycle between the parameter and/
  )
})
