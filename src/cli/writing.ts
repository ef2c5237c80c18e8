/** Commands that write to a registry. */
import { Option, type Command } from 'commander';
import { publishDefaults } from '../commands/publish/options.ts';
import { stated, withStatements, type StatedFlags } from './evidence-flags.ts';
import {
  collect,
  common,
  event,
  fromWorkingTree,
  only,
  rebuild,
  release,
  waitForPackage,
  withCommon,
  withFacts,
  withRevision,
  withWriting,
  writing,
  yes,
  type CommonFlags,
  type ReleaseFlags,
  type Run,
  type WritingFlags,
} from './flags.ts';
import { subjectOf } from './subject.ts';
import { refuseUnused, type Mode } from './unused.ts';

/** How pinned tags come about, for build and publish alike. */
interface MakingFlags {
  readonly builder: 'buildx' | 'stand-in';
  readonly adopt: boolean;
  readonly replacePartial: boolean;
  readonly fromWorkingTree: boolean;
}

interface PinnedFlags extends WritingFlags, ReleaseFlags, MakingFlags {
  readonly event?: string | true;
}

function making({ builder, adopt, replacePartial, fromWorkingTree }: MakingFlags): MakingFlags {
  return { builder, adopt, replacePartial, fromWorkingTree };
}

interface BuildFlags extends PinnedFlags {
  readonly rebuild: boolean;
  readonly only: readonly string[];
  readonly platform: readonly string[];
  readonly pushByDigest: boolean;
  readonly staging: boolean;
  readonly explain: boolean;
  readonly record?: string;
}

interface PublishFlags extends PinnedFlags, StatedFlags {
  readonly fromRecords?: string;
  readonly passes?: string;
  readonly rebuild: boolean;
  readonly allowBackward: boolean;
  readonly waitForPackage?: number;
  readonly writeLock: boolean;
  readonly stopBeforeMoves: boolean;
  readonly planOut?: string;
  readonly configFrom?: 'tag' | 'default';
}

interface ApplyFlags extends WritingFlags, StatedFlags {
  readonly yes: boolean;
  readonly allowBackward: boolean;
  readonly approved?: string;
  readonly configFrom?: 'tag' | 'default';
}

const buildParts: Mode = {
  name: 'build of parts',
  unused: { '--settle': 'leave it out: parts are pushed without a tag of the plan' },
};

const nothingBuilt = 'leave it out: nothing is built';
const buildExplain: Mode = {
  name: 'build --explain',
  unused: {
    '--dry-run': nothingBuilt,
    '--push-by-digest': nothingBuilt,
    '--staging': nothingBuilt,
    '--record': nothingBuilt,
    '--adopt': nothingBuilt,
    '--replace-partial': nothingBuilt,
    '--journal': nothingBuilt,
    '--settle': nothingBuilt,
  },
};

const publishRecords: Mode = {
  name: 'publish --from-records',
  unused: {
    '--builder': 'leave it out: nothing is built',
    '--from-working-tree': 'leave it out: nothing is built',
  },
};

const backward = ['--allow-backward', 'let a convenience tag move to a lower release', false] as const;

/** For commands that move convenience tags. */
function configFrom(): Option {
  const text = "whose config decides who owns a tag, if the git tag's and the default branch's differ";
  return new Option('--config-from <which>', text).choices(['tag', 'default']);
}

/** Flags of commands that make pinned tags. */
function withPinned(command: Command): Command {
  return withRevision(withWriting(command))
    .addOption(
      new Option('--builder <name>', 'what builds').choices(['buildx', 'stand-in']).default(publishDefaults.builder),
    )
    .option('--adopt', 'take over images that have no labels', false)
    .option('--replace-partial', 'push again what an interrupted push left behind', false)
    .option(...fromWorkingTree);
}

export function addBuild(program: Command, run: Run): void {
  withPinned(program.command('build [version]'))
    .description('build the missing images and push their pinned tags, or push parts for publish --from-records')
    .option(...only)
    .option('--rebuild', 'build the latest rebuild listed in the config', false)
    .option('--platform <platforms>', 'only these, as a part of a cell; may be repeated', collect, [])
    .option('--push-by-digest', 'push parts without a tag, for publish --from-records', false)
    .option('--staging', 'push parts under staging tags, where the builder cannot push by digest', false)
    .option('--record <file>', 'write down what was pushed, for publish --from-records')
    .option('--explain', 'print what would be built from what, what is shared and what is cached; build nothing', false)
    .option(...event)
    .action((version: string | undefined, flags: BuildFlags, command: Command) =>
      run(async (world) => {
        const subject = await subjectOf({ version, event: flags.event }, command, common(flags), world);
        if (flags.explain) refuseUnused(command, [buildExplain]);
        if (flags.pushByDigest || flags.staging) refuseUnused(command, [buildParts]);
        const { buildCommand } = await import('../commands/build.ts');
        const { only, rebuild, platform, pushByDigest, staging, record = null, explain } = flags;
        const parts = { only, rebuild, platform, pushByDigest, staging, record, explain };
        const options = { ...release(flags), ...writing(flags), ...making(flags), ...parts };
        if (subject.kind === 'release') return buildCommand({ ...options, version: subject.version }, world);
        const { buildEvent } = await import('../commands/event/publish-event.ts');
        return buildEvent({ ...options, version: '' }, subject.build, world);
      }),
    );
}

interface RecordFlags extends CommonFlags {
  readonly cell?: string;
  readonly platform: readonly string[];
  readonly digest?: string;
  readonly from?: string;
  readonly stagingTag?: string;
  readonly record?: string;
}

