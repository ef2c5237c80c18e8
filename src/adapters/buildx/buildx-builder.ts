/**
 * The builder that is Docker's: one `docker buildx bake` for all targets of a build.
 *
 * It pushes what a target names and believes nothing: where bake fails it says which target stopped it and leaves the
 * rest `unreported`, for buildx writes no metadata then and may have pushed any of them.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { noInputs } from '../../domain/build-inputs.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest } from '../../domain/digest.ts';
import { InternalError } from '../../domain/errors.ts';
import { processError, type ProcessRun } from '../../domain/process-run.ts';
import { sharedTargets } from '../../domain/shared-target.ts';
import { redact } from '../../domain/secrets.ts';
import type { Builder, BuildOptions, BuildReport, BuiltTarget } from '../../ports.ts';
import { refuseUnable } from './abilities.ts';
import { builderCache } from './builder-cache.ts';
import { readBakeMetadata } from './bake-metadata.ts';
import { printable, trackBake, type BakeProgress } from './bake-progress.ts';
import { runDocker } from './run-docker.ts';

export interface BuildxOptions {
  /** The bake file of some targets, as `render/bake.ts` writes it. */
  readonly bakeFile: (targets: readonly BuildTarget[]) => string;
  /** Needed if a target has a smoke test. */
  readonly smoke?: SmokeOptions;
  /** Relative contexts start here: the folder of the config. */
  readonly folder: string;
  /** A buildx builder by name; `null`: whatever `docker buildx` is set to, `BUILDX_BUILDER` included. */
  readonly builder: string | null;
  /** Whether a Dockerfile's stage runs commands on the platform of its image. */
  readonly runsCommands: (dockerfile: string, target?: string) => boolean;
}

export interface SmokeOptions {
  /** The bake file of the smoke tests, as far as the builder can run them; `null`: there are none. */
  readonly file: (targets: readonly BuildTarget[], canRun: ReadonlySet<string>) => string | null;
  /** Target to the one that runs its smoke test. */
  readonly id: (id: string) => string;
  /** What a test that fails holds back. */
  readonly holds: 'release' | 'cell';
}

