// What a worker serves under /metrics at this moment: each series by its name and labels, as they are written there.

export async function scrape({
  opsPort,
}: {
  readonly opsPort: number
}): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

/** Over all of them; one that has no such series counts as 0. */
export async function sumOf(
  workers: readonly { readonly opsPort: number }[],
  series: string,
): Promise<number> {
  const scraped = await Promise.all(workers.map(scrape))
  return scraped.reduce((sum, each) => sum + (each.get(series) ?? 0), 0)
}
