/**
 * What docker/metadata-action pushes for one job of one run, modelled after its documentation, and with GitHub's own
 * evaluator for `${{ }}`. Only what the tests' workflows use: pep440, semver, match, ref, raw and sha lines, and the input
 * `flavor`; git tags whose version strict semver cannot read give a semver line nothing.
 *
 * @see https://github.com/docker/metadata-action#readme
 */
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** The contexts of a job: `github`, `env`, `matrix`. */
export type Contexts = Readonly<Record<string, unknown>>;

export interface ModelStep {
  readonly tags: string;
  readonly flavor?: string;
  readonly condition?: string;
}

export interface ModelRun {
  readonly gitTag: string;
  readonly revision: string;
  readonly contexts: Contexts;
}

/** @returns the tags of one job, in no order; none where the step is not run */
export function pushedTags(step: ModelStep, run: ModelRun): string[] {
  const filled = (text: string): string => fill(text, run.contexts);
  if (step.condition !== undefined && ['false', ''].includes(filled(step.condition))) return [];
  const flavor = new Map(
    filled(step.flavor ?? '')
      .split('\n')
      .flatMap((line) => line.split(','))
      .map(keyAndValue),
  );
  const tags = new Set<string>();
  let latest: boolean | null = null;
  const lines = filled(step.tags)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new Map(line.split(',').map((field) => keyAndValue(field))));
  const priority = ['semver', 'pep440', 'match', 'ref', 'raw', 'sha'];
  const typeOf = (line: ReadonlyMap<string, string>): string => line.get('type') ?? 'raw';
  for (const line of lines.toSorted((a, b) => priority.indexOf(typeOf(a)) - priority.indexOf(typeOf(b)))) {
    if ((line.get('enable') ?? 'true') !== 'true') continue;
    const made = bodyOf(typeOf(line), line, run);
    if (made === null) continue;
    const prefix = line.get('prefix') ?? (typeOf(line) === 'sha' ? 'sha-' : (flavor.get('prefix') ?? ''));
    const text = `${prefix}${made.text}${line.get('suffix') ?? flavor.get('suffix') ?? ''}`;
    tags.add(text.replaceAll(/[^A-Za-z0-9._-]+/g, '-'));
    latest ??= made.bringsLatest;
  }
  const mode = flavor.get('latest') ?? 'auto';
  if (tags.size > 0 && (mode === 'true' || (mode === 'auto' && latest === true))) {
    const onLatest = flavor.get('onlatest') === 'true';
    tags.add(`latest${onLatest ? (flavor.get('suffix') ?? '') : ''}`);
  }
  return [...tags];
}

function keyAndValue(field: string): [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at).trim(), field.slice(at + 1).trim()];
}

interface Body {
  readonly text: string;
  readonly bringsLatest: boolean;
}

function bodyOf(type: string, line: ReadonlyMap<string, string>, { gitTag, revision }: ModelRun): Body | null {
  if (type === 'raw') {
    const value = (line.get('value') ?? '').replaceAll('{{tag}}', gitTag);
    return value === '' ? null : { text: value, bringsLatest: false };
  }
  if (type === 'ref') return line.get('event') === 'tag' ? { text: gitTag, bringsLatest: true } : null;
  if (type === 'match') {
    const found = new RegExp(line.get('pattern') ?? '', 'u').exec(gitTag);
    return found === null ? null : { text: found[Number(line.get('group') ?? 0)] ?? '', bringsLatest: true };
  }
  if (type === 'schedule' || type === 'edge') return null;
  if (type === 'sha') {
    return { text: line.get('format') === 'long' ? revision : revision.slice(0, 7), bringsLatest: false };
  }
  const match = line.get('match');
  const matched = match === undefined ? gitTag : (new RegExp(match, 'u').exec(gitTag)?.[1] ?? gitTag);
  const given = (line.get('value') ?? '') === '' ? matched : (line.get('value') ?? '');
  const version = /^v?(?<numbers>(?<major>0|[1-9]\d*)\.(?<minor>0|[1-9]\d*)\.(?<patch>0|[1-9]\d*))(?<rest>.*)$/.exec(
    given,
  )?.groups;
  if (version === undefined) return null;
  const text = given.replace(/^v/, '');
  // A pre-release extends the version alone, whatever the pattern.
  if (version['rest'] !== '') return { text, bringsLatest: false };
  const pattern = line.get('pattern') ?? '';
  const names: Readonly<Record<string, string>> = { ...version, version: text, raw: given };
  return { text: pattern.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => names[name] ?? ''), bringsLatest: true };
}

/** A text with every `${{ }}` worked out, as a runner does it before the action sees it. */
function fill(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, inner: string) => {
    const expression = new Parser(new Lexer(inner.trim()).lex().tokens, Object.keys(contexts), []).parse();
    return new Evaluator(expression, dictionary(contexts)).evaluate().coerceString();
  });
}

function dictionary(values: Contexts): data.Dictionary {
  return new data.Dictionary(...Object.entries(values).map(([key, value]) => ({ key, value: toData(value) })));
}

function toData(value: unknown): ReturnType<Evaluator['evaluate']> {
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (value === null || typeof value !== 'object') return new data.Null();
  return dictionary({ ...value });
}
