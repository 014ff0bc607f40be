// dyngrad/onnx: models as ONNX files.

export { type DynamicAxes, type Exportable, type ExportOptions, exportModel as export } from './export'
