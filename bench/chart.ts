// Ratios as an SVG chart: a panel per comparison, a line per case, a dot per reference; right of the line at 1 we are
// faster.

import type { EChartsOption, ScatterSeriesOption } from 'echarts'
import { render } from '../examples/support/plot'
import { colours, fontFamily, standaloneSvg } from '../examples/support/theme'
import type { Comparison } from './compare'

// Safe for colour-blind readers (after Okabe and Ito); neighbours differ in shape as well.
const marks = [
  { color: '#0072b2', symbol: 'circle' },
  { color: '#d55e00', symbol: 'triangle' },
  { color: '#009e73', symbol: 'rect' },
  { color: '#cc79a7', symbol: 'diamond' },
  { color: '#e69f00', symbol: 'circle' },
  { color: '#56b4e9', symbol: 'triangle' },
  { color: colours.muted, symbol: 'rect' },
  { color: colours.ink, symbol: 'diamond' }
]

const WIDTH = 960
const LEFT = 330
const RIGHT = 60
const TOP = 90
const LINE = 20
const TITLE = 44
const BELOW = 34

interface Dot {
  readonly reference: string
  readonly line: number
  readonly ratio: number
}

/** One comparison: its lines from above, and how many times faster than each reference we are in them. */
interface Panel {
  readonly title: string
  readonly lines: readonly string[]
  readonly dots: readonly Dot[]
}

function panelOf({ name, threads, sides, rows }: Comparison): Panel {
  const [{ library: own }] = sides
  const isOwn = sides.map(({ library }) => library === own)
  const ways = isOwn.filter((ours) => ours).length
  const lines: string[] = []
  const dots: Dot[] = []
  for (const { each, summaries } of rows) {
    sides.forEach((side, i) => {
      if (!isOwn[i]) return
      const theirs = summaries.flatMap((summary, j) => (summary === null || isOwn[j] ? [] : [{ summary, j }]))
      for (const { summary, j } of theirs) {
        dots.push({ reference: sides[j].name, line: lines.length, ratio: summary.median / summaries[i]!.median })
      }
      lines.push(ways === 1 ? each.name : `${each.name}, ${side.name}`)
    })
  }
  return { title: `${name}, threads: ${threads}`, lines, dots }
}

const label = { color: colours.muted, fontFamily, fontSize: 12 }
const heading = { color: colours.ink, fontFamily, fontSize: 14, fontWeight: 600 } as const

/** A power of ten at or beyond the value. */
const decade = (value: number, round: (exponent: number) => number): number => 10 ** round(Math.log10(value))

/** The series of one reference in one panel. */
function seriesOf(reference: string, { dots }: Panel, axis: number, mark: (typeof marks)[number]): ScatterSeriesOption {
  return {
    type: 'scatter',
    name: reference,
    xAxisIndex: axis,
    yAxisIndex: axis,
    symbol: mark.symbol,
    symbolSize: 10,
    itemStyle: { color: mark.color, opacity: 1 },
    data: dots.filter((dot) => dot.reference === reference).map(({ line, ratio }) => [ratio, line]),
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: colours.ink, type: 'solid', width: 1.5 },
      data: [{ xAxis: 1 }]
    }
  }
}

/** The chart of all comparisons that have a reference. */
export function chartSvg(comparisons: readonly Comparison[]): string {
  const panels = comparisons.map(panelOf).filter(({ dots }) => dots.length > 0)
  const references = [...new Set(panels.flatMap(({ dots }) => dots.map((dot) => dot.reference)))]
  const ratios = panels.flatMap(({ dots }) => dots.map((dot) => dot.ratio))
  const range = { min: decade(Math.min(0.9, ...ratios), Math.floor), max: decade(Math.max(1.1, ...ratios), Math.ceil) }
  let below = TOP
  const tops = panels.map(({ lines }) => {
    const top = below + TITLE
    below = top + lines.length * LINE + BELOW
    return top
  })
  const option: EChartsOption = {
    title: [
      { text: 'How many times faster dyngrad is', left: 'center', top: 14, textStyle: { ...heading, fontSize: 20 } },
      ...panels.map(({ title }, i) => ({ text: title, left: 16, top: tops[i] - 30, textStyle: heading }))
    ],
    legend: { top: 52, selectedMode: false, itemGap: 24, textStyle: label, data: references },
    grid: panels.map(({ lines }, i) => ({ left: LEFT, right: RIGHT, top: tops[i], height: lines.length * LINE })),
    xAxis: panels.map((_, i) => ({
      type: 'log',
      gridIndex: i,
      ...range,
      axisLabel: { ...label, formatter: (value: number) => `${value} ×` },
      splitLine: { lineStyle: { color: colours.grid } }
    })),
    yAxis: panels.map(({ lines }, i) => ({
      type: 'category',
      gridIndex: i,
      inverse: true,
      data: [...lines],
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...label, interval: 0, width: LEFT - 30, overflow: 'truncate' },
      splitLine: { show: true, lineStyle: { color: colours.grid } }
    })),
    series: panels.flatMap((panel, i) =>
      references.map((reference, j) => seriesOf(reference, panel, i, marks[j % marks.length]))
    )
  }
  return standaloneSvg(render(WIDTH, below, option))
}
