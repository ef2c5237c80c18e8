/** Owners over time, held against the plans of single moments and against what `explain` says of the last move. */
import { describe, expect, test } from 'vitest';
import { daily, smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Span {
  readonly owner: Readonly<Record<string, string>> | null;
  readonly from: string;
  readonly to: string | null;
  readonly because: string;
}

interface History {
  readonly tags: readonly { readonly tag: string; readonly spans: readonly Span[] }[];
}

const prefect = ['--config', 'examples/prefect/matrix.config.ts'];

async function printed(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function historyOf(args: readonly string[]): Promise<History> {
  const history: History = JSON.parse(await printed(['history', ...args, '--format', 'json']));
  return history;
}

/** RFC 3339 in UTC sorts as text does. */
const ownerAt = ({ spans }: History['tags'][number], moment: string): Span['owner'] =>
  spans.find(({ from, to }) => from <= moment && (to === null || moment < to))?.owner ?? null;

describe("Prefect's history", async () => {
  const history = await historyOf(prefect);

  test.each(['2022-08-01T00:00:00Z', '2023-07-07T00:00:00Z', '2024-02-29T12:00:00Z', '2030-01-01T00:00:00Z'])(
    'at %s every tag has the owner that the plan of that moment gives it',
    async (moment) => {
      const plan: { tags: { tag: string; kind: string; owner: Span['owner'] }[] } = JSON.parse(
        await printed(['plan', '--offline', ...prefect, '--at', moment, '--json']),
      );
      const planned = plan.tags.filter(({ kind, owner }) => kind === 'convenience' && owner !== null);
      const owned = history.tags.flatMap((tag) => {
        const owner = ownerAt(tag, moment);
        return owner === null ? [] : [[tag.tag, owner] as const];
      });
      expect(new Map(owned)).toEqual(new Map(planned.map(({ tag, owner }) => [tag, owner])));
    },
  );

  test.each(['2-latest', '2-python3.7-conda', '2.10-python3.9', '2.20-python3.12-kubernetes'])(
    'the last owner of %s came when explain says so',
    async (tag) => {
      const { lastMoved }: { lastMoved: { at: string; to: Span['owner'] } } = JSON.parse(
        await printed(['explain', tag, '--offline', ...prefect, '--json']),
      );
      const spans = history.tags.find((found) => found.tag === tag)?.spans ?? [];
      expect([spans.at(-1)?.from, spans.at(-1)?.owner]).toEqual([lastMoved.at, lastMoved.to]);
    },
  );

  test('spans have no gap, and two neighbours have two owners', () => {
    for (const { spans } of history.tags) {
      for (const [index, span] of spans.entries()) {
        expect(span.to).toBe(spans[index + 1]?.from ?? null);
        expect(span.owner).not.toEqual(spans[index + 1]?.owner);
      }
    }
  });
});

async function project(releases: readonly object[]): Promise<string[]> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, pythons: ['3.10'], source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(releases),
  });
  return ['--config', `${folder}/matrix.config.json`];
}

test('a yank ends a span at its own instant, and a tag of nobody is said to be so', async () => {
  const [first, second] = daily('1.0.0', '2.0.0');
  const since = '2025-06-01T00:00:00Z';
  const args = await project([first ?? {}, { ...second, yanked: { reason: 'breaks logging', since } }]);
  const history = await historyOf(args);
  const spansOf = (tag: string): unknown =>
    history.tags.find((found) => found.tag === tag)?.spans.map(({ owner, from }) => [owner?.['version'] ?? null, from]);
  const [out1, out2] = [first?.committedAt, second?.committedAt].map((text) =>
    new Date(text ?? '').toISOString().replace('.000', ''),
  );
  expect(spansOf('1-python3.10')).toEqual([['1.0.0', out1]]);
  expect(spansOf('2-python3.10')).toEqual([
    ['2.0.0', out2],
    [null, since],
  ]);
  const { stdout } = await runCli(['history', '2-python3.10', ...args]);
  expect(stdout).toContain(`  ${since}  nobody\n  now: no release may own it; 2.0.0 is yanked (breaks logging)`);
});

test('a pinned tag has one owner; a tag that nobody ever had is a finding', async () => {
  const args = await project(daily('1.0.0'));
  expect((await historyOf(['1.0.0-python3.10', ...args])).tags).toMatchObject([
    { tag: '1.0.0-python3.10', spans: [{ owner: { version: '1.0.0' }, to: null }] },
  ]);
  expect(await runCli(['history', '9-python3.10', ...args])).toMatchObject({
    code: 1,
    stdout: '9-python3.10: no release ever owned it\n',
  });
});
