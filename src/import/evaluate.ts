/** Works out expressions as far as they are known before a release exists: true, false, a text, or not known. */
import { data, wellKnownFunctions } from '@actions/expressions';
import { Binary, type Expr, FunctionCall, Grouping, Literal, Logical, Unary } from '@actions/expressions/ast';
import { equals, truthy } from '@actions/expressions/result';
import { nameOf } from './expression.ts';

export type Data = Literal['literal'];

export type Value =
  | { readonly kind: 'known'; readonly data: Data }
  /** The git tag of the release, behind a prefix: `refs/tags/` for `github.ref`, nothing for `github.ref_name`. */
  | { readonly kind: 'git-tag'; readonly prefix: string }
  /** A text made of the version, such as `v{{major}}`. `note`: what had to be taken for granted. */
  | { readonly kind: 'made'; readonly template: string; readonly note: string | null }
  /** Only a run can say it. `because`: what it depends on, as the workflow names it. */
  | { readonly kind: 'unknown'; readonly because: readonly string[] };

/** What is known about one job in one run. */
export interface Scope {
  /** By name in small letters; `null` where it is not known. */
  readonly lookup: (name: string) => Value | null;
  readonly prerelease: boolean;
  /** What git tags begin with: `v`, nothing, or `null` where it is not known. */
  readonly tagPrefix: string | null;
}

export function text(value: string): Value {
  return { kind: 'known', data: new data.StringData(value) };
}

export function flag(value: boolean): Value {
  return { kind: 'known', data: new data.BooleanData(value) };
}

export const nothing: Value = { kind: 'known', data: new data.Null() };

/** Of nested expressions; each would double them. */
const mostReasons = 20;

export function unknown(...because: readonly string[]): Value {
  return { kind: 'unknown', because: [...new Set(because)].slice(0, mostReasons) };
}

/** A text made of the version; one without any is a plain text. */
export function made(template: string, note: string | null): Value {
  return template.includes('{{') ? { kind: 'made', template, note } : text(template);
}

/** Known data as JSON would have it. */
export function plainData(given: Data): unknown {
  const toJson = wellKnownFunctions['tojson'];
  return toJson === undefined ? null : JSON.parse(toJson.call(given).coerceString());
}

/** Texts one behind the other, with what is made of the version as it is; what a part does not say, the whole does not. */
export function joined(values: readonly Value[]): Value {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  const because = values.flatMap((value) => (value.kind === 'unknown' ? value.because : []));
  if (because.length > 0) return unknown(...because);
  const notes = values.flatMap((value) => (value.kind === 'made' && value.note !== null ? [value.note] : []));
  return made(values.map(templateText).join(''), notes[0] ?? null);
}

/** A value as text, the git tag as `{{tag}}`. */
export function templateText(value: Value): string {
  if (value.kind === 'git-tag') return `${value.prefix}{{tag}}`;
  if (value.kind === 'made') return value.template;
  return value.kind === 'known' ? value.data.coerceString() : '';
}

export function evaluate(expression: Expr, scope: Scope): Value {
  if (expression instanceof Literal) return { kind: 'known', data: expression.literal };
  if (expression instanceof Grouping) return evaluate(expression.group, scope);
  if (expression instanceof Unary) return not(truth(evaluate(expression.expr, scope)));
  if (expression instanceof Logical) return logical(expression, scope);
  if (expression instanceof Binary) {
    const [left, right] = [evaluate(expression.left, scope), evaluate(expression.right, scope)];
    return compare(expression.operator.lexeme, left, right, scope);
  }
  if (expression instanceof FunctionCall) {
    const args = expression.args.map((arg) => evaluate(arg, scope));
    return call(expression.functionName.lexeme, args, scope);
  }
  const name = nameOf(expression);
  if (name === null) return unknown('an expression');
  return scope.lookup(name.toLowerCase()) ?? unknown(name);
}

/** Whether something is on: `null` where only a run can say it. */
export function truth(value: Value): Truth {
  if (value.kind === 'git-tag' || value.kind === 'made') return { is: true, because: [] };
  if (value.kind === 'unknown') return { is: null, because: value.because };
  return { is: truthy(value.data), because: [] };
}

export interface Truth {
  readonly is: boolean | null;
  readonly because: readonly string[];
}

function not({ is, because }: Truth): Value {
  return is === null ? unknown(...because) : flag(!is);
}

