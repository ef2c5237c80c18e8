/** One text wanted twice: by two cells, by two rules, or by a pinned and a convenience rule. */
import { count } from '../domain/count.ts';
import type { Rule } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { sourceText } from '../releases/equal-versions.ts';
import { excludeLine } from '../releases/settle.ts';
import { describeCell, type Cell } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { PinnedClash, TagMap } from './tag-map.ts';

/** Of the cells of one release a rule gives one problem, with the first release that shows it. */
export function clashProblems(clashes: readonly PinnedClash[], file: string): Problem[] {
  const groups = groupBy(clashes, ({ first, second }) => {
    const isOne = first.cell.release === second.cell.release;
    const versions = isOne ? [] : [first.cell.release.version.text, second.cell.release.version.text];
    return [first.rule.name, second.rule.name, ...versions].join(' ');
  });
  return [...groups.values()].flatMap((group): Problem[] => {
    const clash = group[0];
    if (clash === undefined) return [];
    const { first, second } = clash;
    return [
      {
        code: 'PINNED_COLLISION',
        where: `${file} rules.${first.rule.name}${first.rule === second.rule ? '' : ` and rules.${second.rule.name}`}`,
        message: clashMessage(clash, group.length - 1),
        fix: fixClash(clash),
      },
    ];
  });
}

/** One version twice is told with the releases. */
export function isNotOneVersion({ first, second }: PinnedClash): boolean {
  const [a, b] = [first.cell.release, second.cell.release];
  return a === b || a.version.text !== b.version.text;
}

function clashMessage({ first, second, tag }: PinnedClash, others: number): string {
  const more = others > 0 ? ` (and ${count(others, 'more tag')})` : '';
  if (first.cell === second.cell) {
    return `the rules ${first.rule.name} and ${second.rule.name} both give ${describeCell(first.cell)} the tag ${tag}${more}`;
  }
  if (first.cell.release === second.cell.release && first.rule === second.rule) {
    return alike(first.rule, first.cell, second.cell, `${tag}${more}`);
  }
  const shared =
    first.cell.release.revision === second.cell.release.revision
      ? `, both on revision ${first.cell.release.revision}`
      : '';
  return `${describeCell(first.cell)} by rule ${first.rule.name} and ${describeCell(second.cell)} by rule ${second.rule.name} both want the pinned tag ${tag}${more}${shared}`;
}

/** `{{version}} gives python 3.9 and python 3.10 of 1.2.3 the same text: 1.2.3`. */
function alike(rule: Rule, a: Cell, b: Cell, text: string): string {
  const axes = differing(a, b);
  const [one, other] = [a, b].map(({ shape }) => axes.map((axis) => `${axis} ${shape.axes[axis] ?? ''}`).join(', '));
  return `${rule.template.text} gives ${one ?? ''} and ${other ?? ''} of ${a.release.version.text} the same text: ${text}`;
}

function differing(a: Cell, b: Cell): string[] {
  return Object.keys(a.shape.axes).filter((axis) => a.shape.axes[axis] !== b.shape.axes[axis]);
}

function nameTheAxis({ name, template }: Rule, a: Cell, b: Cell): string {
  const axis = differing(a, b)[0] ?? 'axis';
  const others = `say only: { ${axis}: 'default' }, or end an alias by range or where`;
  // Named already, so two values have one text.
  if (template.names.has(axis)) return others;
  const named = `rules: { ${name}: { template: '${withAxis(template.text, axis)}' } }`;
  return `write ${named}, which names what differs; or ${others}`;
}

/** The value stands before the suffix of the flavor, as in `{{version}}-{{python}}{{suffix}}`. */
function withAxis(template: string, axis: string): string {
  const suffix = '{{suffix}}';
  const isLast = template.endsWith(suffix);
  return `${isLast ? template.slice(0, -suffix.length) : template}-{{${axis}}}${isLast ? suffix : ''}`;
}

function fixClash({ first, second }: PinnedClash): string {
  if (first.cell === second.cell) return 'change a template, or leave one rule out with false';
  if (first.cell.release === second.cell.release) return nameTheAxis(first.rule, first.cell, second.cell);
  if (second.cell.release.rebuild !== undefined)
    return 'give the rebuild a day of its own, or a rule that names {{build}}';
  const exclude = [second, first].map(({ cell }) => excludeLine(sourceText(cell.release))).join(' or ');
  const isOfCommit = first.rule === second.rule && first.rule.template.names.has('revision');
  if (!isOfCommit) return `exclude the one that is not a release: ${exclude}`;
  const { name, template } = first.rule;
  const versioned = `write rules: { ${name}: { template: '${template.text}-{{version}}' } } or rules: { ${name}: false }`;
  return `both were released: ${versioned}; one was not: ${exclude}`;
}

/** More releases than this with one fault are no slips: the rules do not fit. */
const few = 2;

/** A text wanted by a pinned and by a convenience rule: the release would overwrite the alias, or the reverse. */
export function pinnedAsConvenience(tags: TagMap, file: string): Problem[] {
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

export function convenienceTwice(tags: TagMap, file: string): Problem[] {
  const seen = new Map<string, ConvenienceTag>();
  const twice: { readonly tag: ConvenienceTag; readonly other: ConvenienceTag }[] = [];
  for (const tag of tags.convenience) {
    const other = seen.get(tag.tag);
    seen.set(tag.tag, tag);
    if (other !== undefined) twice.push({ tag, other });
  }
  const tied = groupBy(
    tags.convenience.filter((tag) => tag.tied !== null),
    (tag) => tag.rule,
  );
  return [...[...tied.values()].flatMap((group) => tieProblem(group, file)), ...twiceProblems(twice, file)];
}

function tieProblem([first, ...others]: readonly ConvenienceTag[], file: string): Problem[] {
  if (first === undefined || first.owner === null || first.tied === null) return [];
  const more = others.length > 0 ? ` (and ${count(others.length, 'more tag')})` : '';
  return [
    {
      code: 'CONVENIENCE_COLLISION',
      where: `${file} rules.${first.rule.name}`,
      message: alike(first.rule, first.tied, first.owner, `${first.tag}${more}`),
      fix: nameTheAxis(first.rule, first.tied, first.owner),
    },
  ];
}

function twiceProblems(
  twice: readonly { readonly tag: ConvenienceTag; readonly other: ConvenienceTag }[],
  file: string,
): Problem[] {
  const groups = groupBy(twice, ({ tag, other }) => `${other.rule.name} ${tag.rule.name}`);
  return [...groups.values()].flatMap(([first, ...others]): Problem[] => {
    if (first === undefined) return [];
    const more = others.length > 0 ? ` (and ${count(others.length, 'more tag')})` : '';
    return [
      {
        code: 'CONVENIENCE_COLLISION',
        where: `${file} rules.${first.other.rule.name} and rules.${first.tag.rule.name}`,
        message: `both rules want ${first.tag.tag}${more}`,
        fix: 'one tag text has one rule; change a template, end one by range, or leave one rule out with false',
      },
    ];
  });
}
