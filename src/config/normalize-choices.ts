/** Defaults and aliases of axis values: which value a tag means that does not name one, or names it otherwise. */
import type { Problem } from '../domain/errors.ts';
import { readWhere, type ImageContext } from './normalize-axes.ts';
import { unknownValue } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedChoice, ParsedImage } from './schema.ts';
import type { Alias, Axis, AxisDefault, Choice } from './types.ts';

export function readDefaults(
  image: ParsedImage,
  axes: readonly Axis[],
  context: ImageContext,
): Map<string, readonly AxisDefault[]> {
  const entries = Object.entries(image.defaults ?? {}).map(([name, given]): [string, readonly AxisDefault[]] => {
    const axis = axes.find((candidate) => candidate.name === name);
    const where = context.at('defaults', name);
    if (axis === undefined) {
      const fix = `known: ${axes.map((candidate) => candidate.name).join(', ')}`;
      context.problems.push({ code: 'CONFIG_INVALID', where, message: `there is no axis '${name}'`, fix });
      return [name, []];
    }
    const read = (choice: ParsedChoice, place: string): Choice[] =>
      readChoice(choice, { ...context, axis, axes, place, aliases: null });
    if (!isBySeries(given)) return [name, [{ series: '', choices: read(given, where) }]];
    const series = Object.entries(given).map(([key, choice]) => ({
      series: key,
      choices: read(choice, context.at('defaults', name, key)),
    }));
    // The longest series that a release is in decides.
    return [name, series.toSorted((a, b) => b.series.length - a.series.length)];
  });
  return new Map(entries);
}

type GivenDefault = NonNullable<ParsedImage['defaults']>[string];

function isBySeries(given: GivenDefault): given is Record<string, ParsedChoice> {
  return typeof given === 'object' && !Array.isArray(given) && given['value'] === undefined;
}

/** Those that are written beside the axes. */
export function readAliases(image: ParsedImage, axes: readonly Axis[], context: ImageContext): Alias[] {
  return Object.entries(image.aliases ?? {}).flatMap(([name, given]): Alias[] => {
    const axis = axes.find((candidate) => candidate.name === name);
    if (axis === undefined) {
      const known = axes.map((candidate) => candidate.name);
      context.problems.push(unknownValue('axis', name, known, context.at('aliases', name)));
      return [];
    }
    return Object.entries(given).map(([alias, choice]) => {
      const place = context.at('aliases', name, alias);
      const choices = readChoice(choice, { ...context, axis, axes, place, aliases: Object.keys(given) });
      return { axis: name, name: alias, choices, place };
    });
  });
}

interface ChoicePlace extends ImageContext {
  readonly axis: Axis;
  readonly axes: readonly Axis[];
  readonly place: string;
  /** The other names of the axis, for a value that is one of them; `null` for a default. */
  readonly aliases: readonly string[] | null;
}

function readChoice(given: ParsedChoice, context: ChoicePlace): Choice[] {
  const { axes, place, scheme, problems } = context;
  const entries = Array.isArray(given) ? given : [given];
  const plain = entries.filter((entry) => typeof entry === 'string');
  if (plain.length === entries.length) return [{ values: readValues(plain, context), range: null, where: new Map() }];
  return entries.map((entry, index): Choice => {
    const where = entries.length === 1 ? place : `${place}[${index}]`;
    if (typeof entry === 'string') return { values: readValues([entry], context), range: null, where: new Map() };
    return {
      values: readValues(typeof entry.value === 'string' ? [entry.value] : entry.value, context),
      range: readRange(entry, scheme, where, problems),
      where: readWhere(entry.where, axes, `${where}.where`, problems),
    };
  });
}

function readValues(named: readonly string[], { axis, place, aliases, problems }: ChoicePlace): Choice['values'] {
  const [only = ''] = named;
  const highest = axis.values.toSorted((a, b) => b.height - a.height).map((value) => value.name);
  if (named.length === 1 && !highest.includes(only)) {
    if (only === 'highest') return highest;
    if (only === 'default' && aliases !== null) return 'default';
  }
  for (const name of named) if (!highest.includes(name)) problems.push(unknownChoice(name, axis, place, aliases));
  return named;
}

function unknownChoice(name: string, axis: Axis, where: string, aliases: readonly string[] | null): Problem {
  const known = axis.values.map((value) => value.name);
  if (aliases?.includes(name) === true) {
    const message = `'${name}' is an alias itself, and aliases of aliases could go in a circle`;
    return { code: 'CONFIG_INVALID', where, message, fix: `name a value: ${known.join(', ')}` };
  }
  const message = `${axis.name} ${name} is built for no release`;
  return { code: 'CONFIG_INVALID', where, message, fix: `known: ${known.join(', ')}` };
}
