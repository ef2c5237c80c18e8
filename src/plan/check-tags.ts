/** What makes a tag map unusable: texts wanted twice, texts that are no tags, defaults that are missing or gone. */
import type { Config, ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { quote, tagFault } from '../domain/tag.ts';
import { sourceText } from '../releases/equal-versions.ts';
import { excludeLine } from '../releases/settle.ts';
import { describeAxes, describeCell, type Cell } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { PinnedClash, TagMap } from './tag-map.ts';

/** @returns every problem, one for each pair of releases and rules rather than one for each tag */
export function checkTags(tags: TagMap, image: ImageConfig, config: Pick<Config, 'file' | 'limits'>): Problem[] {
  return [
    ...clashProblems(tags.clashes.filter(isNotOneVersion), config.file),
    ...pinnedAsConvenience(tags, config.file),
    ...convenienceTwice(tags, config.file),
    ...badTexts(tags, config.file),
    ...defaultsMissing(tags, config.file),
    ...defaultsDropped(tags, image, config.file),
    ...limitProblems(tags, config),
    ...untaggedProblems(tags, config.file),
  ];
}

function clashProblems(clashes: readonly PinnedClash[], file: string): Problem[] {
  const groups = groupBy(clashes, ({ first, second }) =>
    [first.rule.name, second.rule.name, first.cell.release.version.text, second.cell.release.version.text].join(' '),
  );
  return [...groups.values()].flatMap((group): Problem[] => {
    const clash = group[0];
    if (clash === undefined) return [];
    const { first, second, tag } = clash;
    const shared =
      first.cell.release.revision === second.cell.release.revision
        ? `, both on revision ${first.cell.release.revision}`
        : '';
    const others = group.length > 1 ? ` (and ${group.length - 1} more tags of the two)` : '';
    return [
      {
        code: 'PINNED_COLLISION',
        where: `${file} rules.${first.rule.name}${first.rule === second.rule ? '' : ` and rules.${second.rule.name}`}`,
        message: `${describeCell(first.cell)} by rule ${first.rule.name} and ${describeCell(second.cell)} by rule ${second.rule.name} both want the pinned tag ${tag}${others}${shared}`,
        fix: fixClash(clash),
      },
    ];
  });
}

/** One version twice is told with the releases. */
function isNotOneVersion({ first, second }: PinnedClash): boolean {
  const [a, b] = [first.cell.release, second.cell.release];
  return a === b || a.version.text !== b.version.text;
}

function fixClash({ first, second }: PinnedClash): string {
  if (first.cell.release === second.cell.release) return 'let the template name what tells the cells apart';
  if (second.cell.release.rebuild !== undefined)
    return 'give the rebuild a day of its own, or a rule that names {{build}}';
  const exclude = [second, first].map(({ cell }) => excludeLine(sourceText(cell.release))).join(' or ');
  const isOfCommit = first.rule === second.rule && first.rule.template.names.has('revision');
  if (!isOfCommit) return `exclude the one that is no release: ${exclude}`;
  const { name, template } = first.rule;
  const versioned = `write rules: { ${name}: { template: '${template.text}-{{version}}' } } or rules: { ${name}: false }`;
  return `both were released: ${versioned}; one was not: ${exclude}`;
}

/** More releases than this with one fault are no slips: the rules do not fit. */
const few = 2;

/** A text wanted by a pinned and by a convenience rule: the release would overwrite the alias, or the reverse. */
function pinnedAsConvenience(tags: TagMap, file: string): Problem[] {
  const clashes = tags.convenience.flatMap((tag) => {
    const pinned = tags.pinned.get(tag.tag);
    return pinned === undefined ? [] : [{ tag, pinned }];
  });
  const releases = new Set(clashes.map(({ pinned }) => pinned.cell.release));
  const groups = groupBy(clashes, ({ tag, pinned }) =>
    [releases.size > few ? '' : pinned.cell.release.version.text, pinned.rule.name, tag.rule.name].join(' '),
  );
  return [...groups.values()].flatMap((group): Problem[] => {
    const clash = group[0];
    if (clash === undefined) return [];
    const { tag, pinned } = clash;
    const version = pinned.cell.release.version.text;
    const others = group.length > 1 ? ` (and ${group.length - 1} more)` : '';
    const wanting = tag.owner === null ? '' : ` of ${describeCell(tag.owner)}`;
    return [
      {
        code: 'PINNED_IS_CONVENIENCE',
        where: `${file} rules.${pinned.rule.name} and rules.${tag.rule.name}`,
        message: `${tag.tag} is the pinned ${pinned.rule.name} tag of ${describeCell(pinned.cell)} and the ${tag.rule.name} tag${wanting}${others}`,
        fix:
          releases.size > few
            ? `write rules: { ${tag.rule.name}: false }, or a template that gives no full tag's text`
            : `exclude the release if it is none: ${excludeLine(version)}`,
      },
    ];
  });
}

function convenienceTwice(tags: TagMap, file: string): Problem[] {
  const seen = new Map<string, ConvenienceTag>();
  return tags.convenience.flatMap((tag): Problem[] => {
    const other = seen.get(tag.tag);
    seen.set(tag.tag, tag);
    const problems: Problem[] = [];
    if (tag.tied !== null && tag.owner !== null) {
      problems.push({
        code: 'CONVENIENCE_COLLISION',
        where: `${file} rules.${tag.rule.name}`,
        message: `${describeCell(tag.owner)} and ${describeCell(tag.tied)} both want ${tag.tag}`,
        fix: "name the axis in the template, or say only: { axis: 'default' }",
      });
    }
    if (other !== undefined) {
      problems.push({
        code: 'CONVENIENCE_COLLISION',
        where: `${file} rules.${other.rule.name} and rules.${tag.rule.name}`,
        message: `both rules want ${tag.tag}`,
        fix: 'one tag text has one rule; change a template or leave one rule out with false',
      });
    }
    return problems;
  });
}

/** Rules may be for some releases or values alone, and leave a cell without a pinned tag: nothing could push it. */
function untaggedProblems(tags: TagMap, file: string): Problem[] {
  const groups = groupBy(tags.untagged, (cell) => cell.release);
  return [...groups.values()].flatMap(([first, ...others]): Problem[] => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` (and ${others.length} more cells of it)`;
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

/** A default that the newest final does not build would leave `latest` standing still unnoticed. */
function defaultsDropped(tags: TagMap, image: ImageConfig, file: string): Problem[] {
  return tags.convenience.flatMap((tag): Problem[] => {
    const axes = [...tag.rule.only].flatMap(([axis, only]) => (only === 'default' ? [axis] : []));
    const { owner, newest } = tag;
    if (!tag.frozen || axes.length === 0 || owner === null || newest === null || owner.release === newest) return [];
    const flavorEnded = image.axes.some((axis) => {
      const value = axes.includes(axis.name)
        ? undefined
        : axis.values.find((candidate) => candidate.name === owner.shape.axes[axis.name]);
      return value?.range?.includes(newest.version) === false;
    });
    if (flavorEnded) return [];
    const defaults = Object.fromEntries(axes.map((axis) => [axis, owner.shape.axes[axis] ?? '']));
    const others = Object.fromEntries(Object.entries(owner.shape.axes).filter(([axis]) => !axes.includes(axis)));
    return [
      {
        code: 'DEFAULT_PYTHON_DROPPED',
        where: `${file} defaults.${axes.join(', ')}`,
        message: `${newest.version.text}, the newest final that ${tag.tag} could go to, did not build the default ${describeAxes(defaults)} in ${describeAxes(others)}; the tag would stand still on ${owner.release.version.text}`,
        fix: 'choose a default that is built, by range where it changed',
      },
    ];
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
