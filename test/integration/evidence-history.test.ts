/** Prefect's real history, published release by release: what statements say of every convenience tag on every day. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { historyCommand } from '../../src/commands/history.ts';
import { readProject } from '../../src/commands/read-project.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { publish, publishOptions, publishWorld } from '../support/publish-world.ts';
import { tempFolder } from '../support/temp-folder.ts';

const dayMs = 86_400_000;
const publishes = 50;

interface Answer {
  readonly files: readonly {
    readonly unsigned: boolean;
    readonly faults: readonly object[];
    readonly tags: readonly {
      readonly tag: string;
      readonly moves: readonly {
        readonly to: { readonly digest: string } | null;
        readonly release: string;
        readonly actor: string;
        readonly rule: string | null;
      }[];
    }[];
  }[];
}

describe("the statements of 50 publishes of Prefect's history", async () => {
  const folder = await tempFolder({}, afterAll);
  const registry = await startMemoryRegistry();
  const repository = `${registry.host}/prefecthq/prefect`;
  const at = (nowMs: number): ReturnType<typeof publishWorld> => ({
    ...publishWorld({ config: prefectConfig, facts: prefectFacts(), root: process.cwd() }),
    clock: { nowMs: () => nowMs, sleep: () => Promise.resolve() },
    runFacts: () => Promise.resolve({ actor: 'octocat', approver: 'hubot', run: null }),
  });
  const project = await readProject(publishOptions('', repository, folder), at(0));
  const releases = project.known.releases
    .filter(({ yanked }) => yanked === null)
    .toSorted((a, b) => a.publishedAt - b.publishedAt)
    .slice(0, publishes);
  const convenience = new Set(project.tags.convenience.map(({ tag }) => tag));

  /** What the registry had at the end of a publish, with when that was. */
  const states: { readonly at: number; readonly tags: ReadonlyMap<string, string> }[] = [];
  for (const release of releases) {
    const version = release.version.text;
    const world = at(release.publishedAt + 60_000);
    const { result } = await publish(publishOptions(version, repository, folder, { at: version }), world);
    if (result !== 'as-planned') throw new Error(`the publish of ${version} ended with ${result}`);
    const held = [...registry.tags('prefecthq/prefect')].filter(([tag]) => convenience.has(tag));
    states.push({ at: release.publishedAt + 60_000, tags: new Map(held) });
  }
  await registry.close();

  const first = states[0]?.at ?? 0;
  const last = states.at(-1)?.at ?? 0;
  const ask = async (options: { tag: string | null; at: string | null }, path: string): Promise<Answer> => {
    const common = publishOptions('', repository, folder);
    const { stdout } = await historyCommand(
      { ...common, ...options, format: 'json', evidence: path },
      at(last + dayMs),
    );
    const answer: Answer = JSON.parse(stdout);
    return answer;
  };

  test('answer for every convenience tag on every day what the registry had', async () => {
    const days = Math.floor((last - first) / dayMs) + 2;
    expect(days).toBeGreaterThan(200);
    for (let index = 0; index < days; index += 1) {
      const date = new Date(first + index * dayMs).toISOString().slice(0, 10);
      const end = Date.parse(`${date}T23:59:59.999Z`);
      const had = states.findLast((state) => state.at <= end)?.tags ?? new Map<string, string>();
      const { files } = await ask({ tag: null, at: date }, folder);
      const answered = files.flatMap((file) =>
        file.tags.map(({ tag, moves }) => [tag, moves.at(-1)?.to?.digest ?? ''] as const),
      );
      expect([date, new Map(answered)]).toEqual([date, had]);
    }
  }, 120_000);

  test('say who moved a tag, for which release and by which rule, that nobody signed, and are whole', async () => {
    const file = join(folder, registry.host.replaceAll(':', '_'), 'prefecthq/prefect/evidence.jsonl');
    const { files } = await ask({ tag: '2-latest', at: null }, file);
    expect(files.map(({ unsigned, faults }) => ({ unsigned, faults }))).toEqual([{ unsigned: true, faults: [] }]);
    const moves = files[0]?.tags[0]?.moves ?? [];
    const newest = releases.at(-1)?.version.text;
    expect(moves.at(-1)).toMatchObject({ actor: 'octocat', approver: 'hubot', rule: 'latest', release: newest });
    expect(moves.every(({ release }) => releases.some(({ version }) => version.text === release))).toBe(true);
  });
});
