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
import { processError, type ProcessRun } from '../../domain/process-run.ts';
import { redact } from '../../domain/secrets.ts';
import type { Builder, BuildOptions, BuildReport, BuiltTarget } from '../../ports.ts';
import { readBakeMetadata } from './bake-metadata.ts';
import { printable, trackBake, type BakeProgress } from './bake-progress.ts';
import { runDocker } from './run-docker.ts';

export interface BuildxOptions {
  /** The bake file of some targets, as `render/bake.ts` writes it. */
  readonly bakeFile: (targets: readonly BuildTarget[]) => string;
  /** Relative contexts start here: the folder of the config. */
  readonly folder: string;
  /** A buildx builder by name; `null`: whatever `docker buildx` is set to, `BUILDX_BUILDER` included. */
  readonly builder: string | null;
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
  { bakeFile, folder, builder }: BuildxOptions,
  { onProgress, signal }: BuildOptions,
): Promise<BuildReport> {
  const running = { cwd: folder, ...(signal === undefined ? {} : { signal }) };
  await requireBuildx(running);
  const file = join(scratch, 'docker-bake.json');
  const metadata = join(scratch, 'metadata.json');
  await writeFile(file, bakeFile(targets));

  const tracker = trackBake(targets.map((target) => target.id));
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
  if (run.exitCode === 0) return builtReport(targets, readBakeMetadata(await readFile(metadata, 'utf8')));
  const progress = tracker.progress();
  if (!progress.started) {
    const reason = reasonOf(progress, run);
    throw processError('BUILD_FAILED', `nothing was built: ${reason}${hintFor(reason)}`, run);
  }
  return failedReport(targets, progress, run);
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
