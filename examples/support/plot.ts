// Pictures of a training run as SVG text, drawn by ECharts without a browser. Knows numbers only, no tensors.

import { init, type EChartsOption } from 'echarts'
import { percent } from './format'
import { colours, fontFamily } from './theme'

export type Point = readonly [number, number]

export interface Classes {
  /** Display name and points of class 0, then of class 1. */
  readonly names: readonly [string, string]
  readonly points: readonly [readonly Point[], readonly Point[]]
}

/** The model `sigmoid(w0 x + w1 y + b)`: it decides for class 1 where `w0 x + w1 y + b >= 0`. */
export interface Decision {
  readonly w0: number
  readonly w1: number
  readonly b: number
}

export interface Frame {
  readonly iteration: number
  readonly loss: number
  readonly accuracy: number
  readonly decision: Decision
}

const bounds = { x: [-5, 7], y: [-7, 7] } as const
const corners: readonly Point[] = [
  [bounds.x[0], bounds.y[0]],
  [bounds.x[1], bounds.y[0]],
  [bounds.x[1], bounds.y[1]],
  [bounds.x[0], bounds.y[1]]
]

const text = { color: colours.ink, fontFamily, fontSize: 13 }
const heading = { ...text, fontSize: 20, fontWeight: 600 } as const
const label = { ...text, color: colours.muted, fontSize: 12 }

/** Renders `option`, leaving out what ECharts adds for interaction. */
export function render(width: number, height: number, option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, backgroundColor: colours.paper, textStyle: text, ...option })
    return chart
      .renderToSVGString()
      .replace(/<style[^>]*>[^]*?<\/style>\s*/g, '')
      .replace(/ (?:class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*"|pointer-events="visible"|xml:space="preserve")/g, '')
  } finally {
    chart.dispose()
  }
}

/** The part of the picture where `sign * (w0 x + w1 y + b) >= 0`, as a convex polygon: the box clipped by the line. */
export function halfPlane({ w0, w1, b }: Decision, sign: 1 | -1): Point[] {
  const value = ([x, y]: Point): number => sign * (w0 * x + w1 * y + b)
  const polygon: Point[] = []
  corners.forEach((start, i) => {
    const end = corners[(i + 1) % corners.length]!
    const [from, to] = [value(start), value(end)]
    if (from >= 0) polygon.push(start)
    if (from >= 0 !== to >= 0) {
      const t = from / (from - to)
      polygon.push([start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])])
    }
  })
  return polygon
}

/** The decision line inside the picture: two points, or none when it passes outside. */
export function decisionLine({ w0, w1, b }: Decision): Point[] {
  const value = ([x, y]: Point): number => w0 * x + w1 * y + b
  return corners.flatMap((start, i): Point[] => {
    const end = corners[(i + 1) % corners.length]!
    const [from, to] = [value(start), value(end)]
    if (from >= 0 === to >= 0) return []
    const t = from / (from - to)
    return [[start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])]]
  })
}

const number = (value: number): string => value.toFixed(2).replace('-', '\u2212')

/** One moment of the training: both classes, the decision line and what lies on either side of it. */
export function frameSvg(classes: Classes, { iteration, loss, accuracy, decision }: Frame): string {
  const axis = {
    type: 'value',
    interval: 2,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: label,
    splitLine: { lineStyle: { color: colours.grid } }
  } as const
  const side = (sign: 1 | -1, fill: string) =>
    ({
      type: 'custom',
      silent: true,
      z: -1,
      data: [0],
      renderItem: (_params, api) => ({
        type: 'polygon',
        shape: { points: halfPlane(decision, sign).map((point) => api.coord([...point])) },
        style: { fill }
      })
    }) satisfies EChartsOption['series']
  const scatter = (index: 0 | 1, symbol: string, symbolSize: number, color: string) =>
    ({
      type: 'scatter',
      silent: true,
      name: classes.names[index],
      symbol,
      symbolSize,
      itemStyle: { color, borderColor: colours.paper, borderWidth: 1, opacity: 1 },
      data: classes.points[index].map((point) => [...point])
    }) satisfies EChartsOption['series']

  return render(560, 723, {
    title: {
      text: `Iteration ${iteration}`,
      subtext: `w\u2080 = ${number(decision.w0)},  w\u2081 = ${number(decision.w1)},  b = ${number(decision.b)}`,
      left: 'center',
      top: 10,
      itemGap: 8,
      textStyle: heading,
      subtextStyle: { ...text, color: colours.muted }
    },
    legend: {
      bottom: 8,
      selectedMode: false,
      itemGap: 24,
      itemWidth: 14,
      itemHeight: 12,
      textStyle: text,
      data: [...classes.names, { name: 'decision line', icon: 'path://M0 0h14v2h-14z' }]
    },
    grid: { left: 42, right: 20, top: 76, bottom: 66 },
    xAxis: { ...axis, min: bounds.x[0], max: bounds.x[1] },
    yAxis: { ...axis, min: bounds.y[0], max: bounds.y[1] },
    graphic: {
      type: 'text',
      silent: true,
      z: 5,
      left: 56,
      bottom: 78,
      style: {
        text: `Loss = ${loss.toFixed(4)}\nAccuracy = ${percent(accuracy)}`,
        fill: colours.ink,
        font: `600 15px ${fontFamily}`,
        lineHeight: 22
      }
    },
    series: [
      side(-1, colours.blueWash),
      side(1, colours.orangeWash),
      scatter(0, 'circle', 9, colours.blue),
      scatter(1, 'triangle', 10, colours.orange),
      {
        type: 'line',
        silent: true,
        name: 'decision line',
        symbol: 'none',
        color: colours.ink,
        lineStyle: { color: colours.ink, width: 2 },
        data: decisionLine(decision).map((point) => [...point])
      }
    ]
  })
}

/** The loss over all iterations; the frames' moments are dots. */
export function lossSvg(losses: readonly number[], moments: readonly number[]): string {
  const name = { nameTextStyle: label, nameLocation: 'middle' } as const
  return render(560, 330, {
    title: { text: 'Loss', left: 'center', top: 10, textStyle: heading },
    grid: { left: 52, right: 24, top: 54, bottom: 52 },
    xAxis: {
      ...name,
      type: 'value',
      name: 'iteration',
      nameGap: 30,
      max: Math.max(1, losses.length - 1),
      axisLabel: { ...label, showMaxLabel: false },
      axisLine: { onZero: false, lineStyle: { color: colours.muted } },
      splitLine: { show: false }
    },
    yAxis: { type: 'value', min: 0, axisLabel: label, splitLine: { lineStyle: { color: colours.grid } } },
    series: [
      {
        type: 'line',
        silent: true,
        showSymbol: false,
        lineStyle: { color: colours.blue, width: 2 },
        data: losses.map((loss, iteration) => [iteration, loss])
      },
      {
        type: 'scatter',
        silent: true,
        symbolSize: 7,
        itemStyle: { color: colours.blue, borderColor: colours.paper, borderWidth: 1, opacity: 1 },
        data: moments.map((iteration) => [iteration, losses[iteration]!])
      }
    ]
  })
}
