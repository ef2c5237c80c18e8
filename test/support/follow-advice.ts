/** Plans a config, and follows the first fix that is printed, as a user does, until nothing is said any more. */
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { resolve } from '../../src/commands/read-project.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import type { TagMap } from '../../src/plan/tag-map.ts';
import { knownReleases } from '../../src/releases/known-releases.ts';
import { lintHistory } from '../../src/releases/lint.ts';
import { settleWarnings } from '../../src/releases/settle.ts';

interface Run {
  /** `CODE: fix`, problems first. */
  readonly said: readonly { readonly code: string; readonly fix: string }[];
  readonly tags: TagMap;
}

type Holds = 'rows' | 'texts';

export function plan(raw: object, facts: readonly ReleaseFact[], holds: Holds): Run {
  const read = readConfig(raw, 'matrix.config.ts');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const [image] = read.value.images;
  if (image === undefined) throw new Error('no image');
  const known = knownReleases({ facts, from: 'git tags', holds }, image);
  const { tags, problems, warnings } = resolve(read.value, image, known.releases, 'git tags');
  const open = settleWarnings([...known.warnings, ...warnings, ...lintHistory(known, image)], image);
  const said = [...known.problems, ...problems, ...open].map(({ code, fix = '' }) => ({ code, fix }));
  return { said, tags };
}

const keys = ['tagPattern', 'version', 'scheme', 'rules', 'exclude', 'accept', 'releases'] as const;

/** The first lines of a config that a fix has, as what they add to it. */
function linesOf(fix: string): Record<string, unknown> {
  const start = fix.search(new RegExp(`(?:${keys.join('|')}): ['[{]`));
  if (start === -1) return {};
  for (let end = fix.length; end > start; end -= 1) {
    if (!/[\]}']/.test(fix[end - 1] ?? '')) continue;
    const found = evaluated(fix.slice(start, end));
    if (found !== null) return found;
  }
  return {};
}

function evaluated(text: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).parse(runInNewContext(`({${text}})`));
  } catch {
    return null; // cut in the middle of a line
  }
}

function withLines(config: Record<string, unknown>, lines: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...config };
  for (const [key, value] of Object.entries(lines)) {
    const before = merged[key];
    if (Array.isArray(before) && Array.isArray(value))
      merged[key] = [...(before as unknown[]), ...(value as unknown[])];
    else if (key === 'rules' && typeof before === 'object') merged[key] = Object.assign({}, before, value);
    else merged[key] = value;
  }
  return merged;
}

/** Follows the first fix that is printed until nothing is said any more. */
export function follow(
  start: Record<string, unknown>,
  facts: readonly ReleaseFact[],
  holds: Holds,
): { steps: string[]; tags: TagMap } {
  const steps: string[] = [];
  let config = start;
  for (;;) {
    const { said, tags } = plan(config, facts, holds);
    const open = said.filter(({ code, fix }) => code !== 'TEXTS_IGNORED' || fix !== '');
    const [next] = open;
    if (next === undefined) return { steps, tags };
    const lines = linesOf(next.fix);
    steps.push(`${next.code} ${Object.keys(lines).join(' ')}`);
    if (Object.keys(lines).length === 0 || steps.length > 60)
      throw new Error(`${steps.join('\n')}\n${JSON.stringify(next)}`);
    config = withLines(config, lines);
  }
}
