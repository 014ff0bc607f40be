// Options, names, files and refusals of onnx.export.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { type Tensor, at, compile, isTensor, nn, ones, randn, tensor, zeros } from '../../lib'
import * as onnx from '../../lib/onnx'
import { type ModelProto, ModelProtoSchema, TensorProto_DataLocation } from '../../lib/onnx/generated/onnx_pb'
import { thrown } from '../helpers/check'
import { difference, run } from './session'

const folder = mkdtempSync(join(tmpdir(), 'dyngrad-onnx-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (model: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, model)

class Net extends nn.Module {
  readonly first = new nn.Linear(4, 40)
  readonly last = new nn.Linear(40, 2)
  readonly scale = this.registerBuffer('scale', tensor([2, 3]))
  override forward(x: Tensor): Tensor {
    return this.last.forward(this.first.forward(x).relu()).mul(this.scale)
  }
}

describe('the model', () => {
  const net = new Net()
  const x = randn(3, 4)

  test('has the names of the state dict', () => {
    const { graph, producerName, irVersion, opsetImport } = read(onnx.export(net, x))
    expect(graph!.name).toBe('Net')
    const names = ['first.weight', 'first.bias', 'last.weight', 'last.bias', 'scale']
    expect(graph!.initializer.map(({ name }) => name)).toEqual(names)
    expect([producerName, irVersion, opsetImport[0].version]).toEqual(['dyngrad', 8n, 18n])
    expect(graph!.node.map(({ opType }) => opType)).toEqual(['Gemm', 'Relu', 'Gemm', 'Mul'])
  })

  test('says what it is told to say', () => {
    const model = read(onnx.export(net, x, null, { docString: 'A net.', metadata: { author: 'us', epoch: '7' } }))
    expect(model.docString).toBe('A net.')
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['author', 'us'],
      ['epoch', '7']
    ])
  })

  test('stands in a file', async () => {
    const file = join(folder, 'net.onnx')
    const model = onnx.export(net, x, file)
    expect(readFileSync(file).equals(model)).toBe(true)
    expect(difference(await run(file, [x]), [net.forward(x).detach()])).toBeNull()
  })

  test('has large tensors in a second file', async () => {
    const wide = new nn.Sequential(new nn.Linear(64, 64), new nn.Linear(64, 8))
    const file = join(folder, 'wide.onnx')
    const { graph } = read(onnx.export(wide, ones(1, 64), file, { externalData: true }))
    const external = graph!.initializer.filter((each) => each.dataLocation === TensorProto_DataLocation.EXTERNAL)
    expect(external.map(({ name }) => name)).toEqual(['0.weight', '1.weight'])
    expect(external[1].externalData.map(({ key, value }) => `${key} ${value}`)).toEqual([
      'location wide.onnx.data',
      'offset 16384',
      'length 2048'
    ])
    expect(existsSync(`${file}.data`)).toBe(true)
    const input = randn(1, 64)
    expect(difference(await run(file, [input]), [wide.forward(input).detach()])).toBeNull()
  })

  test('takes parameters as inputs', async () => {
    const parameters = [net.first.weight, net.first.bias!, net.last.weight, net.last.bias!, net.scale]
    const bare = onnx.export(net, x, null, { exportParams: false })
    expect(read(bare).graph!.initializer).toEqual([])
    expect(difference(await run(bare, [x, ...parameters]), [net.forward(x).detach()])).toBeNull()
    const both = onnx.export(net, x, null, { keepInitializersAsInputs: true })
    expect(read(both).graph!.initializer).toHaveLength(5)
    expect(read(both).graph!.input).toHaveLength(6)
  })

  test.each([17, 18, 19, 20, 21, 22, 23])('is of opset %d', async (opset) => {
    const model = onnx.export((a: Tensor) => [a.amax(1), a.softmax(0), a.mean()], x, null, { opset })
    expect(read(model).opsetImport[0].version).toBe(BigInt(opset))
    expect(difference(await run(model, [x]), [x.amax(1), x.softmax(0), x.mean()])).toBeNull()
  })

  test('is that of evaluation, and the module stays in its mode', () => {
    const seen: boolean[] = []
    class Watched extends nn.Module {
      readonly inner = new nn.Sequential(new nn.Linear(4, 4))
      override forward(a: Tensor): Tensor {
        seen.push(this.training, this.inner.training)
        return this.inner.forward(a)
      }
    }
    const module = new Watched()
    module.inner.eval()
    onnx.export(module, x)
    onnx.export(module, x, null, { training: 'train' })
    onnx.export(module, x, null, { training: 'preserve' })
    expect(seen).toEqual([false, false, true, true, true, false])
    expect([module.training, module.inner.training]).toEqual([true, false])
  })
})

