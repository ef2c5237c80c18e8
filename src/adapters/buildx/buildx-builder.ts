/**
 * The builder that is Docker's: one `docker buildx bake` for all targets of a build.
 *
 * It pushes what a target names and believes nothing: where bake fails it says which target stopped it and leaves the
 * rest `unreported`, for buildx writes no metadata then and may have pushed any of them.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest } from '../../domain/digest.ts';
import { InternalError } from '../../domain/errors.ts';
import { processError, type ProcessRun } from '../../domain/process-run.ts';
import { redact } from '../../domain/secrets.ts';
import type { Builder, BuildOptions, BuildReport, BuiltTarget } from '../../ports.ts';
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
  };
}

async function bake(
  targets: readonly BuildTarget[],
  scratch: string,
  options: BuildxOptions,
  { onProgress, signal }: BuildOptions,
): Promise<BuildReport> {
  const running: Running = { cwd: options.folder, onProgress, ...(signal === undefined ? {} : { signal }) };
  await requireBuildx(running);
  const fault = await smokeTest(targets, scratch, options, running);
  if (fault !== null) return fault;
  const file = join(scratch, 'docker-bake.json');
  await writeFile(file, options.bakeFile(targets));
  const metadata = join(scratch, 'metadata.json');
  const ids = targets.map((target) => target.id);
  const { run, progress } = await runBake(file, metadata, ids, options, running);
  if (run.exitCode === 0) return builtReport(targets, readBakeMetadata(await readFile(metadata, 'utf8')));
  return failedReport(targets, progress, run);
}

interface Running {
  readonly cwd: string;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the smoke tests of all targets before any of them is pushed, in the same graph: what they are made of is built once.
 *
 * @returns `null` if the push may begin
 */
async function smokeTest(
  targets: readonly BuildTarget[],
  scratch: string,
  options: BuildxOptions,
  running: Running,
): Promise<BuildReport | null> {
  if (targets.every((target) => target.smoke === undefined)) return null;
  const { smoke } = options;
  if (smoke === undefined) throw new InternalError('a smoke test was asked for, and none can be written');
  const canRun = await platformsOf(options.builder, running);
  for (const { id, smoke: tested, platforms } of targets) {
    const left = tested === undefined ? [] : platforms.filter((platform) => !canRun.has(platform));
    if (left.length > 0) running.onProgress(`${id}: the builder cannot run ${left.join(', ')}: not smoke-tested there`);
  }
  const text = smoke.file(targets, canRun);
  if (text === null) return null;
  const file = join(scratch, 'smoke-bake.json');
  await writeFile(file, text);
  const ids = targets.flatMap(({ id }) => [id, smoke.id(id)]);
  const { run, progress } = await runBake(file, join(scratch, 'smoke.json'), ids, options, running);
  if (run.exitCode === 0) return null;
  const failures = new Map(progress.failures);
  const tested: string[] = [];
  for (const { id } of targets) {
    const reason = failures.get(smoke.id(id));
    if (reason === undefined) continue;
    failures.set(id, `smoke test: ${reason}`);
    tested.push(id);
  }
  if (smoke.holds === 'release' && tested.length > 0) {
    const held = `held back: the smoke test of ${tested.join(', ')} failed`;
    for (const { id } of targets) if (!failures.has(id)) failures.set(id, held);
  }
  return failedReport(targets, { ...progress, failures }, run);
}

/** Platforms that some node of the builder runs, natively or emulated. */
async function platformsOf(builder: string | null, running: Running): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const args = ['buildx', 'inspect', '--bootstrap', ...(builder === null ? [] : [builder])];
  const onOutput = (line: string): void => {
    const listed = /^Platforms:\s*(?<list>.*)$/.exec(line)?.groups?.['list'] ?? '';
    for (const platform of listed.split(',')) found.add(platform.trim().replace(/\*$/, ''));
  };
  const run = await runDocker(args, { ...running, onLine: () => undefined, onOutput });
  if (run.exitCode === 0) return found;
  throw processError(
    'BUILD_FAILED',
    `the builder cannot be asked for its platforms: ${run.stderrTail.at(-1) ?? ''}`,
    run,
  );
}

/** @throws {OutsideError} BUILD_FAILED if nothing was built at all */
async function runBake(
  file: string,
  metadata: string,
  ids: readonly string[],
  { builder }: BuildxOptions,
  { onProgress, ...running }: Running,
): Promise<{ readonly run: ProcessRun; readonly progress: BakeProgress }> {
  const tracker = trackBake(ids);
  const args = [
    'buildx',
    'bake',
    `--file=${file}`,
    '--progress=plain',
    `--metadata-file=${metadata}`,
    ...(builder === null ? [] : [`--builder=${builder}`]),
    'default',
  ];
  const run = await runDocker(args, {
    ...running,
    onLine: (line) => {
      tracker.line(line);
      onProgress(redact(printable(line)));
    },
  });
  const progress = tracker.progress();
  if (run.exitCode !== 0 && !progress.started) {
    const reason = reasonOf(progress, run);
    throw processError('BUILD_FAILED', `nothing was built: ${reason}${hintFor(reason)}`, run);
  }
  return { run, progress };
}

/** Docker's own driver has no code for what it cannot do, only these words. */
function hintFor(reason: string): string {
  return reason.includes('push-by-digest') ? '. --staging pushes under tags of their own instead' : '';
}

/** `docker` without the plugin answers with its own help; better to say what is missing. */
async function requireBuildx(options: { readonly cwd: string; readonly signal?: AbortSignal }): Promise<void> {
  const run = await runDocker(['buildx', 'version'], { ...options, onLine: () => undefined });
  if (run.exitCode === 0) return;
  const message = 'docker has no buildx plugin; install it (Debian and Ubuntu: docker-buildx), or use another builder';
  throw processError('PROCESS_FAILED', message, run);
}

function builtReport(targets: readonly BuildTarget[], digests: ReadonlyMap<string, Digest>): BuildReport {
  return {
    targets: targets.map(({ id }): BuiltTarget => {
      const digest = digests.get(id);
      if (digest !== undefined) return { id, kind: 'built', digest };
      return { id, kind: 'unreported', reason: "buildx's metadata file has no digest of it" };
    }),
  };
}

function failedReport(targets: readonly BuildTarget[], progress: BakeProgress, run: ProcessRun): BuildReport {
  const failed = [...progress.failures.keys()];
  const rest =
    failed.length === 0 ? `bake failed: ${reasonOf(progress, run)}` : `bake stopped when ${failed.join(', ')} failed`;
  return {
    targets: targets.map(({ id }): BuiltTarget => {
      const reason = progress.failures.get(id);
      if (reason === undefined) return { id, kind: 'unreported', reason: rest };
      return { id, kind: 'failed', reason: redact(printable(reason)) };
    }),
  };
}

function reasonOf(progress: BakeProgress, run: ProcessRun): string {
  return redact(printable(progress.error ?? run.stderrTail.at(-1) ?? `exit code ${run.exitCode}`));
}
