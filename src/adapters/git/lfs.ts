/**
 * Files that git LFS keeps elsewhere: the checkout has a pointer, and what it points to is in the clone if it was fetched.
 *
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
import { chmod, copyFile, lstat, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, type Problem } from '../../domain/errors.ts';
import { runGit, type GitPlace } from './run-git.ts';

const maxPointerBytes = 1024;

/**
 * Puts the files in the place of their pointers.
 *
 * @param gitFolder `.git` of the clone that may have them
 * @param prefix of their paths in messages
 * @throws {InputError} CONTEXT_MISSING with every file that the clone does not have
 */
export async function placeLfsFiles(to: GitPlace, gitFolder: string | null, prefix: string): Promise<void> {
  const paths = await runGit(to, ['ls-files', '-z']);
  const checked = await runGit(to, ['check-attr', '-z', '--stdin', 'filter'], { input: paths });
  const fields = checked.split('\0');
  const kept = fields.filter((_, index) => index % 3 === 0 && fields[index + 2] === 'lfs');
  if (kept.length === 0) return;
  const objects = gitFolder === null ? null : join(gitFolder, 'lfs', 'objects');
  const problems: Problem[] = [];
  for (const path of kept) {
    const file = join(to.folder, path);
    const id = await pointsTo(file);
    if (id !== null && (objects === null || !(await place(objects, id, file))))
      problems.push(missing(`${prefix}${path}`));
  }
  if (problems.length > 0) throw new InputError(problems);
}

async function pointsTo(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null);
  if (found === null || !found.isFile() || found.size > maxPointerBytes) return null;
  const text = await readFile(file, 'utf8');
  return (
    /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:(?<id>[0-9a-f]{64})$/m.exec(text)
      ?.groups?.['id'] ?? null
  );
}

/** @returns whether the clone has it */
async function place(objects: string, id: string, file: string): Promise<boolean> {
  const object = join(objects, id.slice(0, 2), id.slice(2, 4), id);
  if ((await stat(object).catch(() => null))?.isFile() !== true) return false;
  const { mode } = await stat(file);
  await rm(file);
  await copyFile(object, file);
  await chmod(file, mode);
  return true;
}

function missing(path: string): Problem {
  return {
    code: 'CONTEXT_MISSING',
    where: path,
    message: 'git LFS keeps this file, and the clone has its pointer alone',
    fix: 'run `git lfs fetch --all` (actions/checkout: `lfs: true` has only the files of the commit checked out)',
  };
}
