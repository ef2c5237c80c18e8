/** Step three: checks across keys, one small function each. */
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { formatRepository } from '../domain/reference.ts';
import { warningCodes } from '../domain/warning.ts';
import { nearest } from '../domain/nearest.ts';
import { place } from './place.ts';
import { tellsBuilds } from './tag-template.ts';
import { checkDefaultRanges, checkDefaultsBuilt, checkPlatformRanges, rangesMeet } from './range-rules.ts';
import type { Axis, AxisValue, Config, ImageConfig, Rule } from './types.ts';

/** @returns every mistake that only shows when keys are seen together */
export function checkConfig(config: Config): Problem[] {
  return [
    ...checkRepositories(config),
    ...config.images.flatMap((image) => [
      ...image.rules.flatMap((rule) => checkAxesTold(rule, image, config.file)),
      ...checkRuleTexts(image, config.file),
      ...checkDefaults(image, config.file),
      ...checkDefaultRanges(image, config.file),
      ...checkDefaultsBuilt(image, config.file),
      ...checkPlatformRanges(image, config.file),
      ...checkAccepted(image),
      ...checkYanked(image),
      ...checkRebuilds(image),
      ...checkFlavorPlatforms(image, config.file),
    ]),
  ];
}

function checkRepositories(config: Config): Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const image of config.images) {
    for (const repository of image.repositories) {
      const text = formatRepository(repository);
      const other = owners.get(text);
      if (other !== undefined) {
        const message = `${text} is a repository of ${other === image.name ? 'this image twice' : `'${other}' too`}`;
        problems.push({
          code: 'CONFIG_INVALID',
          where: `${config.file} repository`,
          message,
          fix: 'name each repository once',
        });
      }
      owners.set(text, image.name);
    }
  }
  return problems;
}

/** Two cells of one release that differ in one axis must differ in the tag, or the rule must take one value of it. */
function checkAxesTold(rule: Rule, image: ImageConfig, file: string): Problem[] {
  return image.axes.flatMap((axis) => {
    const only = rule.only.get(axis.name);
    if (only === 'default') return [];
    const values = only === undefined ? axis.values : axis.values.filter((value) => only.includes(value.name));
    const clash = firstClash(values, rule, image);
    if (clash === null) return [];
    const [a, b] = clash;
    return [
      {
        code: rule.kind === 'pinned' ? ('PINNED_COLLISION' as const) : ('CONFIG_INVALID' as const),
        where: `${file} rules.${rule.name}`,
        message: `${rule.template.text} gives ${axis.name} ${a.name} and ${axis.name} ${b.name} the same text`,
        fix: `name the axis in the template, or say only: { ${axis.name}: 'default' }`,
      },
    ];
  });
}

/** Two values that some release has both of, and that the template does not tell apart. */
function firstClash(
  values: readonly AxisValue[],
  rule: Rule,
  image: ImageConfig,
): readonly [AxisValue, AxisValue] | null {
  const told = groupBy(values, (value) =>
    [...rule.template.names].flatMap((name) => value.variables[name] ?? []).join('\n'),
  );
  for (const alike of told.values()) {
    for (const [index, value] of alike.entries()) {
      const other = alike
        .slice(0, index)
        .find((earlier) => rangesMeet([earlier.range, value.range, rule.range], image));
      if (other !== undefined) return [other, value];
    }
  }
  return null;
}

/** Two rules of one template would want every text twice. */
function checkRuleTexts(image: ImageConfig, file: string): Problem[] {
  const seen = new Map<string, Rule>();
  return image.rules.flatMap((rule): Problem[] => {
    const other = seen.get(rule.template.text);
    seen.set(rule.template.text, rule);
    if (other === undefined) return [];
    const message = `has the template of the rule '${other.name}': ${rule.template.text}`;
    return [{ code: 'CONFIG_INVALID', where: `${file} rules.${rule.name}`, message, fix: 'one tag text has one rule' }];
  });
}

