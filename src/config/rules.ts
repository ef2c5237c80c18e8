/** Step three: checks across keys, one small function each. */
import type { Problem } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { warningCodes } from '../domain/warning.ts';
import { nearest } from '../domain/nearest.ts';
import { quote } from '../domain/tag.ts';
import type { VersionRange } from '../domain/version.ts';
import { checkShared } from './check-shared.ts';
import { placeOf } from './normalize-axes.ts';
import { place, type At } from './place.ts';
import { sizeLimitCode } from './read-size-limits.ts';
import { tellsBuilds } from './tag-template.ts';
import { checkDefaultRanges, checkDefaultsBuilt, checkPlatformRanges, rangesMeet } from './range-rules.ts';
import type { Axis, AxisValue, Choice, Config, ImageConfig, Rule } from './types.ts';

/** @returns every mistake that only shows when keys are seen together */
export function checkConfig(config: Config): Problem[] {
  return [
    ...checkRepositories(config),
    ...config.images.flatMap((image) => [
      ...checkDockerfiles(image, config.file),
      ...checkShared(image, config.file),
      ...checkChannels(image, config),
      ...checkAliases(image),
      ...checkDefaultAliases(image, config.file),
      ...checkDefaultRanges(image, config.file),
      ...checkDefaultsBuilt(image, config.file),
      ...checkPlatformRanges(image, config.file),
      ...checkAccepted(image),
      ...checkYanked(image),
      ...checkRebuilds(image),
      ...checkValuePlatforms(image, config.file),
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
  return [...problems, ...config.images.flatMap((image) => checkEventRepositories(image, owners))];
}

/** Tags of events may go where those of the image's own releases are, and not where another image's are. */
function checkEventRepositories({ name, events }: ImageConfig, owners: ReadonlyMap<string, string>): Problem[] {
  return (events?.moving ?? []).flatMap(({ repositories, where }) =>
    (repositories ?? []).flatMap((repository): Problem[] => {
      const text = formatRepository(repository);
      const other = owners.get(text) ?? name;
      if (other === name) return [];
      const message = `${text} is a repository of '${other}'`;
      return [{ code: 'CONFIG_INVALID', where, message, fix: 'give the events of each image a repository of its own' }];
    }),
  );
}

function checkAccepted(image: ImageConfig): Problem[] {
  const known: readonly string[] = [...warningCodes, sizeLimitCode];
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

function checkValuePlatforms(image: ImageConfig, file: string): Problem[] {
  const known = image.platforms.map((entry) => entry.platform);
  return image.axes.flatMap((axis) =>
    axis.values.flatMap((value) =>
      (value.build.platforms ?? [])
        .filter((platform) => !known.includes(platform))
        .map((platform): Problem => ({
          code: 'CONFIG_INVALID',
          where: `${placeOf(axis.name, (...path) => place(file, path))}.${value.name}.platforms`,
          message: `${platform} is not one of the image's platforms`,
          fix: `known: ${known.join(', ')}`,
        })),
    ),
  );
}

/** Every cell has a Dockerfile: the image's, or that of all values of some axis. */
function checkDockerfiles(image: ImageConfig, file: string): Problem[] {
  if (image.build.dockerfile !== null) return [];
  const lackingOf = (axis: Axis): readonly AxisValue[] => axis.values.filter(({ build }) => build.dockerfile === null);
  const [axis] = image.axes.toSorted((a, b) => shareOf(lackingOf(a), a) - shareOf(lackingOf(b), b));
  if (axis === undefined || lackingOf(axis).length === 0) return [];
  const at: At = (...path) => place(file, path);
  return lackingOf(axis).map(({ name }) => ({
    code: 'CONFIG_INVALID',
    where: `${placeOf(axis.name, at)}.${name}.dockerfile`,
    message: 'missing; nothing says how it is built',
    fix: "write dockerfile: 'Dockerfile', here or for the whole image",
  }));
}

function shareOf(lacking: readonly AxisValue[], axis: Axis): number {
  return lacking.length / Math.max(axis.values.length, 1);
}

/** A channel that no release could ever own: none is in its range, is built, or can be a pre-release. */
function checkChannels(image: ImageConfig, config: Config): Problem[] {
  const { file, source, images } = config;
  const isFlagged = source.github !== null || source.file !== null;
  return image.rules.flatMap((rule): Problem[] => {
    if (rule.kind !== 'convenience') return [];
    const problem = (why: string, fix: string): Problem[] => [
      {
        code: 'CONFIG_INVALID',
        where: `${file} rules.${rule.name}`,
        message: `no release could ever own it: ${why}`,
        fix,
      },
    ];
    // Rules that several images share may be for one of them alone.
    if (images.length === 1 && !rangesMeet([rule.range], image)) {
      const outside = `none of releases: '${image.shape.range?.text ?? '*'}' is in ${rule.range?.text ?? '*'}`;
      return problem(outside, 'correct one of the ranges, or leave the rule out');
    }
    if (rule.releases !== 'pre') return [];
    if (!image.scheme.hasPreReleases && !isFlagged) {
      const fix = "compare a part as 'pre', or by pep440, semver or calver";
      return problem('no part of the scheme says what a pre-release is', fix);
    }
    const isBuilt = image.rules.some(
      ({ kind, releases, range }) =>
        kind === 'pinned' && releases !== 'finals' && rangesMeet([range, rule.range], image),
    );
    if (isBuilt) return [];
    const fix = "give them one: rules: { full: { releases: 'all' } }";
    return problem('pre-releases have no pinned tag, so none is built', fix);
  });
}

/** What `default` means has to be said. */
function checkDefaultAliases(image: ImageConfig, file: string): Problem[] {
  return image.aliases.flatMap(({ axis, choices, place: where }): Problem[] => {
    if (image.defaults.has(axis) || choices.every(({ values }) => values !== 'default')) return [];
    const first = image.axes.find(({ name }) => name === axis)?.values[0]?.name ?? '…';
    const fix = `write defaults: { ${axis}: '${first}' }`;
    return [{ code: 'CONFIG_INVALID', where, message: `there is no default ${axis} (${file} defaults)`, fix }];
  });
}

/** An alias is no name that a value of the axis has for the same releases. */
function checkAliases(image: ImageConfig): Problem[] {
  return image.aliases.flatMap((alias) => {
    const values = image.axes.find((axis) => axis.name === alias.axis)?.values ?? [];
    const other = values.find(
      (value) =>
        value.variables[alias.axis] === alias.name &&
        alias.choices.some((choice) => rangesMeet([value.range, choice.range, rangeOf(choice, values)], image)),
    );
    if (other === undefined) return [];
    const message = `${quote(alias.name)} is what ${alias.axis} ${other.name} is called itself`;
    return [{ code: 'CONFIG_INVALID', where: alias.place, message, fix: 'choose another name, or end one by range' }];
  });
}

/** The releases of a choice that has one value. */
function rangeOf({ values }: Choice, known: readonly AxisValue[]): VersionRange | null {
  if (values === 'default' || values.length !== 1) return null;
  return known.find((value) => value.name === values[0])?.range ?? null;
}
