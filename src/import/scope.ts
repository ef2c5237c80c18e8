/** What is known about a workflow's run for a release, before there is one. */
import { data } from '@actions/expressions';
import {
  evaluate,
  flag,
  joined,
  nothing,
  text,
  truth,
  unknown,
  type Scope,
  type Truth,
  type Value,
} from './evaluate.ts';
import { parseExpression, splitExpressions } from './expression.ts';
import type { Combination } from './matrix.ts';
import type { Scalar } from './yaml-reader.ts';

/** A run that a release starts: by its event, or by the push of its git tag. */
export interface Run {
  /**
   * `other`: the workflow is started by hand or by another one, for whatever version it is given. `branch`: by the push of
   * a branch, and makes the release itself.
   */
  readonly event: 'release' | 'push' | 'create' | 'other' | 'branch';
  /** Of the event `branch`; `null` where it may be any of several. */
  readonly branch?: string | null;
  /** One git tag that is asked about; left out where it may be any release's. */
  readonly gitTag?: string;
  /** Variables of the repository, `vars`, are taken to be unset; left out where they are not known. */
  readonly hasNoVariables?: true;
  readonly prerelease: boolean;
  readonly tagPrefix: string | null;
  /** `owner/name` on GitHub, where it is known. */
  readonly repository: string | null;
  /** Of the workflow, the job and the step, the last one winning. */
  readonly env: ReadonlyMap<string, string>;
  /** What earlier scripts put there; `null` where only a run knows it. */
  readonly handed: ReadonlyMap<string, Value | null>;
  /** What the workflow is called. */
  readonly workflow: string;
  /** What `inputs.NAME` is; `null` where nothing gives it. */
  readonly input: (name: string) => string | null;
  /** What a step or another job hands over, such as `steps.meta.outputs.version`; `null` where only a run knows it. */
  readonly output: (name: string, job: Combination) => Value | null;
}

/** One job of the matrix in such a run. */
export function scopeOf(run: Run, job: Combination): Scope {
  const looking = new Set<string>();
  const scope: Scope = { lookup, prerelease: run.prerelease, tagPrefix: run.tagPrefix };
  const values = new Map([...job].map(([key, value]) => [key.toLowerCase(), value]));

  function lookup(name: string): Value | null {
    const [context = '', ...path] = name.split('.');
    if (context === 'matrix') return ofMatrix(path.join('.'));
    if (context === 'env') return ofEnv(path.join('.'), name);
    if (context === 'github') return ofGithub(path.join('.'), run);
    if (context === 'inputs') return ofInput(path.join('.'), name);
    if (context === 'vars') return run.hasNoVariables === true ? nothing : null;
    return context === 'steps' || context === 'needs' ? outputOf(name) : null;
  }

  function ofEnv(variable: string, name: string): Value | null {
    const handed = run.handed.get(variable);
    return handed === undefined ? once(name, run.env.get(variable) ?? null) : handed;
  }

  /** A text that other texts may be made of; a circle is not known. */
  function once(name: string, written: string | null): Value | null {
    if (written === null || looking.has(name)) return null;
    looking.add(name);
    const value = evaluateText(written, scope);
    looking.delete(name);
    return value;
  }

  function ofInput(input: string, name: string): Value | null {
    const written = run.input(input);
    if (written !== null) return once(name, written);
    // A run that a release starts has no inputs; what is called has those it is given.
    return input.includes('__') || run.event !== 'other' ? nothing : null;
  }

  function outputOf(name: string): Value | null {
    if (looking.has(name)) return null;
    looking.add(name);
    const value = run.output(name, job);
    looking.delete(name);
    return value;
  }

  function ofMatrix(key: string): Value {
    const value = values.get(key);
    if (value === undefined) return { kind: 'known', data: partsOf(key) };
    if (typeof value === 'string' && value.includes('${{'))
      return once(`matrix.${key}`, value) ?? unknown(`matrix.${key}`);
    return { kind: 'known', data: scalarData(value) };
  }

  /** A map or a list of the matrix, which is kept part by part. */
  function partsOf(key: string): ReturnType<typeof scalarData> | data.Array | data.Dictionary {
    const inner = [...values.keys()].filter((name) => name.startsWith(`${key}.`));
    const names = [...new Set(inner.map((name) => name.slice(key.length + 1).split('.')[0] ?? ''))];
    const part = (name: string): ReturnType<typeof partsOf> => {
      const value = values.get(`${key}.${name}`);
      return value === undefined ? partsOf(`${key}.${name}`) : scalarData(value);
    };
    if (names.length === 0) return new data.Null();
    if (names.every((name) => /^\d+$/.test(name))) return new data.Array(...names.map(part));
    return new data.Dictionary(...names.map((name) => ({ key: name, value: part(name) })));
  }

  return scope;
}

