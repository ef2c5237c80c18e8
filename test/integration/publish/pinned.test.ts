import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { childrenOf, place, problemsOf, put, remove, type Place } from '../../support/publish-place.ts';
import { tally } from '../../support/publish-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');
const full = '1.0.1-python3.9';
const shaOf = (tags: Record<string, string>, fullTag: string): string => {
  const [sha] = Object.entries(tags).find(([tag, digest]) => tag.startsWith('sha-') && digest === tags[fullTag]) ?? [];
  if (sha === undefined) throw new Error(`no sha tag on the image of ${fullTag}`);
  return sha;
};

describe('pinned tags that are there', () => {
  test('one of two gone: made from the other, and nothing is built', async () => {
    for (const which of ['full', 'sha'] as const) {
      const at = await place(host);
      await at.publish('1.0.1');
      const before = await at.tags();
      await remove(at, which === 'full' ? full : shaOf(before, full));
      const builder = (): never => {
        throw new Error('nothing may be built');
      };
      const again = await at.publish('1.0.1', { builder });
      expect([again.result, tally(again)]).toEqual(['as-planned', { cells: { copied: 1, there: 3 }, moves: {} }]);
      expect(await at.tags()).toEqual(before);
    }
  });

  test('another image under a full tag is refused, with both digests and what differs', async () => {
    const at = await place(host);
    await at.publish('1.0.1');
    const before = await at.tags();
    const right = before[full]!;
    const wrong = before['1.0.1-python3.10']!;
    await put(at, full, wrong);
    const [problem, ...others] = await problemsOf(at.publish('1.0.1'));
    expect(others).toEqual([]);
    expect(problem?.code).toBe('PINNED_CONFLICT');
    expect(problem?.message).toContain(`${full} (${wrong}) is another image: `);
    expect(problem?.message).toContain('io.tagwright.python says 3.10, expected 3.9');
    expect(problem?.message).toContain(`is ${right}`);
    expect(await at.tags()).toEqual({ ...before, [full]: wrong });
  });

  /** The full tag of one cell on one platform's image: what a push leaves that walks the tag through the children. */
  async function leftPartial(): Promise<{ at: Place; child: string; whole: string }> {
    const at = await place(host);
    await at.publish('1.0.1', { standIn: { failing: new Set(['1-0-1_python-3-9_flavor-standard']) } });
    const other = await place(host);
    await other.publish('1.0.1');
    const whole = (await other.tags())[full]!;
    const [child = ''] = await childrenOf(other, whole);
    const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests'];
    const ends = [`docker://${other.repository}@${child}`, `docker://${at.repository}:${full}`];
    execFileSync('skopeo', ['copy', ...insecure, ...ends]);
    return { at, child, whole };
  }
  const fixed = { cells: { built: 1, there: 3 }, moves: { moved: 10 } };

  test("a full tag left on one platform's image by a push that the journal saw begin is pushed again", async () => {
    const { at, whole } = await leftPartial();
    expect(tally(await at.publish('1.0.1'))).toEqual(fixed);
    expect((await at.tags())[full]).toBe(whole);
  });

  test('without a journal it is refused, and pushed again with --replace-partial', async () => {
    const { at, child, whole } = await leftPartial();
    const journal = join(await tempFolder(), 'none');
    const [problem] = await problemsOf(at.publish('1.0.1', {}, { journal }));
    expect([problem?.code, problem?.message]).toEqual([
      'PINNED_PARTIAL',
      `${full} (${child}) lacks linux/arm64, and no journal here saw that push`,
    ]);
    expect(tally(await at.publish('1.0.1', {}, { journal, replacePartial: true }))).toEqual(fixed);
    expect((await at.tags())[full]).toBe(whole);
  });
});
