/** `tagwright docs [FILE…] [--check]`: the tags that people can pull, between the markers of a file. Asks no registry. */
import { InputError, type Problem } from '../domain/errors.ts';
import type { VersionRange } from '../domain/version.ts';
import { quote } from '../domain/tag.ts';
import { moveRank } from '../plan/plan.ts';
import { supportedCells, type SupportedTags } from '../plan/supported.ts';
import { betweenMarkers } from '../report/markers.ts';
import { supportedTags, type SupportedCell, type SupportedLayout } from '../report/supported-tags.ts';
import type { CommonOptions } from './options.ts';
import { readProject, required, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface DocsOptions extends CommonOptions {
  /** Relative to the working directory; none: `README.md`. */
  readonly files: readonly string[];
  readonly check: boolean;
  readonly layout: SupportedLayout;
  /** Releases whose tags are shown; `null`: all. */
  readonly range: string | null;
}

/** @throws {InputError} DOCS_MARKERS for a file without its markers, DOCS_DRIFT with `check`; nothing is written then */
export async function docsCommand(options: DocsOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const cells = supportedCells(project.tags, rangeOf(options, project)).map((found) => shown(found, project));
  const table = supportedTags(cells, options.layout);
  const files = await Promise.all(
    (options.files.length === 0 ? ['README.md'] : options.files).map(async (path) => {
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
  if (options.check && changed.length > 0) throw new InputError(changed.map(({ path }) => driftProblem(path)));
  const isChanged = new Set(changed.map(({ path }) => path));
  const lines = files.map(({ path }) => `${path} ${isChanged.has(path) ? 'written' : 'unchanged'}`);
  return { stdout: `${lines.join('\n')}\n`, result: 'as-planned', files: changed };
}

function rangeOf({ range }: DocsOptions, { image }: Project): VersionRange | null {
  if (range === null) return null;
  const parsed = image.scheme.parseRange(range);
  if (parsed !== null) return parsed;
  const message = `${quote(range)} is no range of ${image.scheme.name} versions`;
  throw new InputError([{ code: 'RANGE_INVALID', where: '--range', message, fix: "write a range such as '>=2.20'" }]);
}

/** A tag of a commit is for machines. */
function shown({ cell, convenience }: SupportedTags, { image }: Project): SupportedCell {
  const ofCommit = new Set(
    image.rules.filter(({ template }) => template.names.has('revision')).map(({ name }) => name),
  );
  return {
    version: cell.release.version.text,
    axes: cell.shape.axes,
    platforms: cell.platforms,
    pinned: cell.pinned.filter(({ rule }) => !ofCommit.has(rule)).map(({ tag }) => tag),
    convenience: convenience.map((tag) => ({ tag: tag.tag, breadth: moveRank(tag) })),
  };
}

function driftProblem(path: string): Problem {
  return {
    code: 'DOCS_DRIFT',
    where: path,
    message: 'the table between its markers is not the one that the plan gives',
    fix: 'run tagwright docs, look at the difference, and commit it',
  };
}