function scalarData(value: Scalar): data.StringData | data.BooleanData | data.NumberData | data.Null {
  if (value === null) return new data.Null();
  if (typeof value === 'boolean') return new data.BooleanData(value);
  return typeof value === 'number' ? new data.NumberData(value) : new data.StringData(value);
}

/** No git tag that is a version is called like it. */
const defaultBranch = 'the-default-branch';

function ofGithub(name: string, run: Run): Value | null {
  const isRelease = run.event === 'release';
  const [owner, repositoryName] = run.repository?.split('/') ?? [];
  const tag = (prefix: string): Value =>
    run.gitTag === undefined ? { kind: 'git-tag', prefix } : text(`${prefix}${run.gitTag}`);
  const known: Readonly<Record<string, Value | null>> = {
    event_name: run.event === 'other' ? null : text(run.event),
    ref: tag('refs/tags/'),
    ref_name: tag(''),
    ref_type: text('tag'),
    workflow: text(run.workflow),
    sha: { kind: 'made', template: '{{revision}}', note: null },
    'event.release.tag_name': isRelease ? tag('') : nothing,
    'event.release.prerelease': isRelease ? flag(run.prerelease) : nothing,
    'event.release.draft': isRelease ? flag(false) : nothing,
    'event.ref': isRelease ? nothing : tag(run.event === 'create' ? '' : 'refs/tags/'),
    repository: run.repository === null ? null : text(run.repository),
    repository_owner: owner === undefined ? null : text(owner),
    'event.repository.name': repositoryName === undefined ? null : text(repositoryName),
    'event.repository.full_name': run.repository === null ? null : text(run.repository),
    'event.repository.default_branch': text(defaultBranch),
    'event.repository.fork': flag(false),
    server_url: text('https://github.com'),
    head_ref: text(''),
    base_ref: text(''),
  };
  const all = run.event === 'branch' ? { ...known, ...ofBranch(run.branch ?? null) } : known;
  if (Object.hasOwn(all, name)) return all[name] ?? null;
  if (run.event === 'other') return null;
  return /^event\.(?:inputs|pull_request|schedule|workflow_run)(?:\.|$)/.test(name) ? nothing : null;
}

/** What the push of a branch says otherwise than that of a git tag. */
function ofBranch(branch: string | null): Readonly<Record<string, Value | null>> {
  const ref = branch === null ? null : text(`refs/heads/${branch}`);
  return {
    event_name: text('push'),
    ref,
    ref_name: branch === null ? null : text(branch),
    ref_type: text('branch'),
    'event.ref': ref,
    'event.repository.default_branch': branch !== null && /^(?:main|master)$/.test(branch) ? text(branch) : null,
  };
}

/** A text with expressions in it; what a part does not say, the whole does not. */
export function evaluateText(written: string, scope: Scope): Value {
  return joined(
    splitExpressions(written).map((part): Value => {
      if (part.kind === 'text') return text(part.text);
      return part.expression === null ? unknown(part.source) : evaluate(part.expression, scope);
    }),
  );
}

/** An `if`, which needs no `${{ }}`, or an `enable`. */
export function conditionTruth(written: string | null, scope: Scope): Truth {
  if (written === null) return { is: true, because: [] };
  const plain = written.trim();
  if (plain === 'true') return { is: true, because: [] };
  const own = /^\{\{\s*(?<name>is_(?:not_)?default_branch)\s*\}\}$/.exec(plain)?.groups?.['name'];
  if (own !== undefined) return isDefaultBranch(scope, own === 'is_default_branch');
  if (plain === 'false' || plain === '') return { is: false, because: [] };
  if (plain.includes('${{')) return textTruth(evaluateText(plain, scope));
  const expression = parseExpression(plain);
  return expression === null ? { is: null, because: [plain] } : truth(evaluate(expression, scope));
}

/** The action's own templates, for which a git tag is no branch. */
function isDefaultBranch({ lookup }: Scope, wanted: boolean): Truth {
  const [branch, other] = [lookup('github.ref_name'), lookup('github.event.repository.default_branch')];
  if (branch?.kind === 'git-tag') return { is: !wanted, because: [] };
  if (branch?.kind !== 'known' || other?.kind !== 'known') return { is: null, because: ['the default branch'] };
  return { is: (branch.data.coerceString() === other.data.coerceString()) === wanted, because: [] };
}

/** A condition that became text: `false` is off. */
function textTruth(value: Value): Truth {
  const written = value.kind === 'known' ? value.data.coerceString().trim() : '';
  return written === 'false' ? { is: false, because: [] } : truth(value);
}

/** All of them: off where one is off. */
export function conditionsTruth(conditions: readonly string[], scope: Scope): Truth {
  const all = conditions.map((condition) => conditionTruth(condition, scope));
  const off = all.find(({ is }) => is === false);
  const because = all.flatMap((one) => one.because);
  return off ?? { is: because.length > 0 || all.some(({ is }) => is === null) ? null : true, because };
}
