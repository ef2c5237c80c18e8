/** Commands that only read. */
import { Option, type Command } from 'commander';
import type { ExplainFormat } from '../commands/explain.ts';
import type { MapRequest, PlanFormat, PlanRequest } from '../commands/plan.ts';
import { InputError } from '../domain/errors.ts';
import {
  allImages,
  collect,
  common,
  event,
  fromWorkingTree,
  noteAbout,
  noteFlag,
  only,
  rebuild,
  release,
  waitForPackage,
  withCommon,
  withConfig,
  withFacts,
  withRevision,
  type CommonFlags,
  type ConfigFlags,
  type ReleaseFlags,
  type Run,
} from './flags.ts';
import { eventMode, subjectOf } from './subject.ts';
import { jsonMode, refuseUnused, type Mode } from './unused.ts';

interface PlanFlags extends ReleaseFlags {
  readonly only: readonly string[];
  readonly fromWorkingTree: boolean;
  readonly offline: boolean;
  readonly format: PlanFormat;
  readonly json: boolean;
  readonly with: readonly string[];
  readonly yank: readonly string[];
  readonly diff?: string;
  readonly note: boolean;
  readonly event?: string | true;
}

export function addPlan(program: Command, run: Run): void {
  withRevision(withCommon(program.command('plan [version]')))
    .description('the whole tag map; with VERSION what publishing it builds and moves')
    .option('--offline', 'from facts alone, without a registry', false)
    .option(...allImages)
    .addOption(new Option('--format <format>', 'how to print it').choices(planFormats).default('table'))
    .option('--json', 'short for --format json', false)
    .option('--with <version[@revision]>', 'as if this release were out; may be repeated', collect, [])
    .option('--yank <version>', 'as if this release were withdrawn; may be repeated', collect, [])
    .option(...only)
    .option(...fromWorkingTree)
    .option('--diff <config>', "compare this config's tags with another config's")
    .option(...noteFlag('it as one note on the merge request'))
    .option(...event)
    .action((version: string | undefined, flags: PlanFlags, command: Command) =>
      run(async (world) => {
        refuseUnused(command, [
          ...(flags.diff === undefined ? [] : [planDiff]),
          ...(flags.event === undefined ? [] : [eventMode('plan')]),
          ...(isMap(version, flags) && world.event?.byDefault !== true ? [planMap] : []),
          ...(version === undefined ? [] : [planRelease]),
          ...(flags.json ? [jsonMode('plan', planFormats)] : []),
        ]);
        const { planCommand } = await import('../commands/plan.ts');
        const outcome = await planCommand(planRequest(version, flags, world.event?.byDefault ?? false), world);
        if (!flags.note) return outcome;
        const { withNote } = await import('../commands/note/with-note.ts');
        return withNote(outcome, { command: 'plan', about: noteAbout(command, flags), narrowed: [] }, world);
      }),
    );
}

function isMap(version: string | undefined, { diff, event }: PlanFlags): boolean {
  return version === undefined && diff === undefined && event === undefined;
}

const planFormats: readonly PlanFormat[] = ['table', 'lines', 'json', 'markdown', 'html', 'bake'];

const planMap: Mode = {
  name: 'plan without VERSION',
  unused: {
    '--only': 'write tagwright plan VERSION --only CELLS',
    '--revision': 'write tagwright plan VERSION --revision COMMIT',
    '--from-working-tree': 'leave it out: nothing is built without VERSION',
  },
};

const ofAllReleases = 'leave it out: the two configs are compared for all releases';
const asTheyAre = 'leave it out: the two configs are compared by the releases that are known';
const planDiff: Mode = {
  name: 'plan --diff',
  unused: {
    VERSION: ofAllReleases,
    '--only': ofAllReleases,
    '--revision': ofAllReleases,
    '--from-working-tree': 'leave it out: nothing is built',
    '--with': asTheyAre,
    '--yank': asTheyAre,
    '--all-images': 'name one with --image, or write tagwright check --against CONFIG, which compares all',
  },
};

const planRelease: Mode = {
  name: 'plan VERSION',
  unused: { '--all-images': 'name the image that the release is of with --image' },
};

const eventFormats = ['table', 'lines', 'json', 'markdown', 'bake'] as const;

/** @param byDefault without VERSION it is about the event that started the run, if the config has tags for it */
function planRequest(version: string | undefined, flags: PlanFlags, byDefault: boolean): PlanRequest {
  const { offline, only, yank, diff, event: file, fromWorkingTree } = flags;
  const asked = flags.json ? 'json' : flags.format;
  if (diff !== undefined) {
    return {
      kind: 'difference',
      ...common(flags),
      diff,
      format: formatOf(planDiff, asked, ['table', 'json', 'markdown', 'html']),
    };
  }
  const whatIf = { offline, with: flags.with, yank };
  if (version !== undefined) {
    return { kind: 'release', ...release(flags), ...whatIf, version, only, fromWorkingTree, format: asked };
  }
  const about = { ...common(flags), only, fromWorkingTree };
  if (file !== undefined) {
    const format = formatOf(eventMode('plan'), asked, eventFormats);
    return { kind: 'event', file: file === true ? null : file, ...about, format, otherwise: null };
  }
  const map = (): MapRequest => ({
    kind: 'map',
    ...common(flags),
    ...whatIf,
    format: formatOf(planMap, asked, ['table', 'lines', 'json', 'markdown', 'html']),
  });
  // A page is of releases.
  return byDefault && asked !== 'html' && flags.with.length + yank.length === 0 && flags.allImages !== true
    ? { kind: 'event', file: null, ...about, format: asked, otherwise: map() }
    : map();
}