describe('inputs and outputs', () => {
  test('are lists and objects of tensors', async () => {
    const fn = (pair: Tensor[], { scale }: { scale: Tensor }, times: number): { sum: Tensor; both: Tensor[] } => ({
      sum: pair[0].add(pair[1]).mul(times),
      both: [pair[0].mul(scale), scale]
    })
    const [a, b, scale] = [randn(2), randn(2), randn(1)]
    const model = onnx.export(fn, [[a, b], { scale }, 3], null, { outputNames: ['sum', 'scaled', 'scale'] })
    const results = await run(model, [a, b, scale])
    expect(results.map(({ name }) => name)).toEqual(['sum', 'scaled', 'scale'])
    expect(difference(results, [a.add(b).mul(3), a.mul(scale), scale])).toBeNull()
  })

  test('have the keys of an object', () => {
    const model = read(onnx.export((x: Tensor) => ({ low: x.amin(), high: x.amax() }), randn(3)))
    expect(model.graph!.output.map(({ name }) => name)).toEqual(['low', 'high'])
  })

  test('may be constants', async () => {
    const x = randn(2)
    const model = onnx.export((a: Tensor) => [a, ones(3), a], x)
    expect(difference(await run(model, [x]), [x, ones(3), x])).toBeNull()
  })
})

describe('calls in place', () => {
  const check = async (fn: (x: Tensor) => Tensor): Promise<void> => {
    const x = randn(3, 4)
    const model = onnx.export(fn, x)
    expect(difference(await run(model, [x]), [fn(x.clone())])).toBeNull()
  }

  test('leave the example as it is', () => {
    const x = zeros(3)
    onnx.export((a: Tensor) => a.add_(1).fill_(2), x)
    expect(x.equal(zeros(3))).toBe(true)
  })

  test('go on with their result', async () => {
    await check((x) => {
      const y = x.mul(2)
      y.add_(1).relu_()
      return y.sub(x)
    })
    await check((x) => {
      x.setAt([1], 5)
      x.setAt(['...', 0], x.at(0, 1))
      return x
    })
    await check((x) =>
      x
        .zero_()
        .add(x.copy_(ones(4)))
        .clamp_(0, 1)
    )
  })

  test('refuse views of what they wrote', () => {
    const stale = (x: Tensor): Tensor => {
      const row = x.at(0)
      x.add_(1)
      return row.mul(2)
    }
    expect(thrown(() => onnx.export((x: Tensor) => stale(x.mul(1)), randn(2, 2)))).toBe(
      'Error: onnx.export: mul reads a tensor whose memory add_ has written through another one; use add and go on with ' +
        'its result'
    )
  })
})

test('a compiled function is the function', async () => {
  const x = randn(3)
  const compiled = compile((a: Tensor) => a.mul(2).exp())
  compiled(x)
  expect(difference(await run(onnx.export(compiled, x), [x]), [x.mul(2).exp()])).toBeNull()
})

