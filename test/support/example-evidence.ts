/** The statements of three publishes of Prefect, a few tags of each: docs/guides/evidence.md shows what they answer. */
import type { Digest } from '../../src/domain/digest.ts';
import { evidenceLine } from '../../src/evidence/lines.ts';
import { makeStatement } from '../../src/evidence/statement.ts';
import { ownerOf } from '../../src/plan/plan.ts';
import type { Stand } from '../../src/plan/types.ts';
import { digestNamed } from './digests.ts';
import { planned } from './history.ts';
import { prefectConfig, prefectFacts } from './prefect.ts';

const releases = ['2.20.16', '2.20.17', '2.20.18'];
const tags = ['2.20-python3.12', '2-python3.12', '2-latest'];

export function exampleEvidence(): string {
  const lines: string[] = [];
  let previous: Digest | null = null;
  for (const [index, release] of releases.entries()) {
    const known = prefectFacts().filter(({ version }) => !releases.slice(index + 1).includes(version));
    const { committedAt = '', revision } = known.find(({ version }) => version === release) ?? {};
    const at = new Date(Date.parse(committedAt) + 1_500_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const before = standsOf(releases.slice(index));
    const after = standsOf(releases.slice(index + 1));
    const moves = tags.map((tag) => ({ tag, from: before(tag), to: after(tag), how: 'moved' as const, at }));
    const run = `https://github.com/PrefectHQ/prefect/actions/runs/${11_500_000_000 + index}/attempts/1`;
    const statement = makeStatement(
      moves,
      {
        repository: 'docker.io/prefecthq/prefect',
        command: 'publish',
        release,
        commit: revision ?? null,
        actor: 'octocat',
        approver: 'hubot',
        run: { ci: 'GitHub Actions', id: String(11_500_000_000 + index), attempt: '1', url: run },
        config: digestNamed('the config'),
        tagwright: '0.1.0',
        ruleOf: (tag) => (tag === '2-latest' ? 'latest' : tag.startsWith('2.') ? 'minor' : 'major'),
      },
      { sequence: index + 1, previous },
      at,
    );
    const text = JSON.stringify(statement);
    previous = digestNamed(text);
    lines.push(evidenceLine(text, previous, null));
  }
  return `${lines.join('\n')}\n`;
}

/** Where tags belong while these releases are not out. */
function standsOf(later: readonly string[]): (tag: string) => Stand {
  // What came out after these three is not known yet either.
  const known = prefectFacts().filter(
    ({ version, committedAt }) => !later.includes(version) && committedAt < '2025-05-01',
  );
  const { convenience } = planned(prefectConfig, known).tags;
  return (tag) => {
    const owner = convenience.find((one) => one.tag === tag)?.owner ?? null;
    if (owner === null) throw new Error(`nobody owns ${tag}`);
    const { version, axes } = ownerOf(owner);
    return { owner: { version, axes }, digest: digestNamed(`${version} ${Object.values(axes).join(' ')}`) };
  };
}
