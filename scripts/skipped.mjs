// Reads vitest's JSON report. Prints every skipped test with its reason ("(needs …)" or "(skipped …)" in its name, or its group's);
// fails if one was skipped that Debian's packages could have run. `--count`: prints the closing line only.
import { readFileSync } from 'node:fs';

const [report, mode] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
const skipped = testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo'),
);

const reasonOf = ({ fullName }) => /\(((?:needs|skipped)\b[^()]*)\)/.exec(fullName)?.[1] ?? 'no reason given';

if (mode === '--count') {
  // A file that could not be loaded has no tests, and has failed all the same.
  const unread = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  console.log(`${numPassedTests} passed, ${numFailedTests + unread.length} failed, ${skipped.length} skipped`);
} else {
  for (const test of skipped) console.log(`skipped: ${test.fullName}: ${reasonOf(test)}`);
  if (skipped.length === 0) console.log('none');
  const avoidable = skipped.filter((test) => /\bDebian|\bapt\b|\/usr\/bin|no reason given/.test(reasonOf(test)));
  if (avoidable.length > 0) {
    console.error(`${avoidable.length} of them could have run with Debian's packages, or give no reason`);
    process.exit(1);
  }
}
