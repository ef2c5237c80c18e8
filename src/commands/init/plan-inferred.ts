/** Plans an inferred config, and leaves out the rules that cannot stand: what remains is a config that plans. */
import { readConfig } from '../../config/normalize.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import type { InferredConfig } from '../../infer/infer-config.ts';
import { configOf } from '../../infer/infer-config.ts';
import { knownReleases } from '../../releases/known-releases.ts';
import { required, resolve, type Resolved } from '../read-project.ts';

export interface PlannedInference {
  readonly inferred: InferredConfig;
  /** Rules that were left out, with the reason. */
  readonly dropped: readonly { readonly name: string; readonly because: string }[];
  /** How many of the tags each rule explains. */
  readonly explains: ReadonlyMap<string, number>;
  readonly unexplained: readonly string[];
  /** Tags of the plan that are not there. */
  readonly extra: readonly string[];
}

/** @throws {InputError} where not even the pinned tags can be planned */
export function planInferred(start: InferredConfig, repository: string, tags: readonly string[]): PlannedInference {
  const dropped: { name: string; because: string }[] = [];
  let inferred = start;
  for (;;) {
    const { problems, resolved } = attempt(inferred, repository);
    if (resolved !== null && problems.length === 0) return { inferred, dropped, ...compared(resolved, tags) };
    const named = inferred.rules.filter(({ name }) => name !== 'full' && problems.some((one) => names(one, name)));
    if (named.length === 0) throw new InputError(problems);
    for (const { name } of named)
      dropped.push({ name, because: problems.find((one) => names(one, name))?.message ?? '' });
    inferred = { ...inferred, rules: inferred.rules.filter((rule) => !named.includes(rule)) };
  }
}

function names({ where, message }: Problem, rule: string): boolean {
  return `${where} ${message} `.includes(`rules.${rule} `) || where.endsWith(`rules.${rule}`);
}

interface Attempt {
  readonly problems: readonly Problem[];
  readonly resolved: Resolved | null;
}

function attempt(inferred: InferredConfig, repository: string): Attempt {
  const raw = { repository, source: { file: 'releases.json' }, ...configOf(inferred) };
  const read = readConfig(raw, 'matrix.config.ts');
  if (!read.ok) return { problems: read.problems, resolved: null };
  const [image] = required(read).images;
  if (image === undefined) return { problems: [], resolved: null };
  const facts = inferred.versions.map((version) => ({ version }));
  const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
  const resolved = resolve(read.value, image, known.releases, 'releases.json');
  return { problems: [...known.problems, ...resolved.problems], resolved };
}

function compared({ tags: map }: Resolved, seen: readonly string[]): Omit<PlannedInference, 'inferred' | 'dropped'> {
  const ruleOf = new Map([...map.pinned].map(([tag, { rule }]) => [tag, rule.name]));
  for (const { tag, rule, owner } of map.convenience) if (owner !== null) ruleOf.set(tag, rule.name);
  const known = new Set(seen);
  const explains = new Map<string, number>();
  for (const tag of seen) {
    const rule = ruleOf.get(tag);
    if (rule !== undefined) explains.set(rule, (explains.get(rule) ?? 0) + 1);
  }
  return {
    explains,
    unexplained: seen.filter((tag) => !ruleOf.has(tag)),
    extra: [...ruleOf.keys()].filter((tag) => !known.has(tag)),
  };
}
