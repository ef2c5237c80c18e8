/** Tag texts at speed: what a shape gives to a template is filled in once, a release gives the rest. */
import type { TagTemplate } from '../config/tag-template.ts';
import type { Rule } from '../config/types.ts';
import { builtVersion, type Attributes, type Release } from '../domain/release.ts';
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

/** What a release gives to templates. */
export function releaseValues(release: Release, revisionLength: number): ReleaseValues {
  const { version } = release;
  const day = new Date(release.publishedAt).toISOString();
  const [major = '', minor = '', patch = ''] = version.parts;
  return {
    major,
    minor,
    patch,
    revision: (release.revision ?? '').slice(0, revisionLength),
    date: day.slice(0, 10),
    year: day.slice(0, 4),
    month: day.slice(5, 7),
    day: day.slice(8, 10),
    ...version.groups,
    ...textsOf(release.attributes),
    version: builtVersion(release),
    build: String(release.rebuild?.number ?? 1),
  };
}

function textsOf(attributes: Attributes = {}): ReleaseValues {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
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
