/** `npm run demo` is the first thing that the README names: it works in a clone where nothing is installed yet. */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** An npm that writes down what it is asked, and installs nothing. */
const fakeNpm = '#!/bin/sh\necho "$@" > "$(dirname "$0")/asked"\nexit 7\n';

test.each([
  { what: 'in a bare clone', there: [] },
  { what: 'after an install without the packages of development', there: ['node_modules/jiti/lib/jiti-cli.mjs'] },
])('the demo installs every package that the sources import, $what', async ({ there }) => {
  const folder = await tempFolder({ 'bin/npm': fakeNpm, ...Object.fromEntries(there.map((path) => [path, ''])) });
  await mkdir(join(folder, 'scripts'));
  await cp(join(root, 'scripts/demo.mjs'), join(folder, 'scripts/demo.mjs'));
  await chmod(join(folder, 'bin/npm'), 0o755);
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const { status } = spawnSync(process.execPath, [join(folder, 'scripts/demo.mjs')], { env });
  expect(status).toBe(7);
  expect((await readFile(join(folder, 'bin/asked'), 'utf8')).trim()).toBe('ci --ignore-scripts --no-fund --no-audit');
});
