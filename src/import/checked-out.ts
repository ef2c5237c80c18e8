/** Files that a job gets from another git repository than its own. */
import { textOf, type Place } from './places.ts';

/** A sentence for each checkout of another repository that one of these files lies in. */
export function checkedOutElsewhere({ site, jobs }: Place, files: readonly string[]): string[] {
  const { job, step, run } = site;
  const input = (written: string): string => (textOf(written, jobs, run) ?? written).trim();
  const before = job.steps.slice(0, job.steps.indexOf(step)).filter(({ uses }) => uses === 'actions/checkout');
  return before.flatMap(({ inputs }) => {
    const repository = input(inputs.get('repository')?.value ?? '');
    if (repository === '' || repository.toLowerCase() === run.repository?.toLowerCase()) return [];
    const folder = input(inputs.get('path')?.value ?? '').replaceAll(/^(?:\.\/)+|\/+$/g, '');
    const isIn = (file: string): boolean => folder === '' || folder === '.' || `${file}/`.startsWith(`${folder}/`);
    const own = files.filter(isIn);
    return own.length === 0 ? [] : [`CHECK THIS: ${own.join(' and ')}: from ${repository}, which the job checks out`];
  });
}
