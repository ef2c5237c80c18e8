/** Steps that push one image put together: what tells their tags apart becomes a flavor. */
import { formatRepository, parseRepository } from '../domain/reference.ts';
import { templateText } from './evaluate.ts';
import type { Source } from './find-steps.ts';
import { linesOf, type GivenLine, type SourceLines } from './lines.ts';
import type { Combination } from './matrix.ts';
import { conditionTruth, evaluateText, scopeOf } from './scope.ts';
import { bodyOf, isOfRelease, parseImages, splitList } from './tag-line.ts';
import { withoutMatrix } from './split-line.ts';
import { asWritten } from './workflow-files.ts';
import type { VersionShape } from './version-shape.ts';

/** Where one job of an image comes from. */
export interface Origin {
  readonly source: Source;
  readonly job: Combination;
}

/** What is pushed to one list of repositories. */
export interface Group {
  readonly repositories: readonly string[];
  readonly comments: readonly string[];
  readonly origins: ReadonlyMap<Combination, Origin>;
  readonly lines: SourceLines;
  /** The key that tells steps apart; `null` where there is one. */
  readonly stepKey: string | null;
}

export function groupsOf(sources: readonly Source[], repository: string | null, shape: VersionShape): Group[] {
  const byNames = new Map<string, { readonly names: Names; readonly sources: Source[] }>();
  for (const source of sources) {
    const parts = new Map<string, { names: Names; jobs: Combination[] }>();
    for (const job of source.jobs) {
      const names = repositoriesOf(source, job, repository);
      const key = JSON.stringify(names.repositories);
      parts.set(key, { names, jobs: [...(parts.get(key)?.jobs ?? []), job] });
    }
    for (const [key, { names, jobs }] of parts) {
      if (names.repositories.length === 0) continue;
      const before = byNames.get(key);
      const part = jobs.length === source.jobs.length ? source : { ...source, jobs };
      if (before === undefined) byNames.set(key, { names, sources: [part] });
      else before.sources.push(part);
    }
  }
  return [...byNames.values()].map(({ names, sources: own }) => ({ ...names, ...combined(own, shape) }));
}

interface Names {
  readonly repositories: readonly string[];
  readonly comments: readonly string[];
}

function repositoriesOf(source: Source, job: Combination, repository: string | null): Names {
  const comments: string[] = [];
  const repositories = new Set<string>();
  const scope = scopeOf(source.run, job);
  for (const { name, enable } of parseImages(splitList(source.images).lines.map(({ text }) => text))) {
    if (conditionTruth(enable, scope).is === false) {
      comments.push(`name=${name},enable=${enable}: not for a release`);
      continue;
    }
    const value = evaluateText(name, scope);
    if (value.kind === 'known' && value.data.coerceString().trim() === '') continue;
    const parsed = value.kind === 'known' ? parseRepository(templateText(value).trim().toLowerCase(), '') : null;
    if (parsed?.ok === true) repositories.add(formatRepository(parsed.value));
    else {
      repositories.add(unknownRepository(name, repository));
      comments.push(`CHANGE THIS: the workflow says ${asWritten(name)}, which only a run knows`);
    }
  }
  return { repositories: [...repositories], comments };
}

/** A name that nothing can be pushed to, with what is written out of it. */
function unknownRepository(name: string, repository: string | null): string {
  const tail = /\/(?<tail>[\w.-]+)$/.exec(name)?.groups?.['tail'];
  return `registry.invalid/${(tail ?? repository?.split('/').at(-1) ?? 'image').toLowerCase()}`;
}

function combined(sources: readonly Source[], shape: VersionShape): Omit<Group, keyof Names> {
  const [first] = sources;
  const texts = distinct(sources.map(textKey));
  if (first !== undefined && texts.length === 1) {
    const origins = new Map(
      sources.flatMap((source) => source.jobs.map((job): [Combination, Origin] => [job, { source, job }])),
    );
    return { origins, lines: forAll(linesOf(first, shape), origins), stepKey: null };
  }
  const told = sources.map(({ tags, flavor }) =>
    distinct([...`${tags}${flavor}`.matchAll(/matrix\.(?<key>[\w.-]+)/g)].map(([, key]) => key ?? '')),
  );
  const isShared = told.every((keys) => keys.join() === told[0]?.join() && keys.every((key) => /^py/i.test(key)));
  return aligned(
    isShared ? sources.map((source) => ({ source, jobs: source.jobs })) : sources.flatMap(flattened),
    shape,
    isShared,
  );
}

/** What holds for some jobs of the first source holds for jobs like them of the others. */
function forAll(given: SourceLines, origins: ReadonlyMap<Combination, Origin>): SourceLines {
  const lines = given.lines.map((line) => {
    if (line.jobs === null) return line;
    const keys = new Set(line.jobs.map((job) => JSON.stringify([...job])));
    return { ...line, jobs: [...origins.keys()].filter((job) => keys.has(JSON.stringify([...job]))) };
  });
  return { ...given, lines };
}

interface Part {
  readonly source: Source;
  readonly jobs: readonly Combination[];
}

