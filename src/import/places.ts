/** One step that builds, in the jobs that a flavor comes from. */
import type { BuildSite } from './builds.ts';
import type { Combination } from './matrix.ts';
import { evaluateText, scopeOf, type Run } from './scope.ts';

export interface Place {
  readonly site: BuildSite;
  readonly jobs: readonly Combination[];
}

/** Stands for platforms that a file or a script says, which is asked for in a comment of its own. */
export const saidElsewhere = '${{ elsewhere }}';

/** The text that all of these jobs give; `null` where they differ or a run alone knows it. */
export function textOf(written: string, jobs: readonly Combination[], run: Run): string | null {
  const texts = jobs.map((job) => {
    const value = evaluateText(written, scopeOf(run, job));
    return value.kind === 'known' ? value.data.coerceString() : null;
  });
  const [first, ...others] = texts;
  return first !== undefined && others.every((other) => other === first) ? first : null;
}