test('tensors of the trace pass for tensors', () => {
  onnx.export(
    (x: Tensor) => {
      expect([isTensor(x), x.dim(), x.numel(), x.dtype, x.ndim, x.requiresGrad]).toEqual([
        true,
        2,
        6,
        'float32',
        2,
        false
      ])
      expect([x.size(1), x.shape, x.isFloatingPoint(), x.elementSize()]).toEqual([3, [2, 3], true, 4])
      expect(String(x.toString())).toBe('traced tensor of shape [2, 3], float32')
      return at(x, 0).add(ones(3)).add(x.T.at(0, 0))
    },
    randn(2, 3)
  )
})

describe('refusals', () => {
  const x = randn(2, 3)
  const refused: Record<string, readonly [() => unknown, string]> = {
    'a value that is read': [
      () => onnx.export((a: Tensor) => a.mul(a.sum().item()), x),
      'Error: onnx.export: item() reads elements of a traced tensor, which are those of the example alone; compute with ' +
        'tensors'
    ],
    'a condition on a value': [
      () => onnx.export((a: Tensor) => (Number(a.sum()) > 0 ? a : a.neg()), x),
      'Error: onnx.export: a conversion to a number or a string reads elements of a traced tensor, which are those of ' +
        'the example alone; compute with tensors'
    ],
    'a backward pass': [
      () => onnx.export((a: Tensor) => a.sum().backward(), x),
      'Error: onnx.export: backward() has no counterpart in ONNX; export what is computed forward'
    ],
    'a call without a counterpart': [
      () => onnx.export((a: Tensor) => a.lgamma(), x),
      'Error: onnx.export: lgamma has no counterpart in ONNX: no node of ONNX computes it, nor do a few together'
    ],
    'random numbers': [
      () => onnx.export((a: Tensor) => a.add(randn(2, 3)), x),
      'Error: onnx.export: the function draws random numbers, which would be those of the example; export in evaluation ' +
        'mode'
    ],
    'a buffer that is written': [
      () => {
        const seen = ones(3)
        return onnx.export((a: Tensor) => seen.add_(a.sum(0)), x)
      },
      'Error: onnx.export: add_ writes to a tensor of the model, which ONNX cannot; export in evaluation mode, or ' +
        'compute a new tensor'
    ],
    'a buffer that is written by itself': [
      () => {
        const count = ones(1)
        const fn = (a: Tensor): Tensor => {
          const y = a.mul(count)
          count.add_(1)
          return y
        }
        return onnx.export(fn, x)
      },
      'Error: onnx.export: the function writes to a tensor of shape [1] after reading it, which ONNX cannot; compute a ' +
        'new tensor'
    ],
    'an opset that has no such node': [
      () => onnx.export((a: Tensor) => a.bitwiseAnd(1), ones(2).long(), null, { opset: 17 }),
      "Error: onnx.export: bitwiseAnd needs ONNX's BitwiseAnd, which is new in opset 18; pass { opset: 18 }"
    ],
    'no tensors': [
      () => onnx.export(() => ones(1), [1]),
      'TypeError: onnx.export: args hold no Tensor; pass an example of the inputs'
    ],
    'no output': [() => onnx.export(() => [], x), 'TypeError: onnx.export: the function gives no Tensor'],
    'an output that is none': [
      () => onnx.export((a: Tensor) => a.shape[0] > 1 && 'no', x),
      'TypeError: onnx.export: the function gives string; it must give Tensors, or arrays and objects of them'
    ],
    'no model': [
      () => onnx.export(x as never, x),
      'TypeError: onnx.export: model must be a Module or a function, got Tensor'
    ],
    'an unknown option': [
      () => onnx.export((a: Tensor) => a, x, null, { opsetVersion: 18 } as never),
      "TypeError: export() got an unexpected keyword argument 'opsetVersion'; it takes model, args, file, inputNames, " +
        'outputNames, dynamicAxes, opset, exportParams, keepInitializersAsInputs, externalData, training, docString, ' +
        'metadata'
    ],
    'another opset': [
      () => onnx.export((a: Tensor) => a, x, null, { opset: 16 }),
      'RangeError: onnx.export: opset must be from 17 to 23, got 16'
    ],
    'another mode': [
      () => onnx.export((a: Tensor) => a, x, null, { training: 'no' as never }),
      "RangeError: onnx.export: training must be 'eval', 'train' or 'preserve', got 'no'"
    ],
    'names of another number': [
      () => onnx.export((a: Tensor) => a, x, null, { inputNames: ['a', 'b'] }),
      'RangeError: onnx.export: inputNames has 2 names, but there are 1 inputs'
    ],
    'a name twice': [
      () => onnx.export((a: Tensor) => [a, a], x, null, { outputNames: ['a', 'a'] }),
      "RangeError: onnx.export: outputNames has 'a' twice"
    ],
    'a name of both': [
      () => onnx.export((a: Tensor) => a, x, null, { outputNames: ['input'] }),
      "RangeError: onnx.export: 'input' names an input and an output"
    ],
    'names that are none': [
      () => onnx.export((a: Tensor) => a, x, null, { inputNames: [1] as never }),
      'TypeError: onnx.export: inputNames must be an array of strings, got Array'
    ],
    'metadata that is none': [
      () => onnx.export((a: Tensor) => a, x, null, { metadata: { a: 1 } as never }),
      'TypeError: onnx.export: metadata.a must be a string, got 1'
    ],
    'external data without a file': [
      () => onnx.export((a: Tensor) => a, x, null, { externalData: true }),
      'TypeError: onnx.export: externalData needs a file, beside which the data stand'
    ],
    'tensors of 4 GiB': [
      () => {
        const wide = zeros(1).expand(2 ** 30)
        return onnx.export((a: Tensor) => [a, wide], x)
      },
      'RangeError: onnx.export: the tensors take 4294967296 bytes, but a file of ONNX holds less than 2 GiB; ' +
        'pass { externalData: true }'
    ],
    'a dim that is none': [
      () => onnx.export((a: Tensor) => a, x, null, { dynamicAxes: { input: { 2: 'n' } } }),
      "RangeError: onnx.export: dynamicAxes names dim 2 of 'input', which has shape [2, 3]"
    ],
    'an axis of nothing': [
      () => onnx.export((a: Tensor) => a, x, null, { dynamicAxes: { other: [0] } }),
      "RangeError: onnx.export: dynamicAxes names 'other', which is none of input, output"
    ],
    'axes that are none': [
      () => onnx.export((a: Tensor) => a, x, null, { dynamicAxes: { input: { n: 'n' } as never } }),
      "TypeError: onnx.export: dynamicAxes.input must have numbers of dims and their names, as { 0: 'batch' }"
    ],
    'one name of two sizes': [
      () => onnx.export((a: Tensor) => a, x, null, { dynamicAxes: { input: { 0: 'n', 1: 'n' } } }),
      "RangeError: onnx.export: dynamicAxes calls dims of sizes 2 and 3 'n'; dims of one name are equal"
    ],
    'a dim without elements': [
      () => onnx.export((a: Tensor) => a, zeros(0, 3), null, { dynamicAxes: { input: { 0: 'n' } } }),
      "RangeError: onnx.export: dim 'n' is dynamic, but has size 0 in the example"
    ],
    'dims that must be equal': [
      () =>
        onnx.export((a: Tensor, b: Tensor) => a.add(b), [x, x.clone()], null, {
          dynamicAxes: { input_0: [0], input_1: [0] }
        }),
      "Error: onnx.export: the function does not run where dim 'input_0_dim_0' is 3 in place of 2: The size of tensor a " +
        '(3) must match the size of tensor b (2) at non-singleton dimension 0; add: cannot broadcast [3, 3] with [2, 3]; ' +
        'give dims that must be equal one name in dynamicAxes'
    ]
  }

  test.each(Object.entries(refused))('%s', (_, [call, message]) => {
    expect(thrown(call)).toBe(message)
  })
})
