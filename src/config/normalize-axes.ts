/** The axes of an image. `pythons` and `flavors` are two of them, written short; all are alike from here on. */
import type { Problem } from '../domain/errors.ts';
import type { VersionScheme } from '../domain/version.ts';
import { readBuild } from './build-spec.ts';
import { unknownValue, type At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedAxis, ParsedImage, ParsedValue } from './schema.ts';
import { releaseNames } from './tag-template.ts';
import { comparePythons, heightsOf } from './value-order.ts';
import type { Alias, Axis, AxisValue, Where } from './types.ts';

/** Keys of the plan's JSON that an axis may not take. */
const reservedNames = new Set([
  ...Object.keys(releaseNames),
  'platforms',
  'tags',
  'digest',
  'reason',
  'range',
  'since',
  'suffix',
]);

/** What the readers of one image share. */
export interface ImageContext {
  readonly scheme: VersionScheme;
  /** Names that a release gives to templates. */
  readonly given: ReadonlySet<string>;
  readonly at: At;
  /** How many folders the root is above the config's. */
  readonly above: number;
  readonly problems: Problem[];
}

/** An axis as written, with its place in the config. */
interface Written {
  readonly name: string;
  readonly values: readonly (readonly [name: string, given: ParsedValue])[];
  readonly at: At;
}

/** @returns the axes, and the aliases given at their values: `trixie: { aliases: [''] }` */
export function readAxes(
  image: ParsedImage,
  context: ImageContext,
): { readonly axes: readonly Axis[]; readonly aliases: readonly Alias[] } {
  const written = writtenAxes(image, context);
  const names = new Set([...context.given, 'suffix']);
  for (const { name, values } of written) {
    names.add(name);
    for (const [, given] of values) for (const variable of Object.keys(given.vars ?? {})) names.add(variable);
  }
  const axes = written.map((axis) => readAxis(axis, names, written, context));
  checkNames(written, image, context);
  checkVariables(axes, context);
  checkSize(axes, context);
  return { axes, aliases: written.flatMap((axis) => aliasesOf(axis, written, context)) };
}

/** What one release may be built as; more are a mistake, and would take minutes and gigabytes to list. */
const maxCombinations = 20_000;

function checkSize(axes: readonly Axis[], { at, problems }: ImageContext): void {
  const combinations = axes.reduce((product, { values }) => product * Math.max(1, values.length), 1);
  if (combinations <= maxCombinations) return;
  problems.push({
    code: 'CONFIG_INVALID',
    where: at('axes'),
    message: `the axes have ${combinations} combinations for one release; at most ${maxCombinations} are read`,
    fix: 'write fewer values, or several images',
  });
}

/** Names and other names of values go into tags. */
function checkNames(written: readonly Written[], image: ParsedImage, { at, problems }: ImageContext): void {
  for (const { name: axis, values, at: of } of written) {
    const isList = axis === 'python' ? Array.isArray(image.pythons) : Array.isArray(image.axes?.[axis]);
    for (const [index, [name, { tag = '', aliases = [] }]] of values.entries()) {
      if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
        const expected = 'expected a name that may be part of a tag: letters, digits, ., _ and -';
        problems.push(noTagPart(expected, name, isList ? of(index) : of(name)));
      }
      checkText(tag, of(name, 'tag'), problems);
      for (const [place, alias] of aliases.entries())
        checkText(typeof alias === 'string' ? alias : alias.name, of(name, 'aliases', place), problems);
    }
  }
  for (const [axis, given] of Object.entries(image.aliases ?? {}))
    for (const name of Object.keys(given)) checkText(name, at('aliases', axis, name), problems);
}

function checkText(text: string, where: string, problems: Problem[]): void {
  if (!/^[A-Za-z0-9._-]*$/.test(text)) problems.push(noTagPart('expected text that may be part of a tag', text, where));
}

function noTagPart(expected: string, text: string, where: string): Problem {
  return { code: 'TAG_INVALID', where, message: `${expected}; got ${JSON.stringify(text).slice(0, 80)}` };
}

function aliasesOf(
  { name, values, at }: Written,
  axes: readonly Written[],
  { scheme, problems }: ImageContext,
): Alias[] {
  return values.flatMap(([value, given]) =>
    (given.aliases ?? []).map((alias, index): Alias => {
      const place = at(value, 'aliases', index);
      if (typeof alias === 'string')
        return { axis: name, name: alias, choices: [{ values: [value], range: null, where: new Map() }], place };
      const range = readRange(alias, scheme, place, problems);
      const where = readWhere(alias.where, axes, `${place}.where`, problems);
      return { axis: name, name: alias.name, choices: [{ values: [value], range, where }], place };
    }),
  );
}

/** All names that templates over a cell may use. */
export function namesOf(axes: readonly Axis[], { given }: Pick<ImageContext, 'given'>): Set<string> {
  const variables = axes.flatMap((axis) => axis.values.flatMap((value) => Object.keys(value.variables)));
  return new Set([...given, 'suffix', ...axes.map((axis) => axis.name), ...variables]);
}

