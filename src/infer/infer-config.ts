/** A config that explains the tags of an image, inferred from their names and, where they are known, their images. */
import { inferRules, ruleSight, valueName, type InferredRule } from './infer-rules.ts';
import { inferValues, type InferredValue } from './infer-values.ts';
import { readSchemeNames, type SchemeNames, type TagOfImage } from './scheme-names.ts';

export interface InferredConfig {
  /** Version texts in order. */
  readonly versions: readonly string[];
  readonly scheme: 'pep440' | 'semver' | 'calver';
  /** Where a version has not the usual three numbers. */
  readonly tagPattern: string | null;
  /** Words in front of the version, without their dash; none where there is none. */
  readonly fronts: readonly string[];
  /** None where every release is one image. */
  readonly values: readonly InferredValue[];
  readonly rules: readonly InferredRule[];
}

const patterns: Readonly<Record<number, string>> = {
  1: String.raw`^v?(?<version>\d+(?:[A-Za-z-].*)?)$`,
  2: String.raw`^v?(?<version>\d+(?:\.\d+)?(?:[A-Za-z-]+\.?\d+.*)?)$`,
  4: String.raw`^v?(?<version>\d+\.\d+\.\d+\.\d+.*)$`,
};

export const defaultRules: readonly string[] = ['full', 'sha', 'minor', 'major', 'latest'];

export function inferConfig(tags: readonly TagOfImage[]): InferredConfig {
  const seen = readSchemeNames(tags);
  const values = inferValues(seen);
  const isOne = values.length <= 1 && values.every(({ name, aliases }) => name === '' && aliases.length === 0);
  const fronts = [...new Set(seen.names.map(({ front }) => front))].filter((front) => front !== '');
  const front = fronts.length === 0 ? '' : '{{flavor}}-';
  const rules =
    seen.versions.length === 0
      ? []
      : inferRules(ruleSight({ seen, values, front, behind: isOne ? '' : '-{{variant}}' }));
  return {
    versions: seen.versions.map(({ text }) => text),
    scheme: schemeOf(seen),
    tagPattern: patterns[seen.parts] ?? null,
    fronts: fronts.map((text) => text.slice(0, -1)),
    values: isOne ? [] : values,
    rules: distinct(rules),
  };
}

/** What `defineConfig` takes, without the repository and the source. */
export function configOf({
  scheme,
  tagPattern,
  fronts,
  values,
  rules,
}: InferredConfig): Readonly<Record<string, unknown>> {
  const axes = {
    ...(fronts.length === 0
      ? {}
      : { flavor: Object.fromEntries([['standard', { tag: '' }], ...fronts.map((front) => [front, {}] as const)]) }),
    ...(values.length === 0
      ? {}
      : { variant: Object.fromEntries(values.map((value) => [valueName(value), valueOf(value)])) }),
  };
  const left = defaultRules.filter((name) => !rules.some((rule) => rule.name === name));
  return {
    ...(scheme === 'pep440' ? {} : { scheme }),
    ...(tagPattern === null ? {} : { tagPattern }),
    dockerfile: 'Dockerfile',
    ...(Object.keys(axes).length === 0 ? {} : { axes }),
    rules: {
      ...Object.fromEntries(left.map((name) => [name, false])),
      ...Object.fromEntries(rules.map((rule) => [rule.name, ruleOf(rule)])),
    },
  };
}

function valueOf({ name, range, aliases }: InferredValue): object {
  const isShort = aliases.every((alias) => alias.range === null);
  return {
    ...(name === '' ? { tag: '' } : {}),
    ...(range === null ? {} : { range }),
    ...(aliases.length === 0
      ? {}
      : {
          aliases: aliases.map((alias) =>
            isShort ? alias.name : { name: alias.name, ...(alias.range === null ? {} : { range: alias.range }) },
          ),
        }),
  };
}

function ruleOf({ name, kind, template, range, only, releases }: InferredRule): object {
  return {
    ...(defaultRules.includes(name) ? {} : { kind }),
    template,
    ...(range === undefined ? {} : { range }),
    ...(only === undefined ? {} : { only: { variant: only } }),
    ...(releases === undefined ? {} : { releases }),
  };
}

function schemeOf({ versions }: SchemeNames): InferredConfig['scheme'] {
  if (versions.some(({ pre }) => pre?.startsWith('-') === true)) return 'semver';
  return versions.some(({ numbers }) => numbers.some((number) => /^0\d/.test(number))) ? 'calver' : 'pep440';
}

/** Two words may come to one name. */
function distinct(rules: readonly InferredRule[]): InferredRule[] {
  const taken = new Set<string>();
  return rules.map((rule) => {
    let { name } = rule;
    for (let number = 2; taken.has(name); number += 1) name = `${rule.name}${number}`;
    taken.add(name);
    return { ...rule, name };
  });
}
