/**
 * What an install costs and how fast commands start, measured from the packed tarball in an empty folder with an empty cache.
 * Each round runs every command once, so that a busy moment is everybody's; the least of all rounds counts.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configData } from '../scripts/playground.ts';
import { installPacked } from '../test/support/packed.ts';
import { figure, limited, type Bound, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** Of `node -e 0`. */
  readonly bound: Bound | null;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const given = partArguments({ rounds: 11 });
/** What an install may weigh, unpacked, and of how many packages it is. */
const limits = { megabytes: 6, packages: 1 };
const manyReleases = 12_000;

const installed = installPacked();
try {
  const { folder, packages, packedBytes, unpackedBytes } = installed;
  await writeExample(folder);
  writeManyReleases(folder);
  const figures: Figure[] = [
    limited('packages of an install', { value: packages.length, unit: '' }, limits.packages),
    limited('an install, unpacked', { value: unpackedBytes / 1e6, unit: 'MB' }, limits.megabytes),
    figure('an install, packed', { value: packedBytes / 1e6, unit: 'MB' }, null),
    ...startTimes(folder),
  ];
  finishPart(given, figures);
} finally {
  installed.remove();
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In the environment that every start is measured in, and in the one that this shell gives to each. */
function startTimes(folder: string): Figure[] {
  const cli = join(folder, 'node_modules/tagwright/dist/cli.js');
  const many = ['--config', 'many.json', '--releases', 'many-releases.json', '--offline'];
  const plans: readonly Command[] = [
    { name: '--version', args: [cli, '--version'], bound: '<= 1.5' },
    { name: 'plan, JSON config', args: [cli, 'plan', '--offline', '--config', 'example.json'], bound: '<= 3' },
    { name: 'plan, TypeScript config', args: [cli, 'plan', '--offline'], bound: '<= 4' },
  ];
  const ofMany: readonly Command[] = [
    { name: 'plan VERSION of 12,000 releases', args: [cli, 'plan', '11.9.99', ...many], bound: '<= 10' },
    { name: 'explain TAG of 12,000 releases', args: [cli, 'explain', 'latest', ...many], bound: '<= 9' },
  ];
  const bare = { PATH: process.env['PATH'], HOME: join(folder, 'home') };
  const here = plans.map((command) => ({ ...command, name: `${command.name}, in this shell` }));
  return [
    ...timesIn(bare, [...plans, ...ofMany], folder),
    // NODE_EXTRA_CA_CERTS, for one, makes each start of Node read the certificates.
    ...timesIn({ ...process.env, HOME: join(folder, 'home') }, here, folder),
  ];
}

function timesIn(env: Environment, commands: readonly Command[], folder: string): Figure[] {
  const bare: Command = { name: 'node -e 0', args: ['-e', '0'], bound: null };
  const all = [bare, ...commands];
  const least = new Map(all.map((command) => [command, Number.POSITIVE_INFINITY]));
  for (let round = 0; round <= given.rounds; round += 1) {
    for (const command of all) {
      const ms = timed(command, folder, env);
      // The first round fills caches.
      if (round > 0) least.set(command, Math.min(least.get(command) ?? ms, ms));
    }
  }
  const peer = { name: bare.name, value: least.get(bare) ?? Number.NaN };
  return commands.map((command) => {
    const value = least.get(command) ?? Number.NaN;
    return figure(command.name, { value, unit: 'ms' }, peer, command.bound);
  });
}

function timed({ name, args }: Command, folder: string, env: Environment): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}

/** The 167 rows of Prefect 2.x with its shipped config, as JSON and as TypeScript. */
async function writeExample(folder: string): Promise<void> {
  copyFileSync(join(root, 'examples/prefect/releases.json'), join(folder, 'releases.json'));
  const json = JSON.stringify(await configData(join(root, 'examples/prefect/matrix.config.ts')), null, 2);
  writeFileSync(join(folder, 'example.json'), json);
  const code = `import { defineConfig } from 'tagwright';\nexport default defineConfig(${json});\n`;
  writeFileSync(join(folder, 'matrix.config.ts'), code);
}

/** Releases of one cell each, a hundred patches a minor and ten minors a major. */
function writeManyReleases(folder: string): void {
  const rows = Array.from({ length: manyReleases }, (_, index) => ({
    version: `${Math.floor(index / 1000)}.${Math.floor(index / 100) % 10}.${index % 100}`,
    revision: index.toString(16).padStart(40, '0'),
    committedAt: new Date(Date.UTC(2020, 0, 1) + index * 3_600_000).toISOString(),
  }));
  writeFileSync(join(folder, 'many-releases.json'), JSON.stringify(rows));
  const config = { repository: 'registry.example/acme/app', scheme: 'semver', dockerfile: 'Dockerfile' };
  writeFileSync(join(folder, 'many.json'), JSON.stringify(config));
}
