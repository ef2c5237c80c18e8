/** The files of a pipeline of GitLab that lie in its own repository: `.gitlab-ci.yml` and what it includes from there. */
import { InputError } from '../domain/errors.ts';
import { isIncludedBy, readPipelineFile, type PipelineFile } from '../import/gitlab-pipeline.ts';
import type { FileEntry, ProjectFiles } from '../ports.ts';

export const pipelinePath = '.gitlab-ci.yml';

const unreadable: Readonly<Record<Exclude<FileEntry, 'nothing' | 'file'>, string>> = {
  folder: 'a folder, not a file',
  special: 'a device, pipe or socket, not a file',
  'broken link': 'a symbolic link to a file that is not there',
  outside: 'a symbolic link that leads out of the repository',
};

/**
 * @param up from the folder of the files to the top of the git repository, with a `/` at its end
 * @returns `null` where there is none
 * @throws {InputError} WORKFLOW_INVALID for anything else than a file
 */
export async function readPipelineText(files: ProjectFiles, up = ''): Promise<string | null> {
  const path = `${up}${pipelinePath}`;
  const there = await files.entry(path);
  if (there === 'nothing') return null;
  if (there === 'file') return files.read(path);
  const fix = 'make it a file of the repository, or remove it: GitLab reads its pipeline from there';
  throw new InputError([{ code: 'WORKFLOW_INVALID', where: pipelinePath, message: unreadable[there], fix }]);
}

export interface PipelineFiles {
  /** Each once, in the order in which GitLab merges them: what a later one says wins. The pipeline itself is the last. */
  readonly files: readonly PipelineFile[];
  readonly main: PipelineFile;
  /** Paths of those that some pipelines are without. */
  readonly conditional: ReadonlySet<string>;
  /** What else is included, as messages name it: files elsewhere, and those that are not there. */
  readonly unread: readonly string[];
}

/** As many as GitLab takes. @see https://docs.gitlab.com/administration/settings/continuous_integration/ */
const maxIncludes = 150;

export interface PipelineFolder {
  readonly read: ProjectFiles['read'];
  /** Every path of the repository; asked for only if an include has a wildcard. */
  readonly paths: () => Promise<readonly string[]>;
}

/**
 * @param text of `.gitlab-ci.yml`
 * @throws {InputError} WORKFLOW_INVALID for a file that is not a pipeline
 */
export async function readPipelineFiles(text: string, folder: PipelineFolder): Promise<PipelineFiles> {
  const main = readPipelineFile(pipelinePath, text);
  const files: PipelineFile[] = [];
  const unread = new Set<string>();
  const seen = new Set([pipelinePath]);
  const conditional = new Set<string>();
  const add = async (file: PipelineFile): Promise<void> => {
    for (const include of file.includes) {
      if (include.kind === 'elsewhere') {
        unread.add(include.name);
        continue;
      }
      const paths = include.path.includes('*')
        ? (await folder.paths()).filter((path) => isIncludedBy(include, path)).toSorted()
        : [include.path];
      for (const path of paths) {
        if (seen.has(path)) continue;
        seen.add(path);
        if (include.isConditional || conditional.has(file.path)) conditional.add(path);
        const isInside = !path.split('/').includes('..');
        const found = isInside && seen.size <= maxIncludes ? await folder.read(path) : null;
        if (found === null) unread.add(`local ${path}`);
        else await add(readPipelineFile(path, found));
      }
    }
    files.push(file);
  };
  await add(main);
  return { files, main, conditional, unread: [...unread] };
}

/** Of the file that has the last word; `null` if none of them names any. */
export function stagesOf({ files }: PipelineFiles): readonly string[] | null {
  return files.findLast(({ stages }) => stages !== null)?.stages ?? null;
}
