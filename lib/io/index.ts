// dyngrad/io: files of tensors and of training states.

export * as npy from './npy'
export * as npz from './npz'
export * as raw from './raw'
export * as safetensors from './safetensors'
export * as torch from './torch'
export { CheckpointManager, type CheckpointOptions, type CheckpointSaveOptions } from './checkpoint-manager'
export { load, save } from './save'
