/**
 * How long planning takes against a bare loop that makes the same cells and the same tag texts and puts them in Maps.
 *
 * The bare loop decides nothing: releases come sorted, every cell is built, the last one written owns a tag, and no
 * template, range, yank, default or mistake is looked at. Planning is all of that, from known releases to a checked tag
 * map. Both run in turns in one process; the figures are medians of processor time. Run: `npm run bench:plan`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { readConfig } from '../src/config/normalize.ts';
import type { Config, ImageConfig } from '../src/config/types.ts';
import type { Release, ReleaseFact } from '../src/domain/release.ts';
import { checkTags } from '../src/plan/check-tags.ts';
import { wholePlan } from '../src/plan/plan.ts';
import { shapeFinder } from '../src/plan/shapes.ts';
import { resolveTags, type TagMap } from '../src/plan/tag-map.ts';
import { knownReleases } from '../src/releases/known-releases.ts';
import { figure, limited, median, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';
import { measureProcess } from './process-memory.ts';

const asked = partArguments({ rounds: 9 });
const { rounds } = asked;
const root = fileURLToPath(new URL('../', import.meta.url));
const pythons = ['3.9', '3.10', '3.11', '3.12', '3.13'];
const suffixes = { standard: [''], conda: ['-conda'] };
/** With aliases: `1.2.3-python3.9-trixie` is `1.2.3-python3.9` too. */
const bases = { trixie: ['-trixie', ''], 'alpine3.24': ['-alpine3.24', '-alpine'] };

interface Subject {
  readonly config: Config;
  readonly image: ImageConfig;
  readonly facts: readonly ReleaseFact[];
}

function subject(raw: unknown, facts: readonly ReleaseFact[]): Subject {
  const read = readConfig(raw, 'matrix.config.ts');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const [image] = read.value.images;
  if (image === undefined) throw new Error('the config has no image');
  return { config: read.value, image, facts };
}

interface Scheme {
  readonly name: string;
  /** The second axis of the config, and what its rules end with. */
  readonly config: object;
  /** What the tags of its values end with. */
  readonly ends: Readonly<Record<string, readonly string[]>>;
  readonly latest: string;
}

const plain: Scheme = {
  name: 'without aliases',
  config: {
    flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'Dockerfile', suffix: '-conda' } },
    rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
  },
  ends: suffixes,
  latest: '-latest',
};

const aliased: Scheme = {
  name: 'with aliases',
  config: {
    dockerfile: 'Dockerfile',
    axes: { os: { trixie: { aliases: [''] }, 'alpine3.24': { aliases: ['alpine'] } } },
    rules: {
      full: { template: '{{version}}-python{{python}}-{{os}}' },
      sha: { template: 'sha-{{revision}}-python{{python}}-{{os}}' },
      minor: { template: '{{major}}.{{minor}}-python{{python}}-{{os}}' },
      major: { template: '{{major}}-python{{python}}-{{os}}' },
      latest: { template: '{{major}}-latest-{{os}}' },
    },
  },
  ends: bases,
  latest: '-latest',
};

function generated(count: number, scheme: Scheme): Subject {
  const { config, facts } = written(count, scheme);
  return subject(config, facts);
}

/** Twenty patches a minor and fifty minors a major, one an hour: 1,000 releases have 205,120 / 10 tags or so. */
function written(count: number, scheme: Scheme): { readonly config: object; readonly facts: readonly ReleaseFact[] } {
  const facts = Array.from({ length: count }, (_, index): ReleaseFact => ({
    version: `${Math.floor(index / 1000)}.${Math.floor(index / 20) % 50}.${index % 20}`,
    revision: index.toString(16).padStart(40, '0'),
    committedAt: new Date(Date.UTC(2020, 0, 1) + index * 3_600_000).toISOString(),
  }));
  const majors = Array.from({ length: Math.ceil(count / 1000) }, (_, major) => [String(major), '3.11']);
  const config = {
    repository: 'registry.example/acme/app',
    pythons,
    ...scheme.config,
    defaults: { python: Object.fromEntries(majors) },
  };
  return { config, facts };
}

function plan({ config, image }: Subject, releases: readonly Release[]): TagMap {
  const tags = resolveTags(image, releases, shapeFinder(image, releases, 'releases.json'));
  const problems = checkTags(tags, image, config);
  if (problems.length > 0) throw new Error(JSON.stringify(problems[0]));
  return tags;
}

interface BareCell {
  readonly release: Release;
  readonly python: string;
  readonly flavor: string;
  readonly pinned: readonly string[];
}

