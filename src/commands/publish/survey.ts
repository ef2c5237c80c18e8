/** Phase zero: each cell's pinned tags and the release's convenience tags in each repository. Reads only. */
import { InputError, type Problem } from '../../domain/errors.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Cell } from '../../plan/cell.ts';
import { decidePinned, type PinnedPolicy } from '../../pinned/decide.ts';
import { tagsOfCells } from '../../sight/expected.ts';
import { lookAt, repairContext, type RepositoryLook } from '../look/repository-look.ts';
import { doneCells, inEach, type RepositoryRun } from './repository-run.ts';

/**
 * Decides what is to be done about the pinned tags of the cells.
 *
 * @throws {InputError} PINNED_CONFLICT or PINNED_PARTIAL, for all that are wrong
 */
export async function surveyPinned(
  runs: readonly RepositoryRun[],
  cells: readonly Cell[],
  policy: PinnedPolicy,
): Promise<void> {
  await inEach(runs, async (run) => {
    const looked = await lookAtCells(run, cells);
    const context = repairContext(looked);
    run.begin(
      cells.map((cell) => ({ cell, decision: decidePinned(cell, context, policy) })),
      looked,
    );
  });
  const problems = runs.flatMap((run) =>
    run.survey.flatMap(({ decision }): Problem[] =>
      decision.kind === 'refused'
        ? [{ code: decision.code, where: run.name, message: decision.reason, fix: decision.fix }]
        : [],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** The cells' pinned tags and the convenience tags they own. What this run has put there counts as recorded. */
export async function lookAtCells(run: RepositoryRun, cells: readonly Cell[]): Promise<RepositoryLook> {
  const { registry, project, expected, options, past, world } = run;
  const wanted = tagsOfCells(cells, expected);
  const made = doneCells(run).flatMap(([cell, digest]) =>
    cell.pinned.map(({ tag }): readonly [string, Digest] => [tag, digest]),
  );
  const images = await Promise.all([...new Set(made.map(([, digest]) => digest))].map((digest) => run.inspect(digest)));
  const request = {
    repository: registry.repository,
    project,
    expected,
    options,
    inScope: (tag: string) => wanted.has(tag),
    content: 'all' as const,
    past: { pushing: past.pushing, digests: new Map([...past.digests, ...made]) },
    images: images.flatMap((image) => image ?? []),
  };
  return lookAt(registry, request, world);
}
