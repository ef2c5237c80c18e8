/** Tag texts at speed: what a shape gives to a template is filled in once, a release gives the rest. */
import type { TagTemplate } from '../config/tag-template.ts';
import type { Rule } from '../config/types.ts';
import { undated } from '../domain/instant.ts';
import { builtVersion, type Attributes, type Release } from '../domain/release.ts';
import type { CellShape } from './cell.ts';
import { shapesForRule, type Matrix } from './matrix.ts';

/** Names a release gives; `null` where it has none (a revision that is not known). */
export type ReleaseValues = Readonly<Record<string, string>>;

export type TextMaker = (values: ReleaseValues) => string;

/** What stands between the parts of a tag; beside an empty part it goes with it. */
const separator = /[-_.]/;

/**
 * @param variables what the shape gives
 * @param parts those of them that are values of axes: where one is empty, the separator beside it vanishes
 */
export function textMaker(
  template: TagTemplate,
  variables: Readonly<Record<string, string>>,
  parts: ReadonlySet<string>,
): TextMaker {
  const texts: string[] = [''];
  const names: string[] = [];
  let isOpen = false;
  const add = (text: string): void => {
    if (text === '') return;
    texts[texts.length - 1] += isOpen && separator.test(text.charAt(0)) ? text.slice(1) : text;
    isOpen = false;
  };
  for (const piece of template.pieces) {
    if (piece.kind === 'text') add(piece.text);
    else if (variables[piece.name] === undefined) {
      names.push(piece.name);
      texts.push('');
      isOpen = false;
    } else {
      const value = variables[piece.name] ?? '';
      add(value);
      if (value !== '' || !parts.has(piece.name)) continue;
      const before = texts.at(-1) ?? '';
      if (separator.test(before.at(-1) ?? '')) texts[texts.length - 1] = before.slice(0, -1);
      else isOpen = before === '' && names.length === 0;
    }
  }
  return (values) => {
    let text = texts[0] ?? '';
    for (let index = 0; index < names.length; index += 1)
      text += (values[names[index] ?? ''] ?? '') + (texts[index + 1] ?? '');
    return text;
  };
}

const whole = new WeakMap<Release, ReleaseValues>();

/** What a release gives to templates. */
export function releaseValues(release: Release): ReleaseValues {
  let values = whole.get(release);
  if (values === undefined) whole.set(release, (values = valuesOf(release)));
  return values;
}

/** What a release gives to the template of a rule, which may want the first letters of a revision. */
export function valuesForRule(release: Release, { revisionLength, template }: Rule): ReleaseValues {
  const values = releaseValues(release);
  if (revisionLength >= 40 || !template.names.has('revision')) return values;
  return { ...values, revision: (release.revision ?? '').slice(0, revisionLength) };
}

function valuesOf(release: Release): ReleaseValues {
  const { version } = release;
  const day = release.publishedAt === undated ? '' : new Date(release.publishedAt).toISOString();
  const [major = '', minor = '', patch = ''] = version.parts;
  return {
    major,
    minor,
    patch,
    revision: release.revision ?? '',
    date: day.slice(0, 10),
    year: day.slice(0, 4),
    month: day.slice(5, 7),
    day: day.slice(8, 10),
    ...version.groups,
    ...(release.attributes === undefined ? {} : attributeTexts(release.attributes)),
    version: builtVersion(release),
    build: String(release.rebuild?.number ?? 1),
  };
}

function attributeTexts(attributes: Attributes): ReleaseValues {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}

/** One text that a rule gives to a shape. */
export interface RuleText {
  readonly shape: CellShape;
  readonly make: TextMaker;
  /** The same number for the same shape under the same names, whatever the release. */
  readonly slot: number;
  /** Axes that it names by an alias, with the alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** Shapes in their order; own names come before aliases. */
export function compareTexts(a: RuleText, b: RuleText): number {
  if (a.shape.rank !== b.shape.rank) return a.shape.rank - b.shape.rank;
  const [keyA, keyB] = [a, b].map(({ aliases }) => `${Object.keys(aliases).length} ${JSON.stringify(aliases)}`);
  return (keyA ?? '') < (keyB ?? '') ? -1 : 1;
}

/** A rule with its texts for the shapes of a matrix, each made when it is first asked for. */
export interface RuleTexts {
  readonly rule: Rule;
  /** In the order of the matrix's shapes; none for a shape that the rule is not for. Own names come before aliases. */
  readonly textsOf: (matrix: Matrix) => readonly (readonly RuleText[])[];
}

export function ruleTexts(rule: Rule): RuleTexts {
  const known = new WeakMap<Matrix, readonly (readonly RuleText[])[]>();
  const made = new Map<string, RuleText>();

  function textOf(shape: CellShape, names: Readonly<Record<string, string>>): RuleText {
    const key = `${shape.rank} ${JSON.stringify(names)}`;
    const old = made.get(key);
    if (old !== undefined && old.shape === shape) return old;
    const aliases = Object.entries(names).filter(([axis, name]) => name !== shape.variables[axis]);
    const text: RuleText = {
      shape,
      make: emptyIsLatest(rule, { ...shape.variables, ...names }, new Set(Object.keys(shape.axes))),
      slot: old?.slot ?? made.size,
      aliases: Object.fromEntries(aliases),
    };
    made.set(key, text);
    return text;
  }

  function textsOf(matrix: Matrix): readonly (readonly RuleText[])[] {
    const cached = known.get(matrix);
    if (cached !== undefined) return cached;
    const offered = new Set(shapesForRule(rule, matrix));
    const texts = matrix.shapes.map((shape) =>
      offered.has(shape) ? namings(rule, shape, matrix).map((names) => textOf(shape, names)) : [],
    );
    known.set(matrix, texts);
    return texts;
  }

  return { rule, textsOf };
}

/** A convenience tag of nothing but empty parts is `latest`, as an image without a tag is. */
function emptyIsLatest(rule: Rule, variables: Readonly<Record<string, string>>, parts: ReadonlySet<string>): TextMaker {
  const make = textMaker(rule.template, variables, parts);
  if (rule.kind === 'pinned' || [...rule.template.names].some((name) => variables[name] === undefined)) return make;
  return make({}) === '' ? () => 'latest' : make;
}

/** Every way to name a shape in a rule's template: one name for each axis that it uses. */
function namings(rule: Rule, shape: CellShape, matrix: Matrix): readonly Readonly<Record<string, string>>[] {
  let namings: readonly Readonly<Record<string, string>>[] = [{}];
  for (const axis of Object.keys(shape.axes)) {
    if (!rule.template.names.has(axis)) continue;
    const names = rule.aliases ? matrix.namesOf(shape, axis) : [shape.variables[axis] ?? ''];
    namings = namings.flatMap((start) => names.map((name) => ({ ...start, [axis]: name })));
  }
  return namings;
}
