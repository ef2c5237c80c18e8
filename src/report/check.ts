/** What a valid config says, as `tagwright check` shows it. */
import type { Axis, Config, ImageConfig, Rule, RuleKind, SourceConfig } from '../config/types.ts';
import { formatRepository } from '../domain/reference.ts';
import type { TagChange } from '../plan/plan-diff.ts';
import { changesTable, movedError } from './plan-diff.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { count } from './words.ts';
import { wrap } from './wrap.ts';

/** This config's pinned tags against those of another. */
export interface Comparison {
  readonly file: string;
  /** Images that both configs have. */
  readonly images: readonly ComparedImage[];
}

export interface ComparedImage {
  readonly image: string;
  readonly releases: number;
  /** How many pinned tags the other config has. */
  readonly pinned: number;
  /** Pinned tags that would stand for another cell. */
  readonly moved: readonly TagChange[];
}

/** @param comparison with another config, `null` if none was named */
export function checkText(config: Config, comparison: Comparison | null): string {
  const head = `${config.file} is valid: ${count(config.images.length, 'image')}`;
  const images = config.images.map((image) => imageText(image, sourceText(config.source)));
  const unchecked = comparison === null ? 'releases and the registry. See them' : 'the registry. See it';
  const compared = comparison === null ? '' : `\n${comparisonText(comparison)}\n\n`;
  return `${[head, ...images].join('\n\n')}\n${compared}${compared === '' ? '\n' : ''}Not checked: ${unchecked} with: tagwright plan\n`;
}

function comparisonText({ file, images }: Comparison): string {
  if (images.length === 0) return `Against ${file}: no image is in both`;
  return images.map((image) => comparedText(image, file)).join('\n');
}

function comparedText({ image, releases, pinned, moved }: ComparedImage, file: string): string {
  const head = `${image} against ${file}, with ${count(releases, 'release')}`;
  if (moved.length === 0) return `${head}: none of ${count(pinned, 'pinned tag')} changes its cell`;
  return `${head}:\n${movedError(moved)}\n\n${changesTable(moved)}`;
}

function imageText(image: ImageConfig, source: string): string {
  const rows: readonly (readonly [string, string])[] = [
    ['repository', image.repositories.map(formatRepository).join(', ')],
    ...image.axes.map(({ name, values }): [string, string] => [name, values.map((value) => value.name).join(', ')]),
    ['platforms', image.platforms.map(({ platform }) => platform).join(', ')],
    ['pinned', ruleNames(image.rules, 'pinned')],
    ['convenience', ruleNames(image.rules, 'convenience')],
    ['source', source],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${wrap(text, 74 - width, width + 4)}`);
  return `${image.name}\n${lines.join('\n')}`;
}

function ruleNames(rules: readonly Rule[], kind: RuleKind): string {
  const names = rules.filter((rule) => rule.kind === kind).map(({ name }) => name);
  return names.length === 0 ? 'no rule' : names.join(', ');
}

function sourceText(source: SourceConfig): string {
  const named = [
    ...(source.file === null ? [] : [`the file ${source.file}`]),
    ...(source.git === null ? [] : [`git tags of ${source.git}`]),
    ...(source.github === null ? [] : [`GitHub ${source.github}`]),
    ...(source.pypi === null ? [] : [`PyPI ${source.pypi}`]),
  ];
  return named.length === 0 ? 'none: give --releases FILE' : named.join(', ');
}

export function checkJson(config: Config, comparison: Comparison | null): string {
  const against = comparison === null ? {} : { against: comparisonJson(comparison) };
  return jsonText({ schema: 1, config: config.file, images: config.images.map(imageJson), ...against });
}

function comparisonJson({ file, images }: Comparison): object {
  const compared = images.map(({ moved, ...image }) => ({ ...image, moved: moved.map(movedJson) }));
  return { config: file, images: compared };
}

function movedJson({ tag, rule, from, to }: TagChange): object {
  return { tag, rule, from: ownerJson(from), to: ownerJson(to) };
}

function imageJson(image: ImageConfig): object {
  return {
    image: image.name,
    repositories: image.repositories.map(formatRepository),
    axes: image.axes.map(axisJson),
    platforms: image.platforms.map(({ platform }) => platform),
    rules: image.rules.map(({ name, kind, template }) => ({ rule: name, kind, template: template.text })),
  };
}

function axisJson({ name, values }: Axis): object {
  return { axis: name, values: values.map((value) => value.name) };
}
