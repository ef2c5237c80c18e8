/** What is known of a workflow's run for a release, before there is one. */
import { data } from '@actions/expressions';
import { evaluate, flag, nothing, text, truth, unknown, type Scope, type Truth, type Value } from './evaluate.ts';
import { parseExpression, splitExpressions } from './expression.ts';
import { asText, type Combination } from './matrix.ts';

/** A run that a release starts: by its event, or by the push of its git tag. */
export interface Run {
  /** `other`: the workflow is started by hand or by another one, for whatever version it is given. */
  readonly event: 'release' | 'push' | 'other';
  readonly prerelease: boolean;
  readonly tagPrefix: string | null;
  /** `owner/name` on GitHub, where it is known. */
  readonly repository: string | null;
  /** Of the workflow, the job and the step, the last one winning. */
  readonly env: ReadonlyMap<string, string>;
}

/** One job of the matrix in such a run. */
export function scopeOf(run: Run, job: Combination): Scope {
  const looking = new Set<string>();
  const scope: Scope = { lookup, prerelease: run.prerelease, tagPrefix: run.tagPrefix };
  const values = new Map([...job].map(([key, value]) => [key.toLowerCase(), value]));

  function lookup(name: string): Value | null {
    const [context = '', ...path] = name.split('.');
    if (context === 'matrix') return path.length === 1 ? ofMatrix(path[0] ?? '') : nothing;
    if (context === 'env') return ofEnv(path.join('.'));
    if (context === 'github') return ofGithub(path.join('.'), run);
    // A run that a release starts has no inputs.
    return context === 'inputs' && run.event !== 'other' ? nothing : null;
  }

  function ofMatrix(key: string): Value {
    const value = values.get(key) ?? null;
    if (value === null) return nothing;
    if (typeof value === 'boolean') return flag(value);
    return typeof value === 'number' ? { kind: 'known', data: new data.NumberData(value) } : text(value);
  }

  function ofEnv(name: string): Value | null {
    const written = run.env.get(name);
    if (written === undefined || looking.has(name)) return null;
    looking.add(name);
    const value = evaluateText(written, scope);
    looking.delete(name);
    return value;
  }

  return scope;
}

function ofGithub(name: string, run: Run): Value | null {
  const isRelease = run.event === 'release';
  const [owner] = run.repository?.split('/') ?? [];
  const known: Readonly<Record<string, Value | null>> = {
    event_name: run.event === 'other' ? null : text(run.event),
    ref: { kind: 'git-tag', prefix: 'refs/tags/' },
    ref_name: { kind: 'git-tag', prefix: '' },
    ref_type: text('tag'),
    'event.release.tag_name': isRelease ? { kind: 'git-tag', prefix: '' } : nothing,
    'event.release.prerelease': isRelease ? flag(run.prerelease) : nothing,
    'event.release.draft': isRelease ? flag(false) : nothing,
    'event.ref': isRelease ? nothing : { kind: 'git-tag', prefix: 'refs/tags/' },
    repository: run.repository === null ? null : text(run.repository),
    repository_owner: owner === undefined ? null : text(owner),
    'event.repository.fork': flag(false),
    head_ref: text(''),
    base_ref: text(''),
  };
  if (Object.hasOwn(known, name)) return known[name] ?? null;
  if (run.event === 'other') return null;
  return /^event\.(?:inputs|pull_request|schedule)(?:\.|$)/.test(name) ? nothing : null;
}

/** A text with expressions in it; what a part does not say, the whole does not. */
export function evaluateText(written: string, scope: Scope): Value {
  const values = splitExpressions(written).map((part): Value => {
    if (part.kind === 'text') return text(part.text);
    return part.expression === null ? unknown(part.source) : evaluate(part.expression, scope);
  });
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  const because = values.flatMap((value) =>
    value.kind === 'unknown' ? value.because : value.kind === 'git-tag' ? ['the git tag'] : [],
  );
  if (because.length > 0) return unknown(...because);
  return text(values.map((value) => (value.kind === 'known' ? value.data.coerceString() : '')).join(''));
}

/** An `if`, which needs no `${{ }}`, or an `enable`. */
export function conditionTruth(written: string | null, scope: Scope): Truth {
  if (written === null) return { is: true, because: [] };
  const plain = written.trim();
  // The action takes these two from its own templates, for which a git tag is no branch.
  if (/^\{\{\s*is_default_branch\s*\}\}$/.test(plain)) return { is: false, because: [] };
  if (/^(?:\{\{\s*is_not_default_branch\s*\}\}|true)$/.test(plain)) return { is: true, because: [] };
  if (plain === 'false' || plain === '') return { is: false, because: [] };
  if (plain.includes('${{')) return truth(evaluateText(plain, scope));
  const expression = parseExpression(plain);
  return expression === null ? { is: null, because: [plain] } : truth(evaluate(expression, scope));
}

/** How a job of the matrix is told from the others in a message. */
export function describeJob(job: Combination): string {
  return [...job].map(([key, value]) => `${key} ${asText(value)}`).join(', ');
}
