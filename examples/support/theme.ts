// Colours of the pictures, each with its counterpart for dark backgrounds. The pairs are safe for colour-blind readers
// (after Okabe and Ito), and the classes differ in shape as well.

interface Shade {
  light: string
  dark: string
}

const shades = {
  paper: { light: '#ffffff', dark: '#16191d' },
  ink: { light: '#1f2328', dark: '#e6e8eb' },
  muted: { light: '#646c76', dark: '#9aa3ad' },
  grid: { light: '#e7e9ec', dark: '#2a2f36' },
  blue: { light: '#0072b2', dark: '#56b4e9' },
  orange: { light: '#d55e00', dark: '#f0a04b' },
  blueWash: { light: '#edf5fa', dark: '#182833' },
  orangeWash: { light: '#fcf1ea', dark: '#2d241b' }
} satisfies Record<string, Shade>

/** Colours for light backgrounds: what a picture is drawn with. */
export const colours = Object.fromEntries(Object.entries(shades).map(([name, shade]) => [name, shade.light])) as Record<
  keyof typeof shades,
  string
>

/** Without quotes: it is written into style attributes. */
export const fontFamily = 'system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif'

/** Style sheet that repaints pictures on dark backgrounds; programs that ignore it show the light colours. */
export const darkRules = `@media (prefers-color-scheme: dark) {
${Object.values(shades)
  .map(({ light, dark }) => `[fill="${light}"] { fill: ${dark} } [stroke="${light}"] { stroke: ${dark} }`)
  .join('\n')}
}`

/** A picture as a file of its own: one that follows the reader's light or dark theme. */
export function standaloneSvg(svg: string): string {
  return `${svg.replace(/<svg[^>]*>/, (tag) => `${tag}\n<style>${darkRules}</style>`)}\n`
}
