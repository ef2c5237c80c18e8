/** What the keys of a matrix are in a config: Pythons, flavors, platforms, images, further axes, or nothing a tag tells. */
import { asText, type Combination } from './matrix.ts';
import { matrixKeys, type Piece } from './pieces.ts';

export interface Roles {
  readonly axes: readonly RoleAxis[];
  readonly platformKey: string | null;
  /** Keys that no tag tells apart. */
  readonly untold: readonly string[];
}

export interface RoleAxis {
  /** `python`, `flavor`, or the name of a further axis. */
  readonly name: string;
  /** Of the matrix. */
  readonly key: string;
  /** In the order of the matrix. */
  readonly values: readonly RoleValue[];
}

export interface RoleValue {
  /** As the matrix has it. */
  readonly written: string;
  /** As the config has it: `standard` for nothing, `conda` for `-conda`. */
  readonly name: string;
  /** What `{{suffix}}` gives; of flavors. */
  readonly suffix: string;
}

/**
 * @param told pieces of every tag: what is in none of them makes no difference to a tag
 * @param imageKeys those that tell images apart
 * @param stepKey the key that tells steps apart: each builds an image of its own, whatever its tags say
 */
export function assignRoles(
  jobs: readonly Combination[],
  told: readonly Piece[],
  imageKeys: readonly string[],
  stepKey: string | null,
): Roles {
  const keys = matrixKeys(jobs);
  const has = (key: string): boolean =>
    key === stepKey ||
    told.some(
      (piece) => (piece.kind === 'key' && piece.key === key) || (piece.kind === 'mixed' && piece.keys.includes(key)),
    );
  const isImage = (key: string): boolean => imageKeys.some((image) => image === key.toLowerCase());
  const isVaried = (key: string): boolean => valuesOf(jobs, key).length > 1;
  const platformKey = keys.find((key) => isPlatforms(key, valuesOf(jobs, key)) && !has(key)) ?? null;
  const left = keys.filter((key) => key !== platformKey && has(key) && (!isImage(key) || isVaried(key)));
  const pythonKey = left.find((key) => isPythons(key, valuesOf(jobs, key))) ?? null;
  const others = left.filter((key) => key !== pythonKey);
  const untold = keys.filter((key) => key !== platformKey && !left.includes(key) && !isImage(key));
  const flavorKey = chooseFlavor(others, jobs) ?? keyOfOthers(others, untold.filter(isVaried), jobs);
  const axes = [
    ...(pythonKey === null ? [] : [plainAxis('python', pythonKey, jobs)]),
    ...(flavorKey === null ? [] : [flavorAxis(flavorKey, jobs, told)]),
    ...others.filter((key) => key !== flavorKey).map((key) => plainAxis(axisName(key), key, jobs)),
  ];
  return { axes, platformKey, untold };
}

export function valuesOf(jobs: readonly Combination[], key: string): string[] {
  return [...new Set(jobs.map((job) => asText(job.get(key) ?? null)))];
}

function isPythons(key: string, values: readonly string[]): boolean {
  return /^py(?:thon)?(?:[-_]?versions?)?$/i.test(key) && values.every((value) => /^\d+\.\d+t?$/.test(value));
}

export function isPlatforms(key: string, values: readonly string[]): boolean {
  return /platform|arch/i.test(key) && values.every((value) => /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(value));
}

const flavorNames = /^(?:flavou?r|variant|edition|distro|suffix|tag[-_]?suffix|base|type|target|os|name)$/i;

/** The key that is called like one, else the one with an empty value, else the only one, if its values are no numbers. */
function chooseFlavor(keys: readonly string[], jobs: readonly Combination[]): string | null {
  const called = keys.find((key) => flavorNames.test(key));
  const empty = keys.find((key) => valuesOf(jobs, key).includes(''));
  const [only, ...more] = keys;
  const isOnly = only !== undefined && more.length === 0 && valuesOf(jobs, only).every((value) => !/^v?\d/.test(value));
  return called ?? empty ?? (isOnly ? only : null);
}

/** A key that other ones follow, which may be what a build differs in: only a flavor has a build of its own. */
function keyOfOthers(
  keys: readonly string[],
  followers: readonly string[],
  jobs: readonly Combination[],
): string | null {
  const [only, ...more] = keys;
  if (only === undefined || more.length > 0 || followers.length === 0) return null;
  const byValue = (follower: string): boolean =>
    valuesOf(jobs, only).every((value) => {
      const own = jobs.filter((job) => asText(job.get(only) ?? null) === value);
      return valuesOf(own, follower).length === 1;
    });
  return followers.every(byValue) ? only : null;
}

function plainAxis(name: string, key: string, jobs: readonly Combination[]): RoleAxis {
  const values = valuesOf(jobs, key).map((written) => ({ written, name: written, suffix: '' }));
  return { name, key, values };
}

function flavorAxis(key: string, jobs: readonly Combination[], told: readonly Piece[]): RoleAxis {
  const piece = told.find((candidate) => candidate.kind === 'key' && candidate.key === key);
  const texts = piece?.kind === 'key' ? piece.texts : new Map<string, string>();
  const taken = new Set<string>();
  const values = valuesOf(jobs, key).map((written): RoleValue => {
    const name = freeName(flavorName(written), taken);
    return { written, name, suffix: texts.get(written) ?? '' };
  });
  return { name: 'flavor', key, values };
}

function flavorName(written: string): string {
  const plain = written.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  if (plain === '') return 'standard';
  const small = plain.charAt(0).toLowerCase() + plain.slice(1);
  return /^[a-z]/.test(small) ? small : `flavor-${small}`;
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}

/** Names that templates and the plan have for something else. */
const reserved =
  /^(?:python|flavor|version|major|minor|patch|revision|date|year|month|day|platforms|tags|digest|reason|range|since|suffix)$/;

function axisName(key: string): string {
  const plain = key.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const small = plain.charAt(0).toLowerCase() + plain.slice(1);
  if (!/^[a-z]/.test(small)) return `axis-${small}`;
  return reserved.test(small) ? `${small}-axis` : small;
}

/** What the config calls the value of an axis in one job. */
export function valueIn(job: Combination, axis: RoleAxis): string {
  const written = asText(job.get(axis.key) ?? null);
  return axis.values.find((value) => value.written === written)?.name ?? written;
}

/** A piece that the matrix gives, as a template has it; `null` where no name gives these texts. */
export function templateOf(piece: Piece & { readonly kind: 'key' }, roles: Roles): string | null {
  const axis = roles.axes.find((candidate) => candidate.key === piece.key);
  if (axis === undefined) return null;
  const gives = (textOf: (value: RoleValue) => string): boolean =>
    axis.values.every((value) => (piece.texts.get(value.written) ?? textOf(value)) === textOf(value));
  if (gives((value) => value.name)) return `{{${axis.name}}}`;
  return axis.name === 'flavor' && gives((value) => value.suffix) ? '{{suffix}}' : null;
}
