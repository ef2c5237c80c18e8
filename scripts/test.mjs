// `npm test`: everything from a bare clone to a count. Installs the packages if there are none, builds, sets up the
// engines where it may, runs all tests and prints as its last line `N passed, N failed` (`, N skipped` if any).
// Only Node's own modules here: this runs before anything is installed. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const resultFile = fileURLToPath(new URL('../.cache/test-result.json', import.meta.url));
const inCi = ['true', '1'].includes(process.env.CI ?? '');
const nothing = { passed: 0, failed: 0, skipped: 0 };

process.exitCode = main();

/** @returns {number} the exit code */
function main() {
  if (!existsSync(new URL('../node_modules/vitest', import.meta.url)) && !succeeds('npm', ['ci'])) {
    return finish({ ...nothing, failed: 1 }, ['npm ci failed: nothing was tested']);
  }
  if (!succeeds('npm', ['run', 'build'])) {
    return finish({ ...nothing, failed: 1 }, ['the build failed: nothing was tested']);
  }

  const enginesReady = succeeds('bash', ['scripts/setup-engines.sh']);
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
  if (!enginesReady) args.push('--project=unit');
  rmSync(resultFile, { force: true });
  const ran = vitest([...args, ...process.argv.slice(2)], 'inherit');
  const { count, notes } = readResult(ran.status);

  if (!enginesReady) {
    const skipped = integrationTests();
    count.skipped += skipped.length;
    notes.push(
      `SKIPPED ${skipped.length} integration tests: this machine lacks what scripts/setup-engines.sh named above`,
      ...new Set(skipped.map((test) => `  ${relative(root, test.file)}`)),
    );
  }
  const mayPass = !inCi || (enginesReady && count.skipped === 0);
  if (!mayPass) notes.push('nothing may be skipped in CI, so this run fails');
  return finish(count, notes, mayPass);
}

/**
 * Counts from vitest's own JSON. A file that could not be loaded holds no tests and would count as nothing, and a
 * vitest that died early writes no file: both count as failed.
 */
function readResult(status) {
  const notes = [];
  if (!existsSync(resultFile)) {
    notes.push(`vitest ended with ${status ?? 'a signal'} and reported no result`);
    return { count: { ...nothing, failed: 1 }, notes };
  }
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  const count = {
    passed: result.numPassedTests,
    failed: result.numFailedTests,
    skipped: result.numPendingTests + result.numTodoTests,
  };
  for (const file of result.testResults) {
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      notes.push(`${file.name} failed outside its tests`);
      count.failed += 1;
    }
  }
  if (status !== 0 && count.failed === 0) {
    notes.push(`vitest ended with ${status ?? 'a signal'} although no test failed`);
    count.failed = 1;
  }
  if (count.passed + count.failed === 0) {
    notes.push('no test ran');
    count.failed = 1;
  }
  return { count, notes };
}

/** Lists the integration tests without running them, so that what is skipped can be counted and named. */
function integrationTests() {
  const listed = vitest(['list', '--project=integration', '--json', ...process.argv.slice(2)], 'pipe');
  return listed.status === 0 ? JSON.parse(listed.stdout) : [];
}

/** Prints what needs saying and, as the last line, the count; gives the exit code. */
function finish(count, notes, mayPass = true) {
  for (const note of notes) process.stderr.write(`test: ${note}\n`);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
  return count.failed === 0 && mayPass ? 0 : 1;
}

function vitest(args, stdout) {
  const path = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  return spawnSync(process.execPath, [path, ...args], {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
}

/** Runs one command with its output on this terminal; npm is a script on Windows and needs its shell there. */
function succeeds(command, args) {
  const shell = process.platform === 'win32' && command === 'npm';
  const ran = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell });
  if (ran.error) process.stderr.write(`test: ${command} did not start: ${ran.error.message}\n`);
  return ran.status === 0;
}
