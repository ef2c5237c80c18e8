/** The axes of an image: Pythons, flavors and whatever else the config names, all alike from here on. */
import type { Problem } from '../domain/errors.ts';
import type { VersionScheme } from '../domain/version.ts';
import type { At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedAxis, ParsedImage, ParsedPythons } from './schema.ts';
import { releaseNames } from './tag-template.ts';
import type { Axis, AxisValue } from './types.ts';

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

export function readAxes(image: ParsedImage, scheme: VersionScheme, at: At, problems: Problem[]): Axis[] {
  const axes: Axis[] = [];
  if (image.pythons !== undefined) axes.push(readPythons(image.pythons, scheme, at, problems));
  axes.push(readFlavorAxis(image, scheme, at, problems));
  for (const [name, axis] of Object.entries(image.axes ?? {})) {
    if (reservedNames.has(name) || name === 'python' || name === 'flavor') {
      problems.push({
        code: 'CONFIG_INVALID',
        where: at('axes', name),
        message: `an axis cannot be called '${name}'; that name is taken`,
      });
    }
    axes.push(readFurtherAxis(name, axis, scheme, at, problems));
  }
  checkVariables(axes, at, problems);
  return axes;
}

function readPythons(input: ParsedPythons, scheme: VersionScheme, at: At, problems: Problem[]): Axis {
  const entries = Array.isArray(input) ? input.map((name) => [name, '*'] as const) : Object.entries(input);
  if (entries.length === 0) {
    problems.push({
      code: 'MATRIX_EMPTY',
      where: at('pythons'),
      message: 'no Python is listed',
      fix: 'list at least one, or leave the key out',
    });
  }
  const seen = new Set<string>();
  const values = entries.map(([name, range], index): AxisValue => {
    const where = Array.isArray(input) ? at('pythons', index) : at('pythons', name);
    if (name === '3.1') {
      const fix = "quote it: '3.10'";
      problems.push({
        code: 'CONFIG_INVALID',
        where,
        message: 'Python 3.1 ended in 2012; a number 3.10 reads as 3.1',
        fix,
      });
    }
    if (seen.has(name)) problems.push({ code: 'CONFIG_INVALID', where, message: `Python ${name} is listed twice` });
    seen.add(name);
    return { name, range: readRange(range, scheme, where, problems), variables: { python: name } };
  });
  return { name: 'python', values: values.toSorted((a, b) => comparePythons(a.name, b.name)) };
}

/** Pythons by number, `3.9` before `3.10`, and the free-threaded `3.14t` after `3.14`. */
export function comparePythons(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map((part) => Number.parseInt(part, 10));
  const [majorB = 0, minorB = 0] = b.split('.').map((part) => Number.parseInt(part, 10));
  if (majorA !== majorB) return majorA - majorB;
  if (minorA !== minorB) return minorA - minorB;
  return Number(a.endsWith('t')) - Number(b.endsWith('t'));
}

function readFlavorAxis(image: ParsedImage, scheme: VersionScheme, at: At, problems: Problem[]): Axis {
  const flavors = Object.entries(image.flavors ?? {});
  if (flavors.length === 0) {
    const fix = "write flavors: { standard: { dockerfile: 'Dockerfile' } }";
    problems.push({ code: 'MATRIX_EMPTY', where: at('flavors'), message: 'no flavor is listed', fix });
  }
  const values = flavors.map(([name, flavor]): AxisValue => ({
    name,
    range: readRange(flavor, scheme, at('flavors', name), problems),
    variables: { flavor: name, suffix: flavor.suffix },
  }));
  return { name: 'flavor', values };
}

function readFurtherAxis(name: string, input: ParsedAxis, scheme: VersionScheme, at: At, problems: Problem[]): Axis {
  const entries = Array.isArray(input) ? input.map((value) => [value, '*'] as const) : Object.entries(input);
  if (entries.length === 0)
    problems.push({ code: 'MATRIX_EMPTY', where: at('axes', name), message: 'the axis has no value' });
  const values = entries.map(([value, given]): AxisValue => {
    const where = at('axes', name, value);
    const vars = typeof given === 'string' ? {} : (given.vars ?? {});
    return { name: value, range: readRange(given, scheme, where, problems), variables: { [name]: value, ...vars } };
  });
  return { name, values };
}

/** Every value of an axis gives the same names, and no name is given twice. */
function checkVariables(axes: readonly Axis[], at: At, problems: Problem[]): void {
  const givenBy = new Map<string, string>(Object.keys(releaseNames).map((name) => [name, 'the release']));
  for (const axis of axes) {
    const names = new Set(axis.values.flatMap((value) => Object.keys(value.variables)));
    for (const name of names) {
      const other = givenBy.get(name);
      const where =
        axis.name === 'python' ? at('pythons') : axis.name === 'flavor' ? at('flavors') : at('axes', axis.name);
      if (other !== undefined)
        problems.push({ code: 'CONFIG_INVALID', where, message: `the name '${name}' is given by ${other} too` });
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
