// Pieces of pictures. Their background is white, so that they can be read on a dark page too.

export interface SvgSize {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** What is said where the picture cannot be seen. */
  readonly title: string
}

export function svgDocument({ width, height, title }: SvgSize, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** `y`: of the base line. */
export function svgText(
  x: number,
  y: number,
  text: string,
  { anchor = 'start', colour = '#1f2328' }: { anchor?: 'start' | 'middle' | 'end'; colour?: string } = {},
): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" fill="${colour}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escaped(text)}</text>`
}

export function rounded(value: number): string {
  return String(Number(value.toFixed(1)))
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