/** `&&` and `||` give one of their operands, as in JavaScript; an unknown one is undone by a later one that decides. */
function logical(expression: Logical, scope: Scope): Value {
  const isAnd = expression.operator.lexeme === '&&';
  const unknowns: string[] = [];
  let last: Value = nothing;
  for (const arg of expression.args) {
    last = evaluate(arg, scope);
    const { is, because } = truth(last);
    if (is === null) unknowns.push(...because);
    else if (is !== isAnd) return unknowns.length > 0 && !isAnd ? unknown(...unknowns) : last;
  }
  return unknowns.length > 0 ? unknown(...unknowns) : last;
}

function compare(operator: string, left: Value, right: Value, scope: Scope): Value {
  if (left.kind === 'unknown' || right.kind === 'unknown') {
    return unknown(...[left, right].flatMap((side) => (side.kind === 'unknown' ? side.because : [])));
  }
  const isEqual = equality(left, right, scope);
  if (operator === '==') return isEqual === null ? unknown('the git tag') : flag(isEqual);
  if (operator === '!=') return isEqual === null ? unknown('the git tag') : flag(!isEqual);
  return unknown(`a comparison with ${operator}`);
}

type Certain = Exclude<Value, { kind: 'unknown' }>;

function equality(left: Certain, right: Certain, scope: Scope): boolean | null {
  if (left.kind === 'known' && right.kind === 'known') return equals(left.data, right.data);
  const made = left.kind === 'made' ? left : right.kind === 'made' ? right : null;
  if (made !== null) {
    const other = made === left ? right : left;
    return other.kind === 'known' && !templatePattern(made.template, scope).test(other.data.coerceString())
      ? false
      : null;
  }
  if (left.kind === 'git-tag' && right.kind === 'git-tag') return left.prefix === right.prefix;
  const tag = left.kind === 'git-tag' ? left : right;
  const other = left.kind === 'known' ? left : right;
  if (tag.kind !== 'git-tag' || other.kind !== 'known') return null;
  const written = other.data.coerceString();
  // A branch's name is not a version; which version it is, only a run can say.
  return beginsTag(tag.prefix, written, scope) === false || !/\d/.test(written) ? false : null;
}

