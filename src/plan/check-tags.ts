/** What makes a tag map unusable: texts wanted twice, texts that are no tags, defaults that are missing or gone. */
import { count } from '../domain/count.ts';
import type { Config, ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { quote, tagFault } from '../domain/tag.ts';
import { excludeLine } from '../releases/settle.ts';
import { describeCell, type Cell } from './cell.ts';
import { clashProblems, convenienceTwice, isNotOneVersion, pinnedAsConvenience } from './check-collisions.ts';
import { standingStill } from './check-standing.ts';
import type { TagMap } from './tag-map.ts';

/** @returns every problem, one for each pair of releases and rules rather than one for each tag */
export function checkTags(tags: TagMap, image: ImageConfig, config: Pick<Config, 'file' | 'limits'>): Problem[] {
  return [
    ...clashProblems(tags.clashes.filter(isNotOneVersion), config.file),
    ...pinnedAsConvenience(tags, config.file),
    ...convenienceTwice(tags, config.file),
    ...badTexts(tags, config.file),
    ...defaultsMissing(tags, config.file),
    ...standingStill(tags, image, config.file),
    ...limitProblems(tags, config),
    ...untaggedProblems(tags, config.file),
  ];
}

/** Rules may be for some releases or values alone, and leave a cell without a pinned tag: nothing could push it. */
function untaggedProblems(tags: TagMap, file: string): Problem[] {
  const groups = groupBy(tags.untagged, (cell) => cell.release);
  return [...groups.values()].flatMap(([first, ...others]): Problem[] => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` (and ${count(others.length, 'more cell')} of it)`;
    if (first.release.rebuild !== undefined) {
      const message = `no pinned rule that names {{build}} or {{date}} is for ${describeCell(first)}${more}`;
      return [{ code: 'REBUILD_WITHOUT_RULE', where: `${file} rebuilds`, message, fix: "widen the rule's range" }];
    }
    const message = `no pinned rule is for ${describeCell(first)}${more}, so it has no tag that a build could push`;
    const fix = `widen a pinned rule's range or only, or leave the release out: ${excludeLine(first.release.version.text)}`;
    return [{ code: 'CELL_WITHOUT_TAG', where: `${file} rules`, message, fix }];
  });
}

interface BadText {
  readonly rule: string;
  readonly tag: string;
  readonly fault: string;
  readonly cell: Cell | null;
}

/** One problem for a rule and a fault, with the first tag and cell that have it. */
function badTexts(tags: TagMap, file: string): Problem[] {
  const bad: BadText[] = [];
  const look = (rule: string, tag: string, cell: Cell | null): void => {
    const fault = tagFault(tag);
    if (fault !== null) bad.push({ rule, tag, fault, cell });
  };
  for (const cell of tags.cells) for (const { rule, tag } of cell.pinned) look(rule, tag, cell);
  for (const { tag, rule, owner } of tags.convenience) look(rule.name, tag, owner);
  const groups = groupBy(bad, ({ rule, tag, fault }) => `${rule} ${fault.replace(quote(tag), '')}`);
  return [...groups.values()].flatMap(([first, ...others]): Problem[] => {
    if (first === undefined) return [];
    const cell = first.cell === null ? '' : `; it is for ${describeCell(first.cell)}`;
    const more = others.length === 0 ? '' : ` (and ${others.length} more of the rule)`;
    return [{ code: 'TAG_INVALID', where: `${file} rules.${first.rule}`, message: `${first.fault}${cell}${more}` }];
  });
}

function defaultsMissing(tags: TagMap, file: string): Problem[] {
  return tags.missingDefaults.map(({ rule, axis, series, releases }) => {
    const example = releases.at(-1)?.version.text ?? '';
    const count = releases.length === 1 ? `one final, ${example}` : `${releases.length} finals up to ${example}`;
    const key = series === '' ? String(releases.at(-1)?.version.numbers[0] ?? '') : series;
    return {
      code: 'DEFAULT_PYTHON_MISSING',
      where: `${file} defaults.${axis}`,
      message: `series ${key} has ${count}, and no default ${axis}; the rule ${rule.name} needs one`,
      fix: `write defaults: { ${axis}: { '${key}': '…' } }`,
    };
  });
}

function limitProblems(tags: TagMap, { file, limits }: Pick<Config, 'file' | 'limits'>): Problem[] {
  const problems: Problem[] = [];
  const perRelease = new Map<string, number>();
  for (const cell of tags.cells)
    perRelease.set(cell.release.version.text, (perRelease.get(cell.release.version.text) ?? 0) + 1);
  const [version, most] = [...perRelease].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  if (most > limits.jobs) {
    const fix = 'narrow the axes, or raise limits.jobs';
    problems.push({
      code: 'MATRIX_TOO_LARGE',
      where: `${file} limits.jobs`,
      message: `${version} has ${most} cells; the limit is ${limits.jobs}`,
      fix,
    });
  }
  const total = tags.pinned.size + tags.convenience.length;
  if (total > limits.tags) {
    problems.push({
      code: 'MATRIX_TOO_LARGE',
      where: `${file} limits.tags`,
      message: `the plan has ${total} tags; the limit is ${limits.tags}`,
      fix: 'narrow the releases, or raise limits.tags',
    });
  }
  return problems;
}
