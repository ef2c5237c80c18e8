/**
 * `npm run demo`: from a bare clone to a rehearsed release. Installs what it needs, then publishes Prefect 2.11.5 to a
 * registry in its own process and audits it; the facts are real, the images are stand-ins, nothing leaves the machine.
 */
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const facts = ['--at', '2.11.5', '--releases', 'examples/prefect/releases.json'];

function run(title, command, args) {
  if (title !== null) process.stderr.write(`\n── ${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

// The sources are run as they are, and import packages that the published one has inside: those of development too.
const jiti = `${root}node_modules/jiti/lib/jiti-cli.mjs`;
const isBuilt = existsSync(`${root}dist/cli.js`) && existsSync(jiti);
if (!isBuilt && !existsSync(`${root}node_modules/commander`)) {
  run('installing', 'npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit']);
}
const cli = isBuilt ? [`${root}dist/cli.js`] : [jiti, `${root}src/cli.ts`];
run('the plan: tagwright plan 2.11.5', process.execPath, [...cli, 'plan', '2.11.5', '--offline', ...facts]);
run('the rehearsal: tagwright rehearse 2.11.5', process.execPath, [...cli, 'rehearse', '2.11.5', ...facts]);