/** What a text made of the version can be; GitHub compares without regard to capitals. */
function templatePattern(template: string, { tagPrefix }: Scope): RegExp {
  const version = String.raw`\d+(?:\.\d+)*(?:[-.+]?[\w.+-]+)?`;
  const parts: Readonly<Record<string, string>> = {
    version,
    tag: `${tagPrefix === null ? 'v?' : escaped(tagPrefix)}${version}`,
    revision: '[0-9a-f]{40}',
    sha: '[0-9a-f]{4,40}',
  };
  const source = template
    .split(/(?<name>\{\{\w+\}\})/)
    .map((part) => (/^\{\{\w+\}\}$/.test(part) ? (parts[part.slice(2, -2)] ?? String.raw`\d+`) : escaped(part)))
    .join('');
  return new RegExp(`^${source}$`, 'iu');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

/** Whether a text made of the version begins or ends with another; `null` where that depends on the version. */
function askMade(name: string, template: string, asked: string): boolean | null {
  const isStart = name === 'startswith';
  const plain = isStart ? template.slice(0, template.indexOf('{{')) : template.slice(template.lastIndexOf('}}') + 2);
  const [own, other] = [plain.toLowerCase(), asked.toLowerCase()];
  if (isStart ? own.startsWith(other) : own.endsWith(other)) return true;
  if (isStart ? !other.startsWith(own) : !other.endsWith(own)) return false;
  const rest = isStart ? other.slice(own.length) : other.slice(0, other.length - own.length);
  const part = (isStart ? /\{\{(?<name>\w+)\}\}/ : /.*\{\{(?<name>\w+)\}\}/).exec(template)?.groups?.['name'];
  const next = isStart ? rest.charAt(0) : rest.at(-1);
  const fits = part === 'revision' || part === 'sha' ? /[0-9a-f]/ : part === 'tag' && isStart ? /./ : /\d/;
  return fits.test(next ?? '') ? null : false;
}

function call(name: string, args: readonly Value[], scope: Scope): Value {
  const lower = name.toLowerCase();
  if (lower === 'always' || lower === 'success') return flag(true);
  if (lower === 'failure' || lower === 'cancelled') return flag(false);
  const [first, second] = args;
  if (first?.kind === 'git-tag' && second?.kind === 'known') return askTag(lower, first.prefix, second.data, scope);
  if (first?.kind === 'made' && second?.kind === 'known' && /^(?:starts|ends)with$/.test(lower)) {
    const is = askMade(lower, first.template, second.data.coerceString());
    return is === null ? unknown('the git tag') : flag(is);
  }
  if (lower === 'format' && formattedLength(args) > maxFormatted) return unknown('a very long format()');
  if (lower === 'format' && first?.kind === 'known' && args.some(({ kind }) => kind !== 'known')) {
    return formatted(first.data.coerceString(), args.slice(1));
  }
  const because = args.flatMap((arg) =>
    arg.kind === 'unknown' ? arg.because : arg.kind === 'known' ? [] : ['the git tag'],
  );
  const known = args.flatMap((arg) => (arg.kind === 'known' ? [arg.data] : []));
  const definition = wellKnownFunctions[lower];
  if (known.length < args.length || definition === undefined) {
    return unknown(...(because.length > 0 ? because : [`${name}()`]));
  }
  try {
    return { kind: 'known', data: definition.call(...known) };
  } catch (error) {
    // A format or a JSON that GitHub would refuse too; some of its functions throw plain errors.
    if (error instanceof Error) return unknown(`${name}()`);
    throw error;
  }
}

/** No tag and no label is longer. Nested, `format('{0}{0}', …)` doubles its text with every level. */
const maxFormatted = 10_000;

function formattedLength([pattern, ...args]: readonly Value[]): number {
  const lengthOf = (value: Value | undefined): number =>
    value?.kind === 'known' ? value.data.coerceString().length : 0;
  const text = pattern?.kind === 'known' ? pattern.data.coerceString() : '';
  if (text.length > maxFormatted) return text.length;
  const indexes = [...text.matchAll(/\{(?<index>\d+)\}/g)].map(({ groups }) => Number(groups?.['index']));
  return indexes.reduce((sum, index) => sum + lengthOf(args[index]), text.length);
}

/** `{0}` as the argument says it; `{{` and `}}` are braces. */
function formatted(pattern: string, args: readonly Value[]): Value {
  const parts = [...pattern.matchAll(/\{\{|\}\}|\{(?<index>\d+)\}|[^{}]+/g)].map((match): Value => {
    const index = match.groups?.['index'];
    if (index === undefined) return text(match[0].replace(/^(?<brace>[{}])[{}]$/, '$<brace>'));
    return args[Number(index)] ?? unknown('format()');
  });
  return joined(parts);
}

/** What pre-releases have in their names, and finals do not. */
const prereleaseMark = /^[-.]?(?:a|b|rc|alpha|beta|dev|pre|preview)?\.?$/i;

function askTag(name: string, prefix: string, given: Data, scope: Scope): Value {
  const asked = given.coerceString();
  const isMark = asked !== '.' && prereleaseMark.test(asked);
  if (name === 'startswith') {
    const begins = beginsTag(prefix, asked, scope);
    return begins === null ? unknown('the git tag') : flag(begins);
  }
  if (name === 'contains' && asked !== '' && prefix.includes(asked)) return flag(true);
  // Only the name of a git tag has letters: what it begins with, and the mark of a pre-release.
  if (!isMark && !scope.prerelease && scope.tagPrefix !== null && /[^\d.]/.test(asked)) {
    const start = `${prefix}${scope.tagPrefix}`;
    if (name === 'contains' && !canHold(start, asked)) return flag(start.includes(asked));
    if (name === 'endswith' && !/\d$/.test(asked)) return flag(false);
  }
  if ((name === 'contains' || name === 'endswith') && isMark) {
    // Of several kinds of pre-releases a workflow asks for one after the other: any of them is one.
    return flag(scope.prerelease);
  }
  return unknown('the git tag');
}

/** Whether a text can be in what begins so and goes on with a version, across where they meet. */
function canHold(start: string, asked: string): boolean {
  const letters = asked.replace(/[\d.]*$/, '');
  return letters !== asked && start.endsWith(letters);
}

/** Whether `prefix` and a git tag behind it begin with a text; `null` where that depends on the version. */
function beginsTag(prefix: string, asked: string, { tagPrefix }: Scope): boolean | null {
  if (prefix.startsWith(asked)) return true;
  if (!asked.startsWith(prefix)) return false;
  const rest = asked.slice(prefix.length);
  if (tagPrefix === null) return /^v?\d*$/.test(rest) ? null : false;
  if (tagPrefix.startsWith(rest)) return true;
  return rest.startsWith(tagPrefix) && /^\d/.test(rest.slice(tagPrefix.length)) ? null : false;
}
