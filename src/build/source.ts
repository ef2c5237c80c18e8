/** Where the files of a build come from: the release's commit, the config's, or whatever lies in the working tree. */
import type { Problem } from '../domain/errors.ts';
import { sourceLabel } from '../domain/labels.ts';
import { wholeClone } from '../domain/whole-clone.ts';

export type ContextSource = 'release' | 'config';

/** The folders that a config's paths are relative to while a cell is built. */
export interface BuildRoots {
  readonly context: string;
  readonly dockerfile: string;
  /** What the image says of its source besides what every image says. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Dockerfile and context lie in the config's own folder. */
export function rootsAt(root: string, labels: BuildRoots['labels'] = {}): BuildRoots {
  return { context: root, dockerfile: root, labels };
}

/** What says of an image that nobody knows which files it was built from. */
export function workingTreeLabels(fromWorkingTree: boolean): BuildRoots['labels'] {
  return fromWorkingTree ? { [sourceLabel]: 'working-tree' } : {};
}

export interface SourceCase {
  /** As the config says it. */
  readonly written: ContextSource | null;
  /** The config lies in a git working tree. */
  readonly inGit: boolean;
  /** The facts' revisions are commits of that git repository, whether or not this clone has them. */
  readonly isOwn: boolean;
  /** The Dockerfile reads its main context. */
  readonly reads: boolean;
}

export function chooseSource({ written, inGit, isOwn, reads }: SourceCase): ContextSource {
  if (written !== null) return written;
  return inGit && isOwn && reads ? 'release' : 'config';
}

/** What keeps a build from the commit of a release. `null`: nothing. */
export function commitProblem(
  { version, revision }: { readonly version: string; readonly revision: string | null },
  found: { readonly inGit: boolean; readonly isThere: boolean },
): Problem | null {
  const problem = (message: string, fix: string): Problem => ({
    code: 'CONTEXT_MISSING',
    where: `the build context of ${version}`,
    message,
    fix,
  });
  const instead = "write context: { from: 'config' } to build from the config's commit";
  if (!found.inGit) return problem('the config is not in a git working tree, so there is no commit to build', instead);
  if (revision === null) return problem('the sources do not say which commit the release is', instead);
  if (found.isThere) return null;
  const fix = `run \`git fetch --tags\` (${wholeClone}; in a shallow clone: \`--unshallow\`)`;
  return problem(`this clone does not have the commit ${revision}`, fix);
}

/** A Dockerfile that is written by hand is the commit's own, and the context is a folder of the commit. */
export function missingAtCommit(path: string, what: 'Dockerfile' | 'folder', revision: string): Problem {
  const message = `the commit ${revision} has no ${what} ${path}`;
  const fix =
    what === 'Dockerfile'
      ? "render it from a template, which builds every release, or write context: { from: 'config' }"
      : "name a folder that the release has, or write context: { from: 'config' }";
  return { code: 'CONTEXT_MISSING', where: path, message, fix };
}

/** What is handed to another build tool is built from the files that lie here, whatever commit they are of. */
export function otherCommitProblem(where: string, revision: string, head: string | null): Problem {
  return {
    code: 'CONTEXT_MISSING',
    where,
    message: `what lies here is ${head === null ? 'no commit' : `the commit ${head}`}, and the release is ${revision}`,
    fix: 'check the release out; --from-working-tree builds the files as they are and says so in a label',
  };
}

const shown = 5;

/** Nobody could tell later what such an image was built from. */
export function uncommittedProblem(where: string, paths: readonly string[]): Problem {
  const more = paths.length > shown ? ` and ${paths.length - shown} more` : '';
  return {
    code: 'CONTEXT_UNCOMMITTED',
    where,
    message: `${paths.slice(0, shown).join(', ')}${more} would be built without being committed`,
    fix: 'commit, ignore or remove them; --from-working-tree builds them as they are and says so in a label',
  };
}