/** Each job as a source of its own, with what the matrix gives written out. */
function flattened(source: Source): Part[] {
  return source.jobs.map((job) => {
    const put = (text: string): string => withoutMatrix(text, source.run, job);
    return { source: { ...source, tags: put(source.tags), flavor: put(source.flavor) }, jobs: [job] };
  });
}

function textKey({ tags, flavor }: Source): string {
  return JSON.stringify([tags, flavor]);
}

interface Labelled {
  readonly label: string;
  readonly suffix: string | null;
  readonly parts: readonly Part[];
  readonly lines: SourceLines;
}

function aligned(parts: readonly Part[], shape: VersionShape, keepsKeys: boolean): Omit<Group, keyof Names> {
  const kinds = distinct(parts.map(({ source }) => textKey(source))).map((key) =>
    parts.filter(({ source }) => textKey(source) === key),
  );
  const read = kinds.map((own) => {
    const [part] = own;
    if (part === undefined) return { parts: own, lines: { lines: [], comments: [], after: [] }, suffix: null };
    const lines = linesOf({ ...part.source, jobs: part.jobs }, shape);
    return { parts: own, lines, suffix: commonEnd(lines.lines) };
  });
  const suffixes = read.map(({ suffix }) => suffix);
  const bySuffix = !suffixes.includes(null) && distinct(suffixes.map(String)).length === suffixes.length;
  const taken = new Set<string>();
  const labelled = read.map((one): Labelled => {
    const label = bySuffix
      ? (one.suffix ?? '')
      : freeLabel(one.parts[0]?.source.step.id ?? one.parts[0]?.source.job.id ?? 'image', taken);
    return { ...one, label, suffix: bySuffix ? one.suffix : null };
  });
  const stepKey = 'flavor';
  const origins = new Map<Combination, Origin>();
  const jobsOf = new Map<Labelled, Combination[]>();
  for (const one of labelled) {
    for (const { source, jobs } of one.parts) {
      for (const job of jobs) {
        const virtual = new Map([...(keepsKeys ? job : []), [stepKey, one.label]]);
        origins.set(virtual, { source, job });
        jobsOf.set(one, [...(jobsOf.get(one) ?? []), virtual]);
      }
    }
  }
  return { origins, lines: mergedLines(labelled, jobsOf, stepKey), stepKey };
}

/** Lines that are the same but for the suffix of their step, as one. */
function mergedLines(
  labelled: readonly Labelled[],
  jobsOf: ReadonlyMap<Labelled, readonly Combination[]>,
  stepKey: string,
): SourceLines {
  const merged = new Map<string, GivenLine>();
  for (const one of labelled) {
    for (const given of one.lines.lines) {
      const line = one.suffix === null ? null : withoutEnd(given, one.suffix, stepKey);
      const kept = line ?? given;
      const own = jobsOf.get(one) ?? [];
      // A line that some jobs alone have was flattened to one job, or holds for a whole step.
      const jobs = given.jobs === null || given.jobs.length > 0 ? own : [];
      const key = JSON.stringify([
        kept.line.type,
        [...kept.line.attributes].toSorted(([a], [b]) => (a < b ? -1 : 1)),
        kept.never,
      ]);
      const before = merged.get(key);
      merged.set(key, { ...(before ?? kept), jobs: [...(before?.jobs ?? []), ...jobs] });
    }
  }
  return {
    lines: [...merged.values()],
    comments: distinct(labelled.flatMap(({ lines }) => [...lines.comments])),
    after: distinct(labelled.flatMap(({ lines }) => [...lines.after])),
  };
}

/** How every tag of a version ends; `null` where that is not plain text. */
function commonEnd(lines: readonly GivenLine[]): string | null {
  const ends = lines
    .filter(({ line, never }) => never === null && isOfRelease(line.type, line.attributes) && /\{\{/.test(bodyOf(line)))
    .map(({ line }) => endOf(line));
  const [first = null] = ends;
  return first !== null && ends.every((end) => end === first) && !/\$\{\{|\{\{/.test(first) ? first : null;
}

function endOf(line: GivenLine['line']): string {
  const body = bodyOf(line);
  return `${body.slice(body.lastIndexOf('}}') + 2)}${line.attributes.get('suffix') ?? ''}`;
}

/** The line with the suffix given by the key; `null` where its text does not end like that. */
function withoutEnd(given: GivenLine, end: string, stepKey: string): GivenLine | null {
  const { line } = given;
  const { attributes } = line;
  const suffix = attributes.get('suffix') ?? '';
  const key = `\${{ matrix.${stepKey} }}`;
  const set = (...more: readonly [string, string][]): GivenLine => ({
    ...given,
    line: { ...line, attributes: new Map([...attributes, ...more]) },
  });
  if (suffix === end) return set(['suffix', key]);
  const name = line.type === 'raw' ? 'value' : 'pattern';
  const body = attributes.get(name) ?? '';
  const isInBody = (line.type === 'raw' || line.type === 'semver' || line.type === 'pep440') && end !== '';
  return isInBody && suffix === '' && body.endsWith(end)
    ? set([name, body.slice(0, body.length - end.length)], ['suffix', key])
    : null;
}

function freeLabel(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
