/** Tag rules: the five defaults, changed or joined by what the config says. */
import type { Problem } from '../domain/errors.ts';
import type { VersionScheme } from '../domain/version.ts';
import { unknownValue, type At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage, ParsedRule } from './schema.ts';
import { parseTagTemplate } from './tag-template.ts';
import type { Axis, Rule } from './types.ts';

/** What `latest` is by default: one tag for all series. */
export const plainLatest = 'latest{{suffix}}';

/** What it was before: a tag for each series, as Prefect has it. */
export const seriesLatest = '{{major}}-latest{{suffix}}';

/** The scheme of Prefect's Docker guide, but for its `2-latest`; `-python…` is left out where the image has no Pythons. */
function defaultRules(hasPython: boolean): Readonly<Record<string, ParsedRule>> {
  const python = hasPython ? '-python{{python}}' : '';
  return {
    full: { kind: 'pinned', template: `{{version}}${python}{{suffix}}`, releases: 'all' },
    sha: { kind: 'pinned', template: `sha-{{revision}}${python}{{suffix}}`, releases: 'finals' },
    minor: { kind: 'convenience', template: `{{major}}.{{minor}}${python}{{suffix}}` },
    major: { kind: 'convenience', template: `{{major}}${python}{{suffix}}` },
    latest: {
      kind: 'convenience',
      template: plainLatest,
      ...(hasPython ? { only: { python: 'default' as const } } : {}),
    },
  };
}

export function readRules(
  image: ParsedImage,
  axes: readonly Axis[],
  names: ReadonlySet<string>,
  scheme: VersionScheme,
  at: At,
  problems: Problem[],
): Rule[] {
  const defaults = defaultRules(axes.some((axis) => axis.name === 'python'));
  const given = image.rules ?? {};
  const merged = new Map<string, ParsedRule>(Object.entries(defaults));
  if (given['latest'] === undefined && Object.values(given).some(isLatest)) merged.delete('latest');
  for (const [name, rule] of Object.entries(given)) {
    if (rule !== false) merged.set(name, { ...merged.get(name), ...rule });
    else if (!merged.delete(name)) {
      problems.push({
        code: 'CONFIG_INVALID',
        where: at('rules', name),
        message: `there is no rule '${name}' to leave out`,
      });
    }
  }
  return [...merged].flatMap(([name, rule]) => {
    const where: At = (...path) => at('rules', name, ...path);
    const read = readRule(name, rule, { axes, names, scheme, where, problems });
    return read === null ? [] : [read];
  });
}

/** A rule of another name that makes the tag `latest` replaces the default one. */
function isLatest(rule: ParsedRule | false): boolean {
  return rule !== false && rule.kind === 'convenience' && ['latest', plainLatest].includes(rule.template ?? '');
}

interface RuleContext {
  readonly axes: readonly Axis[];
  readonly names: ReadonlySet<string>;
  readonly scheme: VersionScheme;
  readonly where: At;
  readonly problems: Problem[];
}

function readRule(name: string, rule: ParsedRule, { axes, names, scheme, where, problems }: RuleContext): Rule | null {
  if (rule.kind === undefined || rule.template === undefined) {
    const missing = rule.kind === undefined ? 'kind' : 'template';
    problems.push({
      code: 'CONFIG_INVALID',
      where: where(missing),
      message: `missing; the rule '${name}' is not one of the defaults`,
    });
    return null;
  }
  const template = parseTagTemplate(rule.template, names, where('template'));
  if (!template.ok) {
    problems.push(...template.problems);
    return null;
  }
  const fallbackOf = { finals: 'pre', pre: 'finals' } as const;
  const releases = rule.releases ?? (rule.kind === 'pinned' ? 'all' : 'finals');
  if (rule.fallback !== undefined && (rule.kind === 'pinned' || releases !== fallbackOf[rule.fallback])) {
    const message = `fallback: '${rule.fallback}' is for a convenience rule with releases: '${fallbackOf[rule.fallback]}'`;
    problems.push({ code: 'CONFIG_INVALID', where: where('fallback'), message, fix: 'leave it out' });
  }
  return {
    name,
    kind: rule.kind,
    template: template.value,
    releases,
    fallback: rule.fallback ?? null,
    range: readRange(rule, scheme, where(), problems),
    only: readOnly(rule, axes, where, problems),
    where: new Map(Object.entries(rule.where ?? {}).map(([name, value]) => [name, [value].flat()])),
    aliases: rule.aliases ?? true,
    reason: rule.reason ?? null,
    revisionLength: rule.length ?? 40,
  };
}

export function readOnly(
  rule: Pick<ParsedRule, 'only'>,
  axes: readonly Axis[],
  where: At,
  problems: Problem[],
): Rule['only'] {
  for (const [axisName, values] of Object.entries(rule.only ?? {})) {
    const axis = axes.find((candidate) => candidate.name === axisName);
    if (axis === undefined) {
      problems.push(
        unknownValue(
          'axis',
          axisName,
          axes.map((candidate) => candidate.name),
          where('only', axisName),
        ),
      );
      continue;
    }
    if (values === 'default') continue;
    const known = axis.values.map((value) => value.name);
    for (const value of values) {
      if (!known.includes(value)) problems.push(unknownValue(axisName, value, known, where('only', axisName)));
    }
  }
  return new Map(Object.entries(rule.only ?? {}));
}
