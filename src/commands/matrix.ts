/** `tagwright matrix VERSION`: the builds of a release as jobs, for a workflow's `strategy.matrix`. */
import { jobMatrix } from '../build/job-matrix.ts';
import { selectCells } from '../build/select-cells.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { parsePlatform } from '../domain/platform.ts';
import { quote } from '../domain/tag.ts';
import type { Cell } from '../plan/cell.ts';
import { matrixJson } from '../report/matrix-json.ts';
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
}

/**
 * @throws {InputError} for a release that may not be published, and MATRIX_TOO_LARGE
 * @throws {OutsideError} PACKAGE_NOT_THERE
 */
export async function matrixCommand(options: MatrixOptions, world: World): Promise<Outcome> {
  const { project, release } = await readPublishable(options, options.waitForPackageMs, world);
  return matrixOf(cellsOf(project, release), options);
}

/** @param all cells of a release, or of another build */
export function matrixOf(all: readonly Cell[], options: Pick<MatrixOptions, 'split' | 'only' | 'runner'>): Outcome {
  const runners = readRunners(options.runner);
  const cells = required(selectCells(all, options.only, '--only'));
  const matrix = required(jobMatrix(cells, { split: options.split, runners }));
  return { stdout: matrixJson(matrix), result: 'as-planned', document: { kind: 'matrix', matrix } };
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
