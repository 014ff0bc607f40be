// The libraries are installed apart, so nothing here may need their types.

declare module '@jax-js/jax'
declare module '@tensorflow/tfjs'
declare module '@tensorflow/tfjs-backend-wasm'
