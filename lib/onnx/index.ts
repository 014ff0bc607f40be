// dyngrad/onnx: models as ONNX files.

export {}
