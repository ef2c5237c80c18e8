/** `tagwright matrix VERSION`: the builds of a release as jobs, for a workflow's `strategy.matrix` or a child pipeline. */
import { githubRunners, gitlabRunners, jobMatrix, type JobMatrix } from '../build/job-matrix.ts';
import { selectCells } from '../build/select-cells.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { parsePlatform } from '../domain/platform.ts';
import { quote } from '../domain/tag.ts';
import type { Cell } from '../plan/cell.ts';
import { gitlabMatrix } from '../report/gitlab-matrix.ts';
import { matrixJson } from '../report/matrix-json.ts';
import { flagsOf } from './look/repository-look.ts';
import { cellsOf } from './release/publishable.ts';
import { readPublishable, type PublishableOptions } from './release/read-publishable.ts';
import { required } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface MatrixOptions extends PublishableOptions {
  /** How long to wait for the package, in ms; `null` does not ask for it. */
  readonly waitForPackageMs: number | null;
  /** One job a cell, or one for each platform of a cell. */
  readonly split: 'cell' | 'platform';
  /** Cells by id or axis; none: all of the release. */
  readonly only: readonly string[];
  /** `PLATFORM=LABEL` */
  readonly runner: readonly string[];
  /** For GitHub's `strategy.matrix`, or a child pipeline of GitLab. */
  readonly format: 'github' | 'gitlab';
  /** Of tagwright, for jobs that install it. */
  readonly toolVersion: string;
}

/**
 * @throws {InputError} for a release that may not be published, and MATRIX_TOO_LARGE
 * @throws {OutsideError} PACKAGE_NOT_THERE
 */
export async function matrixCommand(options: MatrixOptions, world: World): Promise<Outcome> {
  const { project, release } = await readPublishable(options, options.waitForPackageMs, world);
  const cells = cellsOf(project, release);
  if (options.format === 'github') return matrixOf(cells, options);
  const { registry } = project.image.repositories[0];
  const matrix = jobsOf(cells, { ...options, service: gitlabRunners });
  const stdout = gitlabMatrix(matrix, {
    program: `npx --yes tagwright@${options.toolVersion}`,
    version: options.version,
    flags: `${flagsOf(options)}${options.rebuild ? ' --rebuild' : ''}`,
    registry,
    isGitlabs: registry === world.ciRegistry,
  });
  return { stdout, result: 'as-planned', document: { kind: 'matrix', matrix } };
}

type JobWishes = Pick<MatrixOptions, 'split' | 'only' | 'runner'>;

/** @param all cells of a release, or of another build */
export function matrixOf(all: readonly Cell[], wishes: JobWishes): Outcome {
  const matrix = jobsOf(all, { ...wishes, service: githubRunners });
  return { stdout: matrixJson(matrix), result: 'as-planned', document: { kind: 'matrix', matrix } };
}

function jobsOf(
  all: readonly Cell[],
  { split, only, runner, service }: JobWishes & { readonly service: typeof githubRunners },
): JobMatrix {
  const runners = readRunners(runner);
  const cells = required(selectCells(all, only, '--only'));
  return required(jobMatrix(cells, { split, runners, service }));
}

function readRunners(texts: readonly string[]): ReadonlyMap<string, string> {
  const problems: Problem[] = [];
  const runners = new Map<string, string>();
  for (const text of texts) {
    const [platform = '', label = '', ...rest] = text.split('=');
    if (parsePlatform(platform) !== null && /^[\w.-]+$/.test(label) && rest.length === 0) runners.set(platform, label);
    else
      problems.push({
        code: 'USAGE',
        where: '--runner',
        message: `${quote(text)} is no platform and the label of a runner`,
        fix: 'write PLATFORM=LABEL, such as linux/arm64=ubuntu-24.04-arm',
      });
  }
  if (problems.length > 0) throw new InputError(problems);
  return runners;
}
