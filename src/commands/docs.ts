/**
 * `tagwright docs [FILE…] [--check]`: the tags that people can pull, between the markers of a file. Asks no registry.
 * With `--release` the images of a release, in its text on the forge; with `--push` the tags, in Docker Hub's overview.
 */
import { assertNever, InputError, type Problem } from '../domain/errors.ts';
import { betweenMarkers } from '../report/markers.ts';
import type { SupportedLayout } from '../report/supported-layouts.ts';
import { supportedTags } from '../report/supported-tags.ts';
import type { PushDocsRequest } from './docs/push-docs.ts';
import type { ReleaseDocsRequest } from './docs/release-docs.ts';
import { supportedOf } from './docs/supported-of.ts';
import type { CommonOptions } from './options.ts';
import { readProject, required } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export type DocsRequest = FilesRequest | ReleaseDocsRequest | PushDocsRequest;

export interface FilesRequest extends CommonOptions {
  readonly kind: 'files';
  /** Relative to the working directory; none: `README.md`. */
  readonly files: readonly string[];
  readonly check: boolean;
  readonly layout: SupportedLayout;
  /** Releases whose tags are shown; `null`: all. */
  readonly range: string | null;
}

export async function docsCommand(request: DocsRequest, world: World): Promise<Outcome> {
  switch (request.kind) {
    case 'files':
      return fileDocs(request, world);
    case 'release':
      return (await import('./docs/release-docs.ts')).releaseDocs(request, world);
    case 'push':
      return (await import('./docs/push-docs.ts')).pushDocs(request, world);
    default:
      return assertNever(request);
  }
}

/** @throws {InputError} DOCS_MARKERS for a file without its markers, DOCS_DRIFT with `check`; nothing is written then */
async function fileDocs(request: FilesRequest, world: World): Promise<Outcome> {
  const project = await readProject(request, world);
  const table = supportedTags(supportedOf(project, request.range), request.layout);
  const files = await Promise.all(
    (request.files.length === 0 ? ['README.md'] : request.files).map(async (path) => {
      const before = await world.readText(path);
      return { path, before, result: betweenMarkers(before, table, path) };
    }),
  );
  const problems = files.flatMap(({ result }) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw new InputError(problems);
  const changed = files.flatMap(({ path, before, result }) => {
    const text = required(result);
    return text === before ? [] : [{ path, text }];
  });
  if (request.check && changed.length > 0) throw new InputError(changed.map(({ path }) => driftProblem(path)));
  const isChanged = new Set(changed.map(({ path }) => path));
  const lines = files.map(({ path }) => `${path} ${isChanged.has(path) ? 'written' : 'unchanged'}`);
  return { stdout: `${lines.join('\n')}\n`, result: 'as-planned', files: changed };
}

function driftProblem(path: string): Problem {
  return {
    code: 'DOCS_DRIFT',
    where: path,
    message: 'the table between its markers is not the one that the plan gives',
    fix: 'run tagwright docs, look at the difference, and commit it',
  };
}
