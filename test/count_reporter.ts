import type { Reporter } from 'vitest/node';

/** Ends a run with the one line that programs read. What failed outside a test (a file that does not load) counts too. */
export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors, reason) {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        if (state === 'failed') failed++;
      }
    }
    // A run that broke before its first test has not passed.
    if (failed === 0 && (reason === 'failed' || modules.length === 0)) failed = 1;
    console.log(`\n${passed} passed, ${failed} failed`);
  },
};
