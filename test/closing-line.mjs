// The line that closes every run: what passed and what failed, over all projects. Written when the process
// ends, because the summary of the default reporter comes after every reporter's last call.
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    process.once('exit', () => {
      process.stdout.write(`\nTests: ${results.numPassedTests} passed, ${failed} failed\n`)
    })
  }
}
