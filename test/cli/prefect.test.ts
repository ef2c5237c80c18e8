import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { DatedFact } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';

/** What Prefect's config and all 167 recorded rows come to, through the command line. */
const releases = 'examples/prefect/releases.json';
const rows: DatedFact[] = JSON.parse(readFileSync(releases, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'tagwright-prefect-'));

const owner = z.object({ version: z.string(), python: z.string(), flavor: z.string() });
const stand = z.object({ owner: owner.nullable(), digest: z.null() });
const planShape = z.strictObject({
  schema: z.literal(1),
  repository: z.literal('docker.io/prefecthq/prefect'),
  release: z.string().nullable(),
  cells: z.array(
    z.strictObject({
      version: z.string(),
      revision: z.string().length(40),
      python: z.string(),
      flavor: z.string(),
      platforms: z.array(z.string()),
      tags: z.array(z.string()),
    }),
  ),
  tags: z.array(
    z.strictObject({
      tag: z.string(),
      kind: z.enum(['pinned', 'convenience']),
      rule: z.string(),
      owner: owner.nullable(),
      frozen: z.boolean(),
      because: z.string(),
    }),
  ),
  moves: z.array(
    z.strictObject({ kind: z.enum(['create', 'move']), tag: z.string(), from: stand, to: stand, because: z.string() }),
  ),
  warnings: z.array(z.unknown()),
});

async function plan(...args: string[]): Promise<z.output<typeof planShape>> {
  const run = await runCli(['plan', '--offline', '--json', ...args]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  return planShape.parse(JSON.parse(run.stdout));
}

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the whole tag map', () => {
  test('164 releases, 2,015 cells, 4,030 pinned and 264 convenience tags, six of them frozen', async () => {
    const { cells, tags, moves, warnings } = await plan('--releases', releases);
    const convenience = tags.filter((tag) => tag.kind === 'convenience');
    const count = (rule: string): number => tags.filter((tag) => tag.rule === rule).length;
    expect(new Set(cells.map((cell) => cell.version)).size).toBe(164);
    expect(cells).toHaveLength(2015);
    expect(['full', 'sha', 'minor', 'major', 'latest'].map(count)).toEqual([2015, 2015, 243, 18, 3]);
    expect(convenience.filter((tag) => tag.frozen).map((tag) => tag.tag)).toEqual([
      '2.10-python3.7',
      '2.10-python3.7-conda',
      '2.10-python3.7-kubernetes',
      '2-python3.7',
      '2-python3.7-conda',
      '2-python3.7-kubernetes',
    ]);
    expect({ moves, warnings }).toEqual({ moves: [], warnings: [] });
  });

  test('owners of tags that were wrong elsewhere', async () => {
    const { tags } = await plan('--releases', releases);
    const owners = new Map(tags.map((tag) => [tag.tag, tag.owner]));
    expect(owners.get('2-latest')).toEqual({ version: '2.20.25', python: '3.10', flavor: 'standard' });
    expect(owners.get('2-python3.7')).toEqual({ version: '2.10.19', python: '3.7', flavor: 'standard' });
    expect(owners.get('2.6-python3.11')).toEqual({ version: '2.6.9', python: '3.11', flavor: 'standard' });
    expect(owners.get('2-python3.11-conda')).toEqual({ version: '2.20.25', python: '3.11', flavor: 'conda' });
  });

  test('the same facts in another order give the same bytes', async () => {
    const shuffled = rows.toSorted((a, b) => a.revision.localeCompare(b.revision));
    const texts = await Promise.all(
      [rows, shuffled, rows.toReversed()].map(async (facts, index) => {
        const path = write(`order-${index}.json`, facts);
        return (await runCli(['plan', '--offline', '--json', '--releases', path])).stdout;
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test('without the exclusions it names the three rows that are no releases, each with why', async () => {
    const config = readFileSync('matrix.config.ts', 'utf8').replaceAll(/^ {4}\{ version: '2\..*\n/gm, '');
    const run = await runCli([
      'plan',
      '--offline',
      '--config',
      write('bare.config.ts', config),
      '--releases',
      releases,
    ]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/PINNED_COLLISION .*2\.6\.9\.post1 .* and 2\.6\.10 .*both on revision 15e84512e2a1/);
    expect(run.stderr).toMatch(/PINNED_COLLISION .*2\.8\.2 .* and 2\.82 .*both on revision afbed19d752b/);
    expect(run.stderr).toMatch(
      /PINNED_IS_CONVENIENCE .*2\.82-python3\.7 is the pinned full tag of 2\.82 .*the minor tag/,
    );
    expect(run.stderr).toMatch(/VERSION_SHAPE .*"2\.82"/);
    expect(run.stderr).toMatch(/VERSION_LEAP {2}2\.82 skips 73 numbers after 2\.8/);
  });
});

describe('publishing 2.11.5', () => {
  const series = ['3.8', '3.9', '3.10', '3.11'].flatMap((python) =>
    ['', '-conda', '-kubernetes']
      .filter((suffix) => python !== '3.11' || suffix !== '-conda')
      .map((suffix) => `python${python}${suffix}`),
  );

  test('when it came out: 11 cells, 22 pinned tags, 25 convenience tags from 2.11.4 to 2.11.5', async () => {
    const { cells, tags, moves } = await plan('2.11.5', '--at', '2.11.5', '--releases', releases);
    expect(cells).toHaveLength(11);
    expect(tags.filter((tag) => tag.kind === 'pinned')).toHaveLength(22);
    expect(
      moves.map((move) => `${move.kind} ${move.tag} ${move.from.owner?.version} ${move.to.owner?.version}`),
    ).toEqual(
      [
        ...series.map((tag) => `2.11-${tag}`),
        ...series.map((tag) => `2-${tag}`),
        '2-latest',
        '2-latest-conda',
        '2-latest-kubernetes',
      ].map((tag) => `move ${tag} 2.11.4 2.11.5`),
    );
    expect(tags.filter((tag) => tag.kind === 'convenience')).toHaveLength(25);
  });

  test('now that 2.20.25 is out: its own series alone', async () => {
    const { moves } = await plan('2.11.5', '--releases', releases);
    expect(moves.map((move) => move.tag)).toEqual(series.map((tag) => `2.11-${tag}`));
  });

  test("the 34 tags that Prefect's guide lists for a release", async () => {
    const config = {
      repository: 'docker.io/prefecthq/prefect',
      pythons: ['3.8', '3.9', '3.10', '3.11'],
      flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'conda.Dockerfile', suffix: '-conda' } },
      defaults: { python: { '2': '3.10' } },
      rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
    };
    const revision = 'a597971f7156b301f0abb7ae094ffeb4d4e67608';
    const facts = [{ version: '2.11.5', revision, committedAt: '2023-08-24T14:14:26-05:00' }];
    const args = ['--config', write('guide.json', config), '--releases', write('guide-releases.json', facts)];
    const { tags } = await plan('2.11.5', ...args);
    const cells = ['3.8', '3.9', '3.10', '3.11'].flatMap((python) => [`python${python}`, `python${python}-conda`]);
    expect(tags.map((tag) => tag.tag).toSorted()).toEqual(
      [
        ...['2.11.5', `sha-${revision}`, '2.11', '2'].flatMap((start) => cells.map((cell) => `${start}-${cell}`)),
        '2-latest',
        '2-latest-conda',
      ].toSorted(),
    );
    expect(tags).toHaveLength(34);
  });
});
