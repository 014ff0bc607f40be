// One HTML page about a training run: it plays the frames and shows the loss and the graph. It loads nothing.

import type { Frame } from './plot'
import { percent } from './format'
import { darkRules, fontFamily } from './theme'

export interface Page {
  readonly title: string
  /** One sentence on how the run ended. */
  readonly summary: string
  readonly frames: readonly (Frame & { readonly svg: string })[]
  readonly lossSvg: string
  readonly graphSvg: string
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --paper: #ffffff; --ink: #1f2328; --muted: #646c76; --line: #dfe2e6; --accent: #0072b2 }
@media (prefers-color-scheme: dark) {
  :root { --page: #0e1013; --paper: #16191d; --ink: #e6e8eb; --muted: #9aa3ad; --line: #2a2f36; --accent: #56b4e9 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 ${fontFamily} }
main { max-width: 1200px; margin: 0 auto; padding: 32px 20px 48px }
h1 { margin: 0; font-size: 28px; font-weight: 600; letter-spacing: -0.01em }
h2 { margin: 0 0 8px; font-size: 20px; font-weight: 600; text-align: center }
p { margin: 4px 0 0; color: var(--muted) }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 20px; margin-top: 24px; align-items: start }
.stack { display: grid; gap: 20px }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 14px; min-width: 0 }
svg { display: block; width: 100%; height: auto; max-width: 100% }
.graph svg { width: auto; margin: 0 auto; max-height: 760px }
.player { display: flex; gap: 12px; align-items: center; padding: 10px 8px 2px }
.player input { flex: 1; min-width: 0; accent-color: var(--accent) }
.player output { min-width: 9ch; text-align: right; font-variant-numeric: tabular-nums; color: var(--muted) }
button { min-width: 5.5em; padding: 6px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); color: inherit; font: inherit; cursor: pointer }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--line) }
th { color: var(--muted); font-weight: 500 }
summary { cursor: pointer }
`

// Without scripts the last frame shows.
const script = `
const frames = [...document.querySelectorAll('.frame')]
const slider = document.querySelector('.player input')
const output = document.querySelector('.player output')
const button = document.querySelector('.player button')
let timer
function show() {
  frames.forEach((frame, i) => { frame.hidden = i !== slider.valueAsNumber })
  output.textContent = frames[slider.valueAsNumber].getAttribute('aria-label')
  slider.setAttribute('aria-valuetext', output.textContent)
}
function stop() {
  clearInterval(timer)
  timer = undefined
  button.textContent = 'Play'
}
function play() {
  if (slider.value === slider.max) slider.value = 0
  show()
  button.textContent = 'Pause'
  timer = setInterval(() => {
    slider.value = slider.valueAsNumber + 1
    show()
    if (slider.value === slider.max) stop()
  }, 500)
}
slider.addEventListener('input', () => { stop(); show() })
button.addEventListener('click', () => timer === undefined ? play() : stop())
document.querySelector('.player').hidden = frames.length < 2
show()
`

/** The page as text. */
export function pageHtml({ title, summary, frames, lossSvg, graphSvg }: Page): string {
  const last = frames.length - 1
  const figures = frames.map(
    ({ iteration, svg }, i) =>
      `<div class="frame" role="img" aria-label="Iteration ${iteration}"${i === last ? '' : ' hidden'}>${svg}</div>`
  )
  const rows = frames.map(
    ({ iteration, loss, accuracy }) =>
      `<tr><td>${iteration}</td><td>${loss.toFixed(4)}</td><td>${percent(accuracy)}</td></tr>`
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}${darkRules}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(summary)}</p>
<div class="columns">
<div class="stack">
<section>
${figures.join('\n')}
<div class="player" hidden>
<button type="button">Play</button>
<input type="range" min="0" max="${last}" value="${last}" step="1" aria-label="Frame">
<output></output>
</div>
</section>
<section>
<details><summary>All ${frames.length} frames as a table</summary>
<table><thead><tr><th>iteration</th><th>loss</th><th>accuracy</th></tr></thead><tbody>${rows.join('')}</tbody></table>
</details>
</section>
</div>
<div class="stack">
<section role="img" aria-label="Loss curve">${lossSvg}</section>
<section class="graph"><h2>Computational graph of the loss</h2>${graphSvg}</section>
</div>
</div>
</main>
<script>${script}</script>
</body>
</html>
`
}