function bareLoop(releases: readonly Release[], { ends, latest }: Scheme): number {
  const cells: BareCell[] = [];
  const pinned = new Map<string, BareCell>();
  const convenience = new Map<string, BareCell>();
  for (const release of releases) {
    const { text, numbers } = release.version;
    const [major, minor] = numbers;
    for (const python of pythons) {
      for (const [flavor, names] of Object.entries(ends)) {
        const own: string[] = [];
        const cell = { release, python, flavor, pinned: own };
        cells.push(cell);
        for (const end of names) {
          own.push(`${text}-python${python}${end}`, `sha-${release.revision}-python${python}${end}`);
          convenience.set(`${major}.${minor}-python${python}${end}`, cell);
          convenience.set(`${major}-python${python}${end}`, cell);
          if (python === '3.11') convenience.set(`${major}${latest}${end}`, cell);
        }
        for (const tag of own) pinned.set(tag, cell);
      }
    }
  }
  return pinned.size + convenience.size;
}

/** Processor time of this process, so that a busy machine does not count; garbage collection does. */
function timed<T>(run: () => T): { readonly ms: number; readonly value: T } {
  const start = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, value };
}

function known({ facts, image }: Subject): readonly Release[] {
  return knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image).releases;
}

function measure(count: number, scheme: Scheme): { readonly ms: number; readonly bareMs: number } {
  const given = generated(count, scheme);
  const releases = known(given);
  const times: { plan: number; bare: number }[] = [];
  let tags = 0;
  for (let round = 0; round < rounds; round += 1) {
    const planned = timed(() => plan(given, releases));
    tags = planned.value.pinned.size + planned.value.convenience.length;
    const bare = timed(() => bareLoop(releases, scheme));
    if (bare.value !== tags) throw new Error(`the bare loop has ${bare.value} tags, the plan ${tags}`);
    times.push({ plan: planned.ms, bare: bare.ms });
  }
  const ms = median(times.map((time) => time.plan));
  const bareMs = median(times.map((time) => time.bare));
  const whole = timed(() => wholePlan(given.image, plan(given, releases), []));
  const read = timed(() => known(given));
  console.log(
    `${count} releases ${scheme.name}, ${tags} tags: plan ${ms.toFixed(0)} ms, bare loop ${bareMs.toFixed(0)} ms; reading the facts ${read.ms.toFixed(0)} ms, plan with its document ${whole.ms.toFixed(0)} ms`,
  );
  return { ms, bareMs };
}

async function measureReal(): Promise<Figure> {
  const config = await loadConfigModule(`${root}matrix.config.ts`, {
    virtualModules: { tagwright: { defineConfig } },
  });
  const facts: readonly ReleaseFact[] = JSON.parse(readFileSync(`${root}examples/prefect/releases.json`, 'utf8'));
  const given = subject(config, facts);
  const releases = known(given);
  const times = Array.from({ length: rounds * 3 }, () => timed(() => plan(given, releases)).ms);
  return figure(`${releases.length} real releases of Prefect`, { value: median(times), unit: 'ms' }, null);
}

/** As a user runs it: `plan --offline --json` of 14,500 releases with ten cells each, written nowhere. */
async function measureProcessOf(count: number): Promise<Figure[]> {
  const { config, facts } = written(count, plain);
  const folder = mkdtempSync(join(tmpdir(), 'tagwright-bench-'));
  writeFileSync(join(folder, 'matrix.config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'releases.json'), JSON.stringify(facts));
  const files = ['--config', 'matrix.config.json', '--releases', 'releases.json'];
  const run = await measureProcess([`${root}dist/cli.js`, 'plan', '--offline', '--json', ...files], folder);
  rmSync(folder, { recursive: true });
  return [
    limited('145,000 cells as a process, memory', { value: run.memoryMb, unit: 'MB' }, 400),
    figure('145,000 cells as a process', { value: run.seconds, unit: 's' }, null),
  ];
}

const figures: Figure[] = [await measureReal()];
for (const scheme of [plain, aliased]) {
  const small = measure(1000, scheme);
  const large = measure(10_000, scheme);
  const measured = { value: large.ms, unit: 'ms' };
  const bare = { name: 'a bare loop', value: large.bareMs };
  figures.push(
    figure(`10,000 releases × 10 cells, ${scheme.name}`, measured, bare, '<= 2.5'),
    figure(`the same, linear`, measured, { name: '1,000 releases', value: small.ms }, '<= 12'),
  );
}
figures.push(...(await measureProcessOf(14_500)));
finishPart(asked, figures);
