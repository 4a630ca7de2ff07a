// Ends the stack that start.ts started; one that was given is left alone.
export default async function stop(): Promise<void> {
  const started = globalThis.stackOfThisRun
  globalThis.stackOfThisRun = undefined
  await (await started)?.stop()
}
