/** Steps that push one image put together: what tells their tags apart becomes a flavor. */
import { formatRepository, parseRepository } from '../domain/reference.ts';
import { templateText, type Value } from './evaluate.ts';
import type { Source } from './find-steps.ts';
import { linesOf, type GivenLine, type SourceLines } from './lines.ts';
import type { Combination } from './matrix.ts';
import { conditionTruth, evaluateText, scopeOf } from './scope.ts';
import { commonAffix, withoutAffix, type Affix } from './affixes.ts';
import { parseImages, splitList } from './tag-line.ts';
import { withoutMatrix } from './split-line.ts';
import { asWritten } from './workflow-files.ts';
import type { VersionShape } from './version-shape.ts';
import type { Step } from './workflow.ts';

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

export interface CombineScene {
  readonly shape: VersionShape;
  /** The steps that build what a source names. */
  readonly buildsOf: (source: Source) => readonly Step[];
}

export function groupsOf(sources: readonly Source[], repository: string | null, scene: CombineScene): Group[] {
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
  return [...byNames.values()].map(({ names, sources: own }) => ({ ...names, ...combined(own, scene) }));
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
    const { value, unset } = imageName(name, source, job);
    for (const variable of unset) comments.push(unsetNote(variable, value));
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

interface ImageName {
  readonly value: Value;
  /** Variables of the repository that were taken to be unset. */
  readonly unset: readonly string[];
}

/** `vars.IMAGE || 'acme/app'` is what it falls back to, as long as the variable is not set. */
function imageName(written: string, { run }: Source, job: Combination): ImageName {
  const value = evaluateText(written, scopeOf(run, job));
  if (value.kind !== 'unknown' || !value.because.every((name) => name.toLowerCase().startsWith('vars.')))
    return { value, unset: [] };
  const without = evaluateText(written, scopeOf({ ...run, hasNoVariables: true }, job));
  const isName = without.kind === 'known' && parseRepository(templateText(without).trim().toLowerCase(), '').ok;
  return isName && !/\/\s*$/.test(templateText(without)) && written.includes('||')
    ? { value: without, unset: value.because }
    : { value, unset: [] };
}

function unsetNote(variable: string, value: Value): string {
  return `CHECK THIS: ${templateText(value).trim()} is what the workflow falls back to while ${variable} is not set; if your repository sets it, write its value here`;
}

/** A name that nothing can be pushed to, with what is written out of it. */
function unknownRepository(name: string, repository: string | null): string {
  const tail = /\/(?<tail>[\w.-]+)$/.exec(name)?.groups?.['tail'];
  return `registry.invalid/${(tail ?? repository?.split('/').at(-1) ?? 'image').toLowerCase()}`;
}

function combined(sources: readonly Source[], scene: CombineScene): Omit<Group, keyof Names> {
  const [first] = sources;
  const texts = distinct(sources.map(textKey));
  if (first !== undefined && texts.length === 1) {
    const origins = new Map(
      sources.flatMap((source) => source.jobs.map((job): [Combination, Origin] => [job, { source, job }])),
    );
    return { origins, lines: forAll(linesOf(first, scene.shape), origins), stepKey: null };
  }
  const told = sources.map(({ tags, flavor }) =>
    distinct([...`${tags}${flavor}`.matchAll(/matrix\.(?<key>[\w.-]+)/g)].map(([, key]) => key ?? '')),
  );
  const isShared = told.every((keys) => keys.join() === told[0]?.join() && keys.every((key) => /^py/i.test(key)));
  return aligned(
    isShared ? sources.map((source) => ({ source, jobs: source.jobs })) : sources.flatMap(flattened),
    scene,
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
  readonly affix: Affix | null;
  readonly parts: readonly Part[];
  readonly lines: SourceLines;
}

function aligned(parts: readonly Part[], scene: CombineScene, keepsKeys: boolean): Omit<Group, keyof Names> {
  const kinds = distinct(parts.map(({ source }) => textKey(source))).map((key) =>
    parts.filter(({ source }) => textKey(source) === key),
  );
  const read = ofOneBuild(
    kinds.map((own) => {
      const [part] = own;
      const lines = part === undefined ? nothing : linesOf({ ...part.source, jobs: part.jobs }, scene.shape);
      return { parts: own, lines };
    }),
    scene,
  );
  const labelled = labels(read);
  const [only, ...more] = labelled;
  if (only !== undefined && more.length === 0) return oneKind(only);
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

const nothing: SourceLines = { lines: [], comments: [], after: [] };

type Kind = Pick<Labelled, 'parts' | 'lines'>;

/** Steps whose tags one build takes name one image. */
function ofOneBuild(kinds: readonly Kind[], { buildsOf }: CombineScene): Kind[] {
  const byBuild = new Map<string, Kind>();
  const ids = new Map<Step, number>();
  const idOf = (step: Step): number => {
    ids.set(step, ids.get(step) ?? ids.size);
    return ids.get(step) ?? 0;
  };
  for (const [index, kind] of kinds.entries()) {
    const builds = distinct(kind.parts.flatMap(({ source }) => buildsOf(source).map((step) => String(idOf(step)))));
    // One bake builds several targets, each with tags of its own.
    const targets = distinct(kind.parts.map(({ source }) => source.step.inputs.get('bake-target')?.value ?? ''));
    const jobs = kind.parts.flatMap((part) => part.jobs.map((job) => JSON.stringify([...job])));
    const key = builds.length === 0 ? `alone ${index}` : JSON.stringify([builds.toSorted(), targets, jobs.toSorted()]);
    const before = byBuild.get(key);
    byBuild.set(
      key,
      before === undefined ? kind : { parts: before.parts, lines: joinedLines(before.lines, kind.lines) },
    );
  }
  return [...byBuild.values()];
}

function joinedLines(first: SourceLines, second: SourceLines): SourceLines {
  return {
    lines: [...first.lines, ...second.lines],
    comments: distinct([...first.comments, ...second.comments]),
    after: distinct([...first.after, ...second.after]),
  };
}

function oneKind({ parts, lines }: Labelled): Omit<Group, keyof Names> {
  const origins = new Map(
    parts.flatMap(({ source, jobs }) => jobs.map((job): [Combination, Origin] => [job, { source, job }])),
  );
  return { origins, lines: forAll(lines, origins), stepKey: null };
}

/** Named by what their tags end or begin with, else by their steps. */
function labels(kinds: readonly Kind[]): Labelled[] {
  for (const side of ['suffix', 'prefix'] as const) {
    const affixes = kinds.map(({ lines }) => commonAffix(lines.lines, side));
    const isTold = affixes.every((affix) => affix !== null);
    const names = affixes.map((affix) => affix?.label ?? '');
    if (isTold && distinct(names).length === names.length)
      return kinds.map((kind, index) => ({ ...kind, label: names[index] ?? '', affix: affixes[index] ?? null }));
  }
  const taken = new Set<string>();
  return kinds.map((kind) => ({ ...kind, label: freeLabel(stepLabel(kind), taken), affix: null }));
}

function stepLabel({ parts }: Kind): string {
  const [first] = parts;
  const name = first?.source.step.id ?? first?.source.job.id ?? 'image';
  return name.replace(/^(?:f\d+__)+/, '');
}

/** Lines that are the same but for what the flavor adds, as one. */
function mergedLines(
  labelled: readonly Labelled[],
  jobsOf: ReadonlyMap<Labelled, readonly Combination[]>,
  stepKey: string,
): SourceLines {
  const merged = new Map<string, GivenLine>();
  for (const one of labelled) {
    for (const given of one.lines.lines) {
      const line = one.affix === null ? null : withoutAffix(given, one.affix, stepKey);
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

function freeLabel(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