function writtenAxes(image: ParsedImage, { at, problems }: ImageContext): Written[] {
  const axes: Written[] = [];
  if (image.pythons !== undefined) {
    const of: At = (...path) => at('pythons', ...path);
    axes.push({ name: 'python', values: pythonValues(image.pythons, of, problems), at: of });
  }
  if (image.flavors !== undefined) {
    const values = Object.entries(image.flavors).map(([name, flavor]) => [name, { suffix: '', ...flavor }] as const);
    axes.push({ name: 'flavor', values, at: (...path) => at('flavors', ...path) });
  }
  for (const [name, axis] of Object.entries(image.axes ?? {})) {
    const where = at('axes', name);
    if (reservedNames.has(name) || axes.some((other) => other.name === name)) {
      const message = `an axis cannot be called '${name}'; that name is taken`;
      problems.push({ code: 'CONFIG_INVALID', where, message });
    }
    axes.push({ name, values: valuesOf(axis), at: (...path) => at('axes', name, ...path) });
  }
  for (const axis of axes.filter(({ values }) => values.length === 0)) {
    const fix = 'list at least one value, or leave the key out';
    problems.push({
      code: 'MATRIX_EMPTY',
      where: axis.at(),
      message: `no ${axis.name === 'python' ? 'Python' : axis.name} is listed`,
      fix,
    });
  }
  const isBuilt = image.dockerfile !== undefined || axes.some((axis) => axis.name === 'flavor');
  if (!isBuilt && axes.every(({ values }) => values.every(([, { dockerfile }]) => dockerfile === undefined))) {
    const fix = "write dockerfile: 'Dockerfile', or flavors: { standard: { dockerfile: 'Dockerfile' } }";
    problems.push({
      code: 'MATRIX_EMPTY',
      where: at('flavors'),
      message: 'no flavor and no Dockerfile is listed',
      fix,
    });
  }
  return axes;
}

function valuesOf(axis: ParsedAxis): Written['values'] {
  if (Array.isArray(axis)) return axis.map((name) => [name, {}] as const);
  return Object.entries(axis).map(([name, given]) => [name, typeof given === 'string' ? { range: given } : given]);
}

function pythonValues(input: ParsedAxis, at: At, problems: Problem[]): Written['values'] {
  const seen = new Set<string>();
  const values = valuesOf(input);
  for (const [index, [name]] of values.entries()) {
    const where = Array.isArray(input) ? at(index) : at(name);
    if (name === '3.1') {
      const fix = "quote it: '3.10'";
      const message = 'Python 3.1 ended in 2012; a number 3.10 reads as 3.1';
      problems.push({ code: 'CONFIG_INVALID', where, message, fix });
    }
    if (seen.has(name)) problems.push({ code: 'CONFIG_INVALID', where, message: `Python ${name} is listed twice` });
    seen.add(name);
  }
  return values.toSorted(([a], [b]) => comparePythons(a, b));
}

function readAxis(
  { name, values, at }: Written,
  names: ReadonlySet<string>,
  axes: readonly Written[],
  { scheme, above, problems }: ImageContext,
): Axis {
  const heights = heightsOf(values.map(([value]) => value));
  const hasSuffix = values.some(([, { suffix }]) => suffix !== undefined);
  return {
    name,
    values: values.map(([value, given]): AxisValue => ({
      name: value,
      range: readRange(given, scheme, at(value), problems),
      where: readWhere(given.where, axes, at(value, 'where'), problems),
      variables: {
        [name]: given.tag ?? value,
        ...(hasSuffix ? { suffix: given.suffix ?? '' } : {}),
        ...given.vars,
      },
      build: readBuild(given, names, { at: (...path) => at(value, ...path), above, problems }),
      height: heights.get(value) ?? 0,
    })),
  };
}

/** Reads `{ os: 'trixie' }` and `{ os: ['trixie', 'bookworm'] }`; names that no axis has are mistakes. */
export function readWhere(
  given: Readonly<Record<string, string | string[]>> | undefined,
  axes: readonly { readonly name: string; readonly values: readonly (AxisValue | readonly [string, unknown])[] }[],
  where: string,
  problems: Problem[],
): Where {
  const read = Object.entries(given ?? {}).map(([name, value]): [string, readonly string[]] => {
    const values = typeof value === 'string' ? [value] : value;
    const axis = axes.find((candidate) => candidate.name === name);
    if (axis === undefined) {
      const known = axes.map((candidate) => candidate.name);
      problems.push(unknownValue('axis', name, known, `${where}.${name}`));
      return [name, values];
    }
    const known = axis.values.map((candidate) => ('name' in candidate ? candidate.name : candidate[0]));
    for (const one of values) {
      if (!known.includes(one)) problems.push(unknownValue(name, one, known, `${where}.${name}`));
    }
    return [name, values];
  });
  return new Map(read);
}

/** Every value of an axis gives the same names, and no name is given twice. */
function checkVariables(axes: readonly Axis[], { at, given, problems }: ImageContext): void {
  const givenBy = new Map<string, string>([...given].map((name) => [name, 'the release']));
  for (const axis of axes) {
    const where = placeOf(axis.name, at);
    for (const name of new Set(axis.values.flatMap((value) => Object.keys(value.variables)))) {
      const other = givenBy.get(name);
      if (other !== undefined) {
        problems.push({ code: 'CONFIG_INVALID', where, message: `the name '${name}' is given by ${other} too` });
      }
      givenBy.set(name, `axis ${axis.name}`);
      const lacking = axis.values.filter((value) => value.variables[name] === undefined).map((value) => value.name);
      if (lacking.length === 0) continue;
      problems.push({
        code: 'CONFIG_INVALID',
        where,
        message: `'${name}' is missing for ${lacking.join(', ')}`,
        fix: 'give every value of the axis the same names',
      });
    }
  }
}

/** Where an axis is written. */
export function placeOf(axis: string, at: At): string {
  if (axis === 'python') return at('pythons');
  return axis === 'flavor' ? at('flavors') : at('axes', axis);
}
