/**
 * Conditions of a pipeline of GitLab, as far as they can be known before it runs: `true`, `false`, or `null` for what
 * depends on something that is not known here.
 *
 * @see https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
 */
import { isJsonObject } from '../domain/json.ts';

export type Variable =
  | { readonly kind: 'text'; readonly text: string }
  /** It is not set. */
  | { readonly kind: 'unset' }
  /** It has a value, which is not known, and none of these. */
  | { readonly kind: 'set'; readonly never: readonly string[] }
  | { readonly kind: 'unknown' };

/** what is known about a variable, by its name */
export type Variables = (name: string) => Variable;

/** What GitLab sets in the pipeline of a git tag. */
export function tagVariables(name: string): Variable {
  if (name === 'CI_COMMIT_TAG' || name === 'CI_COMMIT_REF_NAME') return { kind: 'set', never: [''] };
  if (name === 'CI_PIPELINE_SOURCE') {
    return { kind: 'set', never: ['', 'merge_request_event', 'external_pull_request_event'] };
  }
  const isOfBranch = /^CI_(?:COMMIT_BRANCH|OPEN_MERGE_REQUESTS|(?:MERGE|EXTERNAL_PULL)_REQUEST_\w+)$/.test(name);
  return { kind: isOfBranch ? 'unset' : 'unknown' };
}

export type Known = boolean | null;

const token =
  /\s*(?:\$(?<name>\w+)|\$\{(?<braced>\w+)\}|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<regex>\/(?:[^/\\]|\\.)+\/[a-z]*)|(?<sign>==|!=|=~|!~|&&|\|\||[()])|(?<empty>null)\b)/y;

type Token =
  | { readonly kind: 'sign'; readonly sign: string }
  | { readonly kind: 'regex' }
  | { readonly kind: 'value'; readonly value: Variable };

export function holds(expression: string, variables: Variables): Known {
  const tokens = tokensOf(expression, variables);
  if (tokens === null) return null;
  const reader = new ExpressionReader(tokens);
  const found = reader.either();
  return reader.isAtEnd() ? found : null;
}

/** `null` for what is not understood. */
function tokensOf(expression: string, variables: Variables): readonly Token[] | null {
  const tokens: Token[] = [];
  const text = expression.trimEnd();
  for (let at = 0; at < text.length;) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) return null;
    at = token.lastIndex;
    const { name, braced, double, single, regex, sign, empty } = found.groups ?? {};
    const named = name ?? braced;
    if (sign !== undefined) tokens.push({ kind: 'sign', sign });
    else if (regex !== undefined) tokens.push({ kind: 'regex' });
    else if (named !== undefined) tokens.push({ kind: 'value', value: variables(named) });
    else if (empty !== undefined) tokens.push({ kind: 'value', value: { kind: 'unset' } });
    else tokens.push({ kind: 'value', value: { kind: 'text', text: double ?? single ?? '' } });
  }
  return tokens;
}

class ExpressionReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Known {
    let found = this.#both();
    while (this.#take('||') !== null) found = or(found, this.#both());
    return found;
  }

  #both(): Known {
    let found = this.#one();
    while (this.#take('&&') !== null) found = and(found, this.#one());
    return found;
  }

  #one(): Known {
    if (this.#take('(') !== null) {
      const inner = this.either();
      return this.#take(')') === null ? null : inner;
    }
    const left = this.#operand();
    const sign = this.#take('==', '!=', '=~', '!~');
    if (left === null || sign === null) return left === null ? null : isTrue(left);
    const right = this.#tokens[this.#at];
    this.#at += 1;
    if (sign === '=~' || sign === '!~') return matches(left, sign === '!~');
    if (right?.kind !== 'value') return null;
    const equal = equals(left, right.value);
    return sign === '==' ? equal : not(equal);
  }

  #operand(): Variable | null {
    const found = this.#tokens[this.#at];
    if (found?.kind !== 'value') return null;
    this.#at += 1;
    return found.value;
  }

  #take(...signs: readonly string[]): string | null {
    const found = this.#tokens[this.#at];
    if (found?.kind !== 'sign' || !signs.includes(found.sign)) return null;
    this.#at += 1;
    return found.sign;
  }
}

/** Which text a pattern takes is not worked out: only what is not set is known to match none. */
function matches(value: Variable, isNegated: boolean): Known {
  return value.kind === 'unset' ? isNegated : null;
}

function isTrue(value: Variable): Known {
  if (value.kind === 'unknown') return null;
  return value.kind === 'text' ? value.text !== '' : value.kind === 'set';
}

function equals(a: Variable, b: Variable): Known {
  if (a.kind === 'unknown' || b.kind === 'unknown') return null;
  if (a.kind === 'unset' || b.kind === 'unset') return a.kind === b.kind;
  if (a.kind === 'text' && b.kind === 'text') return a.text === b.text;
  const [set, text] = a.kind === 'set' ? [a, b] : [b, a];
  return set.kind === 'set' && text.kind === 'text' && set.never.includes(text.text) ? false : null;
}

function and(a: Known, b: Known): Known {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : null;
}

function or(a: Known, b: Known): Known {
  return not(and(not(a), not(b)));
}

function not(value: Known): Known {
  return value === null ? null : !value;
}

/**
 * Whether a job, or with `workflow: rules` a pipeline, starts: the first rule that holds decides, and none means no.
 *
 * @returns `null` if that is not known
 */
export function starts(rules: readonly unknown[], variables: Variables): Known {
  for (const rule of rules) {
    if (!isJsonObject(rule)) return null;
    const { if: condition, exists, when } = rule;
    if (condition !== undefined && typeof condition !== 'string') return null;
    // In the pipeline of a git tag `changes` always holds.
    const found = and(condition === undefined ? true : holds(condition, variables), exists === undefined ? true : null);
    if (found === true) return when !== 'never';
    if (found === null && when !== 'never') return null;
  }
  return false;
}

const ofBranches = ['branches', 'merge_requests', 'external_pull_requests', 'main', 'master', 'develop'];

/** The same of `only` and `except`, the older words. */
export function startsForTag(only: unknown, except: unknown): Known {
  const never = refsOf(except);
  if (never?.includes('tags') === true) return false;
  const refs = only === undefined ? ['branches', 'tags'] : refsOf(only);
  if (refs === null) return null;
  if (refs.every((ref) => ofBranches.includes(ref))) return false;
  return refs.includes('tags') && (except === undefined || never?.length === 0) ? true : null;
}

function refsOf(value: unknown): readonly string[] | null {
  const list: unknown = isJsonObject(value) ? value['refs'] : value;
  if (typeof list === 'string') return [list];
  return Array.isArray(list) && list.every((ref): ref is string => typeof ref === 'string') ? list : null;
}
