/**
 * Every figure of the project in one run: `npm run bench [-- --only NAME …] [--rounds N] [--full] [--json FILE] [--write]`.
 *
 * Each part is a process of its own, one after another, so that none warms another up. A part that ends without its
 * figures is a MISS as well. The exit code is 1 if anything is one. `--write` puts the run into docs/performance.json and
 * docs/performance.md. Without `--full` it takes at most 12 minutes: `bench:build` has two rounds there instead of five.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figure, limited, type Figure } from './figure.ts';
import type { PartResult } from './part.ts';
import { figureLine, missesOf, performancePage, type Run } from './table.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const limitMinutes = 12;

interface Part {
  readonly name: string;
  readonly title: string;
  /** Beside `--full`, where the part has more to measure then. */
  readonly args: readonly string[];
  readonly full: readonly string[];
}

const parts: readonly Part[] = [
  { name: 'start', title: 'Start-up and install', args: [], full: [] },
  { name: 'plan', title: 'Planning', args: ['--rounds', '5'], full: ['--rounds', '9'] },
  { name: 'audit', title: 'Reading a registry', args: ['--rounds', '3'], full: [] },
  { name: 'images', title: 'Many images in one run', args: [], full: [] },
  { name: 'moves', title: 'Moving tags', args: [], full: [] },
  { name: 'page', title: 'The HTML page', args: [], full: [] },
  {
    name: 'faults',
    title: 'A registry that fails and lies',
    args: ['--tags', '60', '--peer-tags', '4'],
    full: ['--tags', '200', '--peer-tags', '40'],
  },
  { name: 'build', title: 'Building', args: ['--rounds', '2'], full: ['--rounds', '5', '--full'] },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const chosen = chosenParts(values.only ?? []);
const run = measure(chosen);
report(run);

/** @returns all of them if none is named */
function chosenParts(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) {
    console.error(`--only ${unknown}: expected one of ${parts.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  if (values.write && names.length > 0) {
    console.error('--write: the page is of a whole run; leave out --only');
    process.exit(2);
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

function measure(wanted: readonly Part[]): Run {
  const beganMs = performance.now();
  const load = Number((loadavg()[0] ?? 0).toFixed(1));
  const measured = wanted.map(measurePart);
  const [processor] = cpus();
  return {
    schema: 1,
    machine: {
      processors: `${cpus().length} × ${processor?.model.trim() ?? 'unknown'}`,
      memoryGb: Math.round(totalmem() / 1e9),
      node: process.versions.node,
      load,
    },
    date: new Date().toISOString().slice(0, 10),
    isFull: values.full,
    seconds: Math.round((performance.now() - beganMs) / 1000),
    parts: measured,
  };
}

function measurePart({ name, title, args, full }: Part): Run['parts'][number] {
  const folder = mkdtempSync(join(tmpdir(), 'tagwright-bench-'));
  const file = join(folder, 'figures.json');
  console.log(`\n${'-'.repeat(20)} ${name}`);
  const beganMs = performance.now();
  const rounds = values.rounds === undefined ? [] : ['--rounds', values.rounds];
  // The last --rounds counts.
  const own = [...(values.full ? full : args), ...rounds, '--json', file];
  const { status, signal } = spawnSync(
    process.execPath,
    ['node_modules/jiti/lib/jiti-cli.mjs', `bench/${name}.ts`, ...own],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  const result = readResult(file);
  rmSync(folder, { recursive: true, force: true });
  const ended: Figure[] =
    result !== null && (status === 0 || status === 1)
      ? []
      : [
          {
            ...figure(
              `ended with ${signal ?? status}, and not with its figures`,
              { value: Number.NaN, unit: '' },
              null,
            ),
          },
        ];
  return {
    name,
    title,
    seconds: Math.round((performance.now() - beganMs) / 1000),
    rounds: result?.rounds ?? 0,
    figures: [...(result?.figures ?? []), ...ended],
  };
}

function readResult(file: string): PartResult | null {
  if (!existsSync(file)) return null;
  const result: PartResult = JSON.parse(readFileSync(file, 'utf8'));
  return result;
}

function report(measured: Run): void {
  const isWhole = !values.full && chosen.length === parts.length;
  const time = limited('the whole run', { value: measured.seconds / 60, unit: 'minutes' }, limitMinutes);
  const whole: Run = isWhole
    ? {
        ...measured,
        parts: [...measured.parts, { name: 'run', title: 'This run', rounds: 1, seconds: 0, figures: [time] }],
      }
    : measured;
  for (const { title, seconds, figures } of whole.parts)
    console.log(
      `\n${title}${seconds === 0 ? '' : ` (${seconds} s)`}\n${figures.map((each) => `  ${figureLine(each)}`).join('\n')}`,
    );
  const json = `${JSON.stringify(whole, null, 2)}\n`;
  if (values.json !== undefined) writeFileSync(values.json, json);
  if (values.write) {
    writeFileSync(`${root}docs/performance.json`, json);
    writeFileSync(`${root}docs/performance.md`, performancePage(whole));
  }
  const misses = missesOf(whole);
  console.log(`\n${misses.length === 0 ? 'every bound holds' : `${misses.length} missed`}`);
  process.exitCode = misses.length === 0 ? 0 : 1;
}
