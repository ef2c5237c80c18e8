/**
 * What an install costs and how fast commands start, measured from the packed tarball in an empty folder with an empty cache.
 * Each round runs every command once, so that a busy moment is everybody's; the least of all rounds counts.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { installPacked } from '../test/support/packed.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const rounds = 11;
const installed = installPacked();
try {
  const { folder, packages, packedBytes, unpackedBytes } = installed;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  console.log(
    `install: ${packages.length} packages, ${megabytes(packedBytes)} packed, ${megabytes(unpackedBytes)} unpacked`,
  );
  await writeExample(folder);
  const cli = join(folder, 'node_modules/tagwright/dist/cli.js');
  const commands = [
    { name: 'node -e 0', args: ['-e', '0'], atMost: 1 },
    { name: '--version', args: [cli, '--version'], atMost: 1.5 },
    { name: 'plan, JSON config', args: [cli, 'plan', '--offline', '--config', 'example.json'], atMost: 3 },
    { name: 'plan, TypeScript config', args: [cli, 'plan', '--offline'], atMost: 4 },
  ];
  const least = commands.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { name, args }] of commands.entries()) {
      const begin = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: join(folder, 'home') },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      // The first round fills caches.
      if (round > 0) least[index] = Math.min(least[index] ?? 0, performance.now() - begin);
    }
  }
  const bare = least[0] ?? Number.NaN;
  for (const [index, { name, atMost }] of commands.entries()) {
    const ms = least[index] ?? Number.NaN;
    const isSlow = ms / bare > atMost;
    console.log(
      `${name}: ${ms.toFixed(0)} ms, ${(ms / bare).toFixed(2)} times node -e 0 (at most ${atMost})${isSlow ? ', too slow' : ''}`,
    );
    if (isSlow) process.exitCode = 1;
  }
} finally {
  installed.remove();
}

/** The 167 rows of Prefect 2.x with its shipped config, as JSON and as TypeScript. */
async function writeExample(folder: string): Promise<void> {
  copyFileSync(join(root, 'examples/prefect/releases.json'), join(folder, 'releases.json'));
  const loading = { virtualModules: { tagwright: { defineConfig } } };
  const shipped = await loadConfigModule(join(root, 'examples/prefect/matrix.config.ts'), loading);
  const json = JSON.stringify(shipped, (_key, value: unknown) => (value instanceof RegExp ? value.source : value), 2);
  writeFileSync(join(folder, 'example.json'), json);
  const code = `import { defineConfig } from 'tagwright';\nexport default defineConfig(${json});\n`;
  writeFileSync(join(folder, 'matrix.config.ts'), code);
}
