// `npm test`: everything from a bare clone to a count. Installs the packages if there are none, builds, sets up the
// engines where it may, runs all tests and prints as its last line `N passed, N failed` (`, N skipped` if any).
// Only Node's own modules here: this runs before anything is installed. Arguments go to vitest.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitestPath = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const filters = process.argv.slice(2);
const inCi = ['true', '1'].includes(process.env.CI ?? '');
const nothing = { passed: 0, failed: 0, skipped: 0 };

/**
 * Tests of real servers, in lanes of about the same length, for each waits half of its time: publishes; what has the
 * Docker daemon; and what else asks a registry, with the browser.
 */
const lanes = [['publish'], ['buildx'], ['integration', 'pages']];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  if (!existsSync(vitestPath) && !succeeds('npm', ['ci'])) {
    return finish({ ...nothing, failed: 1 }, ['npm ci failed: nothing was tested']);
  }
  if (!succeeds('npm', ['run', 'build'])) {
    return finish({ ...nothing, failed: 1 }, ['the build failed: nothing was tested']);
  }

  const enginesReady = succeeds('bash', ['scripts/setup-engines.sh']);
  const runs = [await run(['unit', 'fuzz'], 'inherit')];
  if (enginesReady) {
    // The words of each lane but the first come in one piece, behind its own.
    const done = await Promise.all(lanes.map((lane, index) => run(lane, index === 0 ? 'inherit' : 'pipe')));
    for (const { output } of done) process.stdout.write(output);
    runs.push(...done);
  }
  const count = { passed: 0, failed: 0, skipped: 0 };
  const notes = [];
  for (const done of runs) addResult(done, count, notes);
  if (count.passed + count.failed === 0) {
    notes.push('no test ran');
    count.failed = 1;
  }

  if (!enginesReady) {
    const skipped = unrunTests();
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

/** Runs the tests of some projects. A filter may leave none of them. */
function run(projects, stdout) {
  const [project] = projects;
  const resultFile = fileURLToPath(new URL(`../.cache/test-result-${project}.json`, import.meta.url));
  rmSync(resultFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
  const args = [
    vitestPath,
    'run',
    ...projects.map((name) => `--project=${name}`),
    '--passWithNoTests',
    ...reporters,
    ...filters,
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', stdout, stdout] });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  return new Promise((done) => {
    child.once('error', (error) => done({ project, resultFile, output, how: error.message, status: 1 }));
    child.once('close', (status, signal) => done({ project, resultFile, output, how: status ?? signal, status }));
  });
}

/**
 * Counts from vitest's own JSON. A file that could not be loaded holds no tests and would count as nothing, and a
 * vitest that died early writes no file: both count as failed.
 */
function addResult({ project, resultFile, how, status }, count, notes) {
  if (!existsSync(resultFile)) {
    notes.push(`vitest of ${project} ended with ${how} and reported no result`);
    count.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  let failed = result.numFailedTests;
  count.passed += result.numPassedTests;
  count.skipped += result.numPendingTests + result.numTodoTests;
  for (const file of result.testResults) {
    notes.push(...file.assertionResults.filter((test) => test.status === 'failed').map((test) => told(file, test)));
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      notes.push(`${file.name} failed outside its tests`);
      failed += 1;
    }
  }
  if (status !== 0 && failed === 0) {
    notes.push(`vitest of ${project} ended with ${how} although no test failed`);
    failed = 1;
  }
  count.failed += failed;
}

/** A failed test and the first words of its error: the whole is in the output, which nobody keeps that long. */
function told(file, test) {
  const error = (test.failureMessages[0] ?? '').split('\n').slice(0, 4).join('\n    ');
  return `FAILED ${relative(root, file.name)} > ${test.fullName}\n    ${error.slice(0, 600)}`;
}

/** Lists the integration tests without running them, so that what is skipped can be counted and named. */
function unrunTests() {
  const args = [vitestPath, 'list', ...lanes.flat().map((project) => `--project=${project}`), '--json', ...filters];
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 64 * 2 ** 20 };
  const listed = spawnSync(process.execPath, args, options);
  return listed.status === 0 ? JSON.parse(listed.stdout) : [];
}

/** Prints what needs saying and, as the last line, the count; gives the exit code. */
function finish(count, notes, mayPass = true) {
  for (const note of notes) process.stdout.write(`test: ${note}\n`);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
  return count.failed === 0 && mayPass ? 0 : 1;
}

/** Runs one command with its output on this terminal; npm is a script on Windows and needs its shell there. */
function succeeds(command, args) {
  const shell = process.platform === 'win32' && command === 'npm';
  const ran = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell });
  if (ran.error) process.stderr.write(`test: ${command} did not start: ${ran.error.message}\n`);
  return ran.status === 0;
}
