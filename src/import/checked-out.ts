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

/** The folder in which a job has its own git repository; `''` for the one in which it runs. */
export function checkedOutAt({ site, jobs }: Place): string {
  const { job, step, run } = site;
  const input = (written: string): string => (textOf(written, jobs, run) ?? written).trim();
  const own = job.steps.slice(0, job.steps.indexOf(step)).filter(({ uses, inputs }) => {
    const repository = input(inputs.get('repository')?.value ?? '').toLowerCase();
    return uses === 'actions/checkout' && (repository === '' || repository === run.repository?.toLowerCase());
  });
  const folders = own.map(({ inputs }) => input(inputs.get('path')?.value ?? '').replaceAll(/^(?:\.\/)+|\/+$/g, ''));
  const [folder = '', ...others] = new Set(folders.map((path) => (path === '.' ? '' : path)));
  return others.length === 0 ? folder : '';
}

/** A path of the job, as it is in the git repository; `null` where it is not in there. */
export function fromCheckout(folder: string, path: string): string | null {
  if (folder === '' || folder === path) return folder === '' ? path : '.';
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}
