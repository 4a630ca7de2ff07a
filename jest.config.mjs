// One jest run with a project per kind of test, so that its last line counts them all.
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
}

const project = (name, more = {}) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...more,
})

// Starts the real broker and registry once, before the first project that needs them.
const onTheRealStack = {
  globalSetup: '<rootDir>/test/stack/start.ts',
  globalTeardown: '<rootDir>/test/stack/stop.ts',
}

// The same, and Chromium, which is unpacked first.
const inABrowser = { ...onTheRealStack, globalSetup: '<rootDir>/test/stack/start-with-browser.ts' }

export default {
  reporters: ['default', '<rootDir>/test/closing-line.mjs'],
  testTimeout: 60_000,
  // Most of the time is spent waiting: for sessions to end, brokers to return, timeouts. More would take the processor from
  // the broker, the registry and the workers that these tests start.
  maxWorkers: 2,
  projects: [
    project('unit'),
    project('property'),
    project('generated'),
    project('contract', onTheRealStack),
    project('integration', onTheRealStack),
    project('faults', onTheRealStack),
    project('browser', inABrowser),
  ],
}
