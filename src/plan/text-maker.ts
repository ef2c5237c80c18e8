/** Tag texts at speed: what a shape gives to a template is filled in once, a release gives the rest. */
import { releaseNames, type TagTemplate } from '../config/tag-template.ts';
import type { Rule } from '../config/types.ts';
import { InternalError } from '../domain/errors.ts';
import { builtVersion, type Release } from '../domain/release.ts';
import type { CellShape } from './cell.ts';

/** Names a release gives; `null` where it has none (a revision that is not known). */
export type ReleaseValues = Readonly<Record<string, string>>;

export type TextMaker = (values: ReleaseValues) => string;

/** @param variables what the shape gives */
export function textMaker(template: TagTemplate, variables: Readonly<Record<string, string>>): TextMaker {
  const texts: string[] = [''];
  const names: string[] = [];
  for (const piece of template.pieces) {
    if (piece.kind === 'name' && variables[piece.name] === undefined) {
      if (releaseNames[piece.name] === undefined) throw new InternalError(`no axis gives {{${piece.name}}}`);
      names.push(piece.name);
      texts.push('');
      continue;
    }
    texts[texts.length - 1] += piece.kind === 'name' ? (variables[piece.name] ?? '') : piece.text;
  }
  return (values) => {
    let text = texts[0] ?? '';
    for (let index = 0; index < names.length; index += 1)
      text += (values[names[index] ?? ''] ?? '') + (texts[index + 1] ?? '');
    return text;
  };
}

/** The release's names that a template uses: its version parts, revision and date parts. */
export function releaseNamesOf(template: TagTemplate): readonly string[] {
  return [...template.names].filter((name) => releaseNames[name] !== undefined);
}

/** What a release gives to templates. */
export function releaseValues(release: Release, revisionLength: number): ReleaseValues {
  const { version } = release;
  const day = new Date(release.publishedAt).toISOString();
  return {
    version: builtVersion(release),
    major: String(version.numbers[0] ?? 0),
    minor: String(version.numbers[1] ?? 0),
    patch: String(version.numbers[2] ?? 0),
    revision: (release.revision ?? '').slice(0, revisionLength),
    date: day.slice(0, 10),
    year: day.slice(0, 4),
    month: day.slice(5, 7),
    day: day.slice(8, 10),
    build: String(release.rebuild?.number ?? 1),
  };
}

/** A rule with a maker for each shape, made when it is first asked for. */
export interface RuleTexts {
  readonly rule: Rule;
  readonly textOf: (shape: CellShape) => TextMaker;
}

export function ruleTexts(rule: Rule): RuleTexts {
  const makers: (TextMaker | undefined)[] = [];
  return {
    rule,
    textOf: (shape) => (makers[shape.rank] ??= textMaker(rule.template, shape.variables)),
  };
}