/** @throws {InputError} USAGE for a format that the mode cannot be printed in */
function formatOf<T extends PlanFormat>({ name }: Mode, format: PlanFormat, formats: readonly T[]): T {
  const found = formats.find((candidate) => candidate === format);
  if (found !== undefined) return found;
  const fix = `write one of ${formats.join(', ')}${format === 'bake' ? ', or tagwright plan VERSION --format bake' : ''}`;
  throw new InputError([{ code: 'USAGE', where: `--format ${format}`, message: `${name} does not use it`, fix }]);
}

interface ExplainFlags extends CommonFlags {
  readonly offline: boolean;
  readonly format: ExplainFormat;
  readonly json: boolean;
}

const explainPage: Mode = {
  name: 'explain --format html',
  unused: { '--all-images': 'name one with --image: a page is of one image' },
};

const explainFormats: readonly ExplainFormat[] = ['text', 'json', 'html'];

export function addExplain(program: Command, run: Run): void {
  withCommon(program.command('explain <tag>'))
    .description('the rule, the candidates in order, why each lost, and what is really there')
    .option('--offline', 'without a registry: what should be, not what is', false)
    .option(...allImages)
    .addOption(new Option('--format <format>', 'how to print it').choices(explainFormats).default('text'))
    .option('--json', 'short for --format json', false)
    .action((tag: string, flags: ExplainFlags, command: Command) =>
      run(async (world) => {
        refuseUnused(command, [
          ...(flags.json ? [jsonMode('explain', explainFormats)] : []),
          ...(!flags.json && flags.format === 'html' ? [explainPage] : []),
        ]);
        const { explainCommand } = await import('../commands/explain.ts');
        const format = flags.json ? 'json' : flags.format;
        return explainCommand({ ...common(flags), tag, offline: flags.offline, format }, world);
      }),
    );
}

interface MatrixFlags extends ReleaseFlags {
  readonly format: 'github' | 'gitlab';
  readonly split: 'cell' | 'platform';
  readonly only: readonly string[];
  readonly runner: readonly string[];
  readonly rebuild: boolean;
  readonly waitForPackage?: number;
  readonly event?: string | true;
}

const matrixGitlab: Mode = {
  name: 'matrix --format gitlab',
  unused: { '--event': 'leave it out: the last job publishes a release' },
};

export function addMatrix(program: Command, run: Run, toolVersion: string): void {
  withRevision(withFacts(program.command('matrix [version]')))
    .description("the builds of a release as jobs: JSON for a workflow's strategy.matrix, or a pipeline for GitLab")
    .addOption(
      new Option('--format <for>', "JSON for GitHub's strategy.matrix, or a child pipeline for GitLab")
        .choices(['github', 'gitlab'])
        .default('github'),
    )
    .addOption(
      new Option('--split <by>', 'one job a cell, or one for each platform of a cell')
        .choices(['cell', 'platform'])
        .default('platform'),
    )
    .option(...only)
    .option('--runner <platform=label>', 'where a platform is built; may be repeated', collect, [])
    .option(...rebuild)
    .option(...waitForPackage)
    .option(...event)
    .action((version: string | undefined, flags: MatrixFlags, command: Command) =>
      run(async (world) => {
        const { matrixCommand, matrixOf } = await import('../commands/matrix.ts');
        const { format, split, only, runner, rebuild, waitForPackage: waitForPackageMs = null } = flags;
        if (format === 'gitlab') refuseUnused(command, [matrixGitlab]);
        const subject = await subjectOf({ version, event: flags.event }, command, common(flags), world);
        const jobs = { split, only, runner };
        if (subject.kind === 'event') return matrixOf(subject.build.lanes[0].tags.cells, jobs);
        const about = { ...release(flags), version: subject.version, rebuild, waitForPackageMs };
        return matrixCommand({ ...about, ...jobs, format, toolVersion }, world);
      }),
    );
}

export function addProtect(program: Command, run: Run): void {
  withCommon(program.command('protect'))
    .description('Immutability rules for the registry: pinned tags are fixed, convenience tags stay free')
    .option(...allImages)
    .option('--json', 'the rules as JSON', false)
    .action((flags: CommonFlags & { json: boolean }) =>
      run(async (world) => {
        const { protectCommand } = await import('../commands/protect.ts');
        return protectCommand({ ...common(flags), json: flags.json }, world);
      }),
    );
}

export function addRender(program: Command, run: Run): void {
  withConfig(program.command('render'))
    .description('Dockerfiles from their templates')
    .option('--check', 'write nothing; fail where a file differs from what its template renders to', false)
    .option('--update-bases', 'ask for the digests of base images first, and write them into bases.lock.json', false)
    .action((flags: ConfigFlags & { check: boolean; updateBases: boolean }, command: Command) =>
      run(async (world) => {
        const { config, image = null, check, updateBases } = flags;
        if (check) refuseUnused(command, [{ name: 'render --check', unused: { '--update-bases': 'leave one out' } }]);
        const { renderCommand } = await import('../commands/render.ts');
        return renderCommand({ config, image, check, updateBases }, world);
      }),
    );
}
