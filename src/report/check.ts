/** What a valid config says, as `tagwright check` shows it. */
import type { Axis, Config, ImageConfig, Rule, RuleKind, SourceConfig } from '../config/types.ts';
import { formatRepository } from '../domain/reference.ts';
import { jsonText } from './plan-json.ts';
import { count } from './words.ts';
import { wrap } from './wrap.ts';

export function checkText(config: Config): string {
  const head = `${config.file} is valid: ${count(config.images.length, 'image')}`;
  const images = config.images.map((image) => imageText(image, sourceText(config.source)));
  return `${[head, ...images].join('\n\n')}\nNot checked: releases and the registry. See them with: tagwright plan\n`;
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
  return `${image.name}\n${lines.join('\n')}\n`;
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

export function checkJson(config: Config): string {
  return jsonText({ schema: 1, config: config.file, images: config.images.map(imageJson) });
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
