/**
 * What keeps a builder from building these targets: looked up before anything is pushed, for buildx itself says some of it
 * late and some of it never.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { noInputs } from '../../domain/build-inputs.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { isJsonObject } from '../../domain/json.ts';
import { processError } from '../../domain/process-run.ts';
import { lostKeys, parseInspection, platformProblems, type Inspection } from './inspection.ts';
import { runDocker, type DockerOptions } from './run-docker.ts';

export interface Asked {
  readonly targets: readonly BuildTarget[];
  /** The bake file, and its path. */
  readonly file: string;
  readonly text: string;
  /** Folder of the config. */
  readonly folder: string;
  readonly builder: string | null;
  /** Whether a target runs commands on its own platform, for which the builder needs that platform. */
  readonly runs: (target: BuildTarget) => Promise<boolean>;
}

type Running = Omit<DockerOptions, 'onLine'>;

/**
 * @returns platforms that some node of the builder runs, natively or emulated
 * @throws {InputError} SECRET_MISSING, BUILDER_UNFIT; {@link OutsideError} if there is no builder
 */
export async function refuseUnable(asked: Asked, running: Running): Promise<ReadonlySet<string>> {
  const missing = await missingSecrets(asked);
  if (missing.length > 0) throw new InputError(missing);
  const { file, builder: name } = asked;
  const builderFlag = name === null ? [] : [`--builder=${name}`];
  // At once, for each takes half a second to start. `inspect` starts the builder if need be: before, it has no platforms.
  const [told, inspected, printed] = await Promise.all([
    quietly(['buildx', 'version'], running),
    quietly(['buildx', 'inspect', '--bootstrap', ...(name === null ? [] : [name])], running),
    quietly(['buildx', 'bake', `--file=${file}`, '--print', ...builderFlag, 'default'], running),
  ]);
  const version = versionOf(told);
  const builder = builderOf(inspected);
  const needsPlatform = await Promise.all(asked.targets.map((target) => asked.runs(target)));
  const problems = [
    ...driverProblems(asked, builder),
    ...platformProblems(
      asked.targets.filter((_, index) => needsPlatform[index]),
      builder,
    ),
  ];
  if (problems.length > 0) throw new InputError(problems);
  refuseLost(asked.text, printed, version);
  return new Set(builder.nodes.flatMap(({ platforms }) => platforms));
}

/** `docker` without the plugin answers with its own help; better to say what is missing. */
function versionOf({ run, stdout }: Ended): string {
  if (run.exitCode === 0)
    return /\bv?(?<version>\d+\.\d+\.\d+)/.exec(stdout)?.groups?.['version'] ?? 'of unknown version';
  const message = 'docker has no buildx plugin; install it (Debian and Ubuntu: docker-buildx), or use another builder';
  throw processError('PROCESS_FAILED', message, run);
}

async function missingSecrets({ targets, folder }: Asked): Promise<readonly Problem[]> {
  const problems = new Map<string, Problem>();
  const add = (where: string, message: string, fix: string): void =>
    void problems.set(where, { code: 'SECRET_MISSING', where, message, fix });
  for (const { inputs = noInputs } of targets) {
    for (const [id, source] of inputs.secrets) {
      const where = `secrets.${id}`;
      if (source.kind === 'env') {
        if (process.env[source.name] === undefined)
          add(where, `the environment has no ${source.name}`, `export ${source.name} before the build`);
      } else if (!(await isFile(resolve(folder, source.path)))) {
        add(where, `there is no file ${source.path}`, 'write it before the build');
      }
    }
    if (inputs.ssh.length > 0 && !process.env['SSH_AUTH_SOCK'])
      add('ssh', 'no ssh agent runs: SSH_AUTH_SOCK is not set', 'start one and add the key: ssh-agent, ssh-add');
  }
  return [...problems.values()];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw error;
  }
}

function builderOf({ run, stdout }: Ended): Inspection {
  if (run.exitCode === 0) return parseInspection(stdout);
  const reason = run.stderrTail.at(-1) ?? `exit code ${run.exitCode}`;
  throw processError('BUILD_FAILED', `nothing was built: the builder cannot be reached: ${reason}`, run);
}

function driverProblems({ targets, text }: Asked, { name, driver, hasImageStore }: Inspection): readonly Problem[] {
  if (driver !== 'docker') return [];
  const problems: Problem[] = [];
  if (targets.some(({ part }) => part === 'digest')) {
    const message = `the builder ${name} is Docker's own, which cannot push by digest`;
    const fix = 'push parts with --staging, or take another builder: docker buildx create --use';
    problems.push({ code: 'BUILDER_UNFIT', where: '--push-by-digest', message, fix });
  }
  if (!hasImageStore && text.includes('rewrite-timestamp=true')) {
    const message = `the builder ${name} is Docker's own without the containerd image store, which cannot date the files of an image`;
    const fix = 'switch the containerd image store on, or take another builder: docker buildx create --use';
    problems.push({ code: 'BUILDER_UNFIT', where: 'build.reproducible', message, fix });
  }
  return problems;
}

/** A bake file's key that this buildx does not know is ignored without a word; what it prints lacks it. */
function refuseLost(text: string, { run, stdout }: Ended, version: string): void {
  // What is wrong with the file itself is for the build to say, with the words of the target.
  if (run.exitCode !== 0) return;
  const [asked, printed]: unknown[] = [JSON.parse(text), JSON.parse(stdout)];
  const lost = isJsonObject(asked) && isJsonObject(printed) ? lostKeys(asked, printed) : [];
  if (lost.length === 0) return;
  const message = `buildx ${version} is too old for this config: it would ignore ${lost.join(', ')}`;
  throw new InputError([{ code: 'BUILDER_UNFIT', where: 'docker buildx', message, fix: 'install a newer buildx' }]);
}

interface Ended {
  readonly run: Awaited<ReturnType<typeof runDocker>>;
  readonly stdout: string;
}

async function quietly(args: readonly string[], running: Running): Promise<Ended> {
  const lines: string[] = [];
  const run = await runDocker(args, { ...running, onLine: () => undefined, onOutput: (line) => lines.push(line) });
  return { run, stdout: lines.join('\n') };
}
