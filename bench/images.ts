/**
 * Twenty images of one config, 5,000 tags each, audited as one run (`audit --all-images`) of a real registry: the rate and
 * the memory of all against those of one, and whether each image gets its share. `jiti bench/images.ts [--rounds 1]`; the
 * engines come from scripts/setup-engines.sh.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import { isJsonObject, parseJsonObject } from '../src/domain/json.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import { figure, median, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';
import { pushImages, root, tagsOf } from './planned-registry.ts';
import { measureProcess } from './process-memory.ts';

const asked = partArguments({ rounds: 1 });
const images = Array.from({ length: 20 }, (_, index) => `image-${index + 1}`);
const releases = 250;
const folder = mkdtempSync(join(tmpdir(), 'tagwright-bench-'));
const upstream = await startRegistry();
const registries = createRegistries();

const shared = {
  pythons: Array.from({ length: 10 }, (_, minor) => `3.${minor + 5}`),
  dockerfile: 'Dockerfile',
  defaults: { python: 'highest' },
  rules: { minor: false },
  source: { file: 'releases.json' },
};
const facts = Array.from({ length: releases }, (_, minor) => ({
  version: `1.${minor}.0`,
  revision: minor.toString(16).padStart(40, '0'),
  committedAt: new Date(Date.UTC(2024, 0, 1 + minor)).toISOString(),
}));
writeFileSync(join(folder, 'releases.json'), JSON.stringify(facts));
writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nARG PYTHON\n');
writeFileSync(
  join(folder, 'matrix.config.json'),
  JSON.stringify({
    ...shared,
    images: Object.fromEntries(images.map((name) => [name, { repository: `${upstream.host}/bench/${name}` }])),
  }),
);

try {
  const places = tagsOf({ ...shared, repository: `${upstream.host}/bench/image-1` }, facts);
  console.log(`${places.size} tags go into each of ${images.length} repositories of ${upstream.host} …`);
  await pushImages(places, registries.open({ registry: upstream.host, path: 'bench/image-1' }));
  linkRepositories();
  finishPart(asked, await figures(places.size));
} finally {
  await registries.close();
  await upstream.stop();
  rmSync(folder, { recursive: true });
}

/** What the registry keeps of a repository is a folder: the others are the same one by other names. */
function linkRepositories(): void {
  const kept = join(upstream.storage, 'docker/registry/v2/repositories/bench');
  const [first = '', ...others] = images;
  for (const name of others) symlinkSync(first, join(kept, name));
}

async function figures(tags: number): Promise<Figure[]> {
  const all = [];
  const alone = [];
  for (let round = 0; round < asked.rounds; round += 1) {
    alone.push(await audit('--image', 'image-7'));
    all.push(await audit('--all-images'));
  }
  const of = (runs: readonly AuditRun[], what: (run: AuditRun) => number): number => median(runs.map(what));
  const sum = (run: AuditRun): number => run.requests.reduce((total, each) => total + each, 0);
  const rate = (run: AuditRun): number => sum(run) / run.seconds;
  const most = (run: AuditRun): number => Math.max(...run.requests);
  const mean = (run: AuditRun): number => sum(run) / run.requests.length;
  const one = 'one image alone';
  return [
    figure(
      `${images.length} images, ${tags * images.length} tags`,
      { value: of(all, rate), unit: 'a second' },
      { name: one, value: of(alone, rate) },
      '>= 0.9',
    ),
    figure(
      'their memory',
      { value: of(all, ({ memoryMb }) => memoryMb), unit: 'MB' },
      { name: one, value: of(alone, ({ memoryMb }) => memoryMb) },
      '<= 2',
    ),
    figure(
      'most requests for one of them',
      { value: of(all, most), unit: '' },
      { name: 'their mean', value: of(all, mean) },
      '<= 1.05',
    ),
  ];
}

interface AuditRun {
  readonly seconds: number;
  readonly memoryMb: number;
  /** Of each repository. */
  readonly requests: readonly number[];
}

async function audit(...which: readonly string[]): Promise<AuditRun> {
  const config = join(folder, 'matrix.config.json');
  const args = ['dist/cli.js', 'audit', '--config', config, '--content', 'none', '--json', ...which];
  const { seconds, memoryMb, stdout } = await measureProcess(args, root, true);
  const document = parseJsonObject(stdout);
  const reports = Array.isArray(document?.['repositories']) ? document['repositories'] : [document];
  const requests = reports.map((report) => (isJsonObject(report) ? Number(report['requests']) : Number.NaN));
  const expected = which.includes('--all-images') ? images.length : 1;
  if (requests.length !== expected) throw new Error(`${which.join(' ')} gave ${requests.length} reports`);
  return { seconds, memoryMb, requests };
}