function checkDefaults(image: ImageConfig, file: string): Problem[] {
  return [...image.defaults].flatMap(([axisName, given]): Problem[] => {
    const where = `${file} defaults.${axisName}`;
    const axis = image.axes.find((candidate) => candidate.name === axisName);
    if (axis === undefined) {
      const fix = `known: ${image.axes.map((candidate) => candidate.name).join(', ')}`;
      return [{ code: 'CONFIG_INVALID', where, message: `there is no axis '${axisName}'`, fix }];
    }
    if (given.kind === 'highest') return [];
    return [...given.series].flatMap(([series, choices]) =>
      choices === 'highest'
        ? []
        : choices.flatMap((choice) =>
            checkDefaultValue(choice.value, axis, place(file, ['defaults', axisName, series])),
          ),
    );
  });
}

function checkDefaultValue(value: string, axis: Axis, where: string): Problem[] {
  const known = axis.values.map((candidate) => candidate.name);
  if (known.includes(value)) return [];
  const message = `${axis.name} ${value} is built for no release`;
  return [{ code: 'CONFIG_INVALID', where, message, fix: `known: ${known.join(', ')}` }];
}

function checkAccepted(image: ImageConfig): Problem[] {
  const known: readonly string[] = warningCodes;
  return image.accepted.flatMap((entry): Problem[] => {
    if (known.includes(entry.code)) return [];
    const near = nearest(entry.code, known);
    const fix = near === null ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
    return [
      { code: 'CONFIG_INVALID', where: `${entry.where}.code`, message: `there is no warning ${entry.code}`, fix },
    ];
  });
}

function checkYanked(image: ImageConfig): Problem[] {
  const seen = new Set<string>();
  return image.yanked.flatMap((yank): Problem[] => {
    const twice = seen.has(yank.version);
    seen.add(yank.version);
    return twice ? [{ code: 'CONFIG_INVALID', where: yank.where, message: `${yank.version} is yanked twice` }] : [];
  });
}

function checkRebuilds(image: ImageConfig): Problem[] {
  const [first] = image.rebuilds;
  if (first === undefined) return [];
  const seen = new Set<string>();
  const twice = image.rebuilds.flatMap((entry): Problem[] => {
    const key = `${entry.version} ${entry.build}`;
    const message = `build ${entry.build} of ${entry.version} is there twice`;
    const problem: Problem = { code: 'CONFIG_INVALID', where: entry.where, message, fix: 'number builds from 2 on' };
    return seen.has(key) ? [problem] : (seen.add(key), []);
  });
  return [...(tellsRebuilds(image.rules) ? [] : [noRuleForRebuilds(first.where, image)]), ...twice];
}

/** Whether a rebuild could have a pinned tag of its own. */
export function tellsRebuilds(rules: readonly Rule[]): boolean {
  return rules.some(({ kind, template }) => kind === 'pinned' && tellsBuilds(template.names));
}

/** What to do where none could: the rule to add. */
export function noRuleForRebuilds(where: string, image: ImageConfig): Problem {
  const full = image.rules.find((rule) => rule.kind === 'pinned' && rule.template.names.has('version'));
  const template = `${full?.template.text ?? '{{version}}'}-b{{build}}`;
  return {
    code: 'REBUILD_WITHOUT_RULE',
    where,
    message:
      'no pinned rule names {{build}} or {{date}}: a rebuild would have no tag but one that is never overwritten',
    fix: `rules: { rebuild: { kind: 'pinned', template: '${template}' } }`,
  };
}

function checkFlavorPlatforms(image: ImageConfig, file: string): Problem[] {
  const known = image.platforms.map((entry) => entry.platform);
  return [...image.flavors.values()].flatMap((flavor) =>
    (flavor.platforms ?? [])
      .filter((platform) => !known.includes(platform))
      .map((platform): Problem => ({
        code: 'CONFIG_INVALID',
        where: `${file} flavors.${flavor.name}.platforms`,
        message: `${platform} is not one of the image's platforms`,
        fix: `known: ${known.join(', ')}`,
      })),
  );
}
