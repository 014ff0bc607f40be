// Columns: data as chunks of named columns, from whatever holds it.

export { type BadRow, type BadRowPolicy } from './bad-rows'
export {
  type BoolColumn,
  type Chunk,
  type Column,
  type ColumnType,
  type DateColumn,
  type NumberArray,
  type NumberColumn,
  type Row,
  type TextColumn,
  type Value
} from './column'
export { type BatchOptions, Columns, type Open } from './columns'