/** Needs `docker` with the buildx plugin on the PATH; looks when it builds, not before. */
export function createBuildxBuilder(options: BuildxOptions): Builder {
  return {
    name: 'buildx',
    async build(targets, buildOptions) {
      if (targets.length === 0) return { targets: [] };
      const folder = await mkdtemp(join(tmpdir(), 'tagwright-bake-'));
      try {
        return await bake(targets, folder, options, buildOptions);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    cache: (signal) =>
      builderCache(options.builder, { cwd: options.folder, ...(signal === undefined ? {} : { signal }) }),
  };
}

async function bake(
  targets: readonly BuildTarget[],
  scratch: string,
  options: BuildxOptions,
  { onProgress, onRunning, signal }: BuildOptions,
): Promise<BuildReport> {
  const { bakeFile, folder, builder, runsCommands } = options;
  const all = [...sharedTargets(targets), ...targets];
  const secrets = secretVariables(all);
  const allowed = allowances(all);
  const running: Running = {
    cwd: folder,
    secrets,
    allowed,
    onProgress,
    ...(onRunning !== undefined && { onRunning }),
    ...(signal !== undefined && { signal }),
  };
  const file = join(scratch, 'docker-bake.json');
  const metadata = join(scratch, 'metadata.json');
  const text = bakeFile(targets);
  await writeFile(file, text);
  const runs = async (target: BuildTarget): Promise<boolean> => {
    const dockerfile = await readText(resolve(folder, target.context, target.dockerfile));
    return dockerfile !== null && runsCommands(dockerfile, target.target);
  };
  const canRun = await refuseUnable({ targets: all, file, text, folder, builder, runs }, running);
  const fault = await smokeTest(targets, { scratch, canRun }, options, running);
  if (fault !== null) return fault;
  const { run, progress } = await runBake(
    file,
    metadata,
    all.map(({ id }) => id),
    options,
    running,
  );
  if (run.exitCode === 0) return builtReport(targets, readBakeMetadata(await readFile(metadata, 'utf8')), progress);
  return failedReport(targets, progress, run);
}

interface Running {
  readonly cwd: string;
  readonly secrets: readonly string[];
  /** Flags of bake. */
  readonly allowed: readonly string[];
  readonly onProgress: (line: string) => void;
  readonly onRunning?: (steps: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the smoke tests of all targets before any of them is pushed, in the same graph: what they are made of is built once.
 *
 * @returns `null` if the push may begin
 */
async function smokeTest(
  targets: readonly BuildTarget[],
  { scratch, canRun }: { readonly scratch: string; readonly canRun: ReadonlySet<string> },
  options: BuildxOptions,
  running: Running,
): Promise<BuildReport | null> {
  if (targets.every((target) => target.smoke === undefined)) return null;
  const { smoke } = options;
  if (smoke === undefined) throw new InternalError('a smoke test was asked for, and none can be written');
  for (const { id, smoke: tested, platforms } of targets) {
    const left = tested === undefined ? [] : platforms.filter((platform) => !canRun.has(platform));
    if (left.length > 0) running.onProgress(`${id}: the builder cannot run ${left.join(', ')}: not smoke-tested there`);
  }
  const text = smoke.file(targets, canRun);
  if (text === null) return null;
  const file = join(scratch, 'smoke-bake.json');
  await writeFile(file, text);
  const shared = sharedTargets(targets).map(({ id }) => id);
  const ids = [...shared, ...targets.flatMap(({ id }) => [id, smoke.id(id)])];
  const { run, progress } = await runBake(file, join(scratch, 'smoke.json'), ids, options, running);
  if (run.exitCode === 0) return null;
  const failures = new Map(progress.failures);
  const logs = new Map(progress.logs);
  const tested: string[] = [];
  for (const { id } of targets) {
    const reason = failures.get(smoke.id(id));
    if (reason === undefined) continue;
    failures.set(id, `smoke test: ${reason}`);
    logs.set(id, progress.logs.get(smoke.id(id)) ?? []);
    tested.push(id);
  }
  if (smoke.holds === 'release' && tested.length > 0) {
    const held = `held back: the smoke test of ${tested.join(', ')} failed`;
    for (const { id } of targets) if (!failures.has(id)) failures.set(id, held);
  }
  return failedReport(targets, { ...progress, failures, logs }, run);
}

/** @throws {OutsideError} BUILD_FAILED if nothing was built at all */
async function runBake(
  file: string,
  metadata: string,
  ids: readonly string[],
  { builder }: BuildxOptions,
  { onProgress, onRunning, allowed, ...running }: Running,
): Promise<{ readonly run: ProcessRun; readonly progress: BakeProgress }> {
  const tracker = trackBake(ids);
  const args = [
    'buildx',
    'bake',
    `--file=${file}`,
    '--progress=plain',
    `--metadata-file=${metadata}`,
    ...allowed,
    ...(builder === null ? [] : [`--builder=${builder}`]),
    'default',
  ];
  const run = await runDocker(args, {
    ...running,
    onLine: (line) => {
      const ended = tracker.line(line, performance.now());
      if (ended !== null) onProgress(redact(printable(ended)));
      onRunning?.(tracker.running().map((step) => redact(printable(step))));
    },
  }).finally(() => onRunning?.([]));
  const progress = tracker.progress();
  if (run.exitCode !== 0 && !progress.started) {
    const reason = reasonOf(progress, run);
    throw processError('BUILD_FAILED', `nothing was built: ${reason}`, run);
  }
  return { run, progress };
}

/** @returns `null` for a file that is not there: the build says so, with the words of the target */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function secretVariables(targets: readonly BuildTarget[]): readonly string[] {
  return targets.flatMap(({ inputs = noInputs }) =>
    [...inputs.secrets.values()].flatMap((source) => (source.kind === 'env' ? [source.name] : [])),
  );
}

/** What a build of strangers has to be allowed: ours asks for what the config names. */
function allowances(targets: readonly BuildTarget[]): readonly string[] {
  return targets.some(({ inputs }) => inputs?.network === 'host') ? ['--allow=network.host'] : [];
}

function builtReport(
  targets: readonly BuildTarget[],
  digests: ReadonlyMap<string, Digest>,
  { work }: BakeProgress,
): BuildReport {
  return {
    targets: targets.map(({ id, references }): BuiltTarget => {
      const digest = digests.get(id);
      const done = work.get(id);
      const worked = done === undefined ? {} : { work: done };
      if (references.length === 0) return { id, kind: 'unpushed', ...worked };
      if (digest !== undefined) return { id, kind: 'built', digest, ...worked };
      return { id, kind: 'unreported', reason: "buildx's metadata file has no digest of it" };
    }),
  };
}

function failedReport(targets: readonly BuildTarget[], progress: BakeProgress, run: ProcessRun): BuildReport {
  const failed = [...progress.failures.keys()];
  const rest =
    failed.length === 0 ? `bake failed: ${reasonOf(progress, run)}` : `bake stopped when ${failed.join(', ')} failed`;
  return {
    targets: targets.map(({ id, shared = [] }): BuiltTarget => {
      const below = shared.find((build) => progress.failures.has(build.id));
      const because = below === undefined ? undefined : `${below.id}: ${progress.failures.get(below.id) ?? ''}`;
      // What failed below says it in its own words, and the error bake ends with is of one cell alone.
      const reason = because ?? progress.failures.get(id);
      if (reason === undefined) return { id, kind: 'unreported', reason: rest };
      const log = (progress.logs.get(id) ?? []).map((line) => redact(printable(line)));
      return { id, kind: 'failed', reason: redact(printable(reason)), ...(log.length === 0 ? {} : { log }) };
    }),
  };
}

function reasonOf(progress: BakeProgress, run: ProcessRun): string {
  return redact(printable(progress.error ?? run.stderrTail.at(-1) ?? `exit code ${run.exitCode}`));
}