export function addRecord(program: Command, run: Run): void {
  withCommon(program.command('record'))
    .description('write down what another builder pushed, for publish --from-records')
    .option('--cell <id>', 'the cell it is of; without it, the targets of a bake file are the ids of cells')
    .option('--platform <platforms>', 'what it must be for; may be repeated', collect, [])
    .option('--digest <digest>', 'the digest that was pushed, as sha256:…')
    .option('--from <file>', 'metadata of bake or build-push-action, or a digest file of kaniko, buildah or podman')
    .option('--staging-tag <tag>', 'the tag it was pushed under, to be deleted once it is published')
    .option('--record <file>', 'where to write the record (default: standard output)')
    .action((flags: RecordFlags) =>
      run(async (world) => {
        const { recordCommand } = await import('../commands/record.ts');
        const { cell = null, platform, digest = null, from = null, stagingTag = null, record = null } = flags;
        return recordCommand({ ...common(flags), cell, platform, digest, from, stagingTag, record }, world);
      }),
    );
}

export function addPass(program: Command, run: Run): void {
  program
    .command('pass <check>')
    .description('answer a check of the config for the digests of a record; no config and no registry is needed')
    .requiredOption('--record <file>', 'what build --record or record wrote')
    .option('--failed', 'the check did not pass', false)
    .option('--out <file>', 'where to write the answer (default: next to the record)')
    .action((check: string, { record, failed, out }: { record: string; failed: boolean; out?: string }) =>
      run(async (world) => {
        const { passCommand } = await import('../commands/pass.ts');
        return passCommand({ check, record, failed, out: out ?? null }, world);
      }),
    );
}

export function addPublish(program: Command, run: Run): void {
  withStatements(withPinned(program.command('publish [version]')))
    .description('build what is absent, verify it, move the convenience tags')
    .option('--from-records <dir>', 'build nothing: merge what jobs pushed and recorded there')
    .option('--passes <dir>', 'what tagwright pass wrote (default: beside the records)')
    .option(...rebuild)
    .option(...backward)
    .option(...waitForPackage)
    .addOption(configFrom())
    .option('--stop-before-moves', 'build and verify, then write the moves to a file for apply --approved', false)
    .option('--plan-out <file>', 'where --stop-before-moves writes them (default: moves.json)')
    .option('--write-lock', 'create tags.lock.json next to the config if it is missing', false)
    .option(...event)
    .action((version: string | undefined, flags: PublishFlags, command: Command) =>
      run(async (world) => {
        const subject = await subjectOf({ version, event: flags.event }, command, common(flags), world);
        if (flags.fromRecords !== undefined) refuseUnused(command, [publishRecords]);
        const { publishCommand } = await import('../commands/publish/index.ts');
        const { fromRecords = null, passes = null, rebuild, allowBackward, writeLock } = flags;
        const pushed = { ...making(flags), fromRecords, passes, rebuild };
        const waitForPackageMs = flags.waitForPackage ?? null;
        const { stopBeforeMoves, planOut = null, configFrom = null } = flags;
        const moving = { allowBackward, configFrom, stopBeforeMoves, planOut };
        const policy = { ...pushed, ...moving, writeLock, waitForPackageMs, ...stated(flags) };
        const options = { ...release(flags), ...writing(flags), ...policy };
        if (subject.kind === 'release') return publishCommand({ ...options, version: subject.version }, world);
        const { publishEvent } = await import('../commands/event/publish-event.ts');
        return publishEvent({ ...options, version: '' }, subject.build, world);
      }),
    );
}

export function addApply(program: Command, run: Run): void {
  withStatements(withWriting(program.command('apply [plan]')))
    .description('move convenience tags only: fix audit findings or apply a yank')
    .option(...backward)
    .option('--approved <hash>', 'carry out the plan file only if this is its hash, as sha256:…')
    .addOption(configFrom())
    .option(...yes)
    .action((plan: string | undefined, flags: ApplyFlags) =>
      run(async (world) => {
        const { applyCommand } = await import('../commands/apply.ts');
        const { allowBackward, approved = null, configFrom = null } = flags;
        const options = { plan: plan ?? null, approved, allowBackward, configFrom, ...stated(flags), yes: flags.yes };
        return applyCommand({ ...common(flags), ...writing(flags), ...options }, world);
      }),
    );
}

interface RollbackFlags extends WritingFlags, StatedFlags {
  readonly only: readonly string[];
  readonly yes: boolean;
}

export function addRollback(program: Command, run: Run): void {
  withStatements(withWriting(program.command('rollback <journal-file>')))
    .description('give the convenience tags of one publish their recorded digests back')
    .option('--only <tag>', 'only this tag; may be repeated', collect, [])
    .option(...yes)
    .action((file: string, flags: RollbackFlags) =>
      run(async (world) => {
        const { rollbackCommand } = await import('../commands/rollback.ts');
        const { only, yes: isYes } = flags;
        const options = { ...common(flags), ...writing(flags), ...stated(flags) };
        return rollbackCommand({ ...options, file, only, yes: isYes }, world);
      }),
    );
}

export function addRehearse(program: Command, run: Run): void {
  withFacts(program.command('rehearse [version]'))
    .description('the real publish and audit against a throw-away registry, without Docker or a login')
    .option('--all', 'the whole history, release by release as they came out, with an audit after each', false)
    .option('--json', 'both reports as JSON', false)
    .action((version: string | undefined, flags: CommonFlags & { all: boolean; json: boolean }) =>
      run(async (world) => {
        const { rehearseCommand } = await import('../commands/rehearse.ts');
        return rehearseCommand({ ...common(flags), version: version ?? null, all: flags.all, json: flags.json }, world);
      }),
    );
}
