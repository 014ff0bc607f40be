// dyngrad/io: files of tensors and of training states.

export * as safetensors from './safetensors'
