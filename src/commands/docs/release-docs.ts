/** `tagwright docs --release [VERSION]`: the images of a release, in its text on the forge. */
import { InputError } from '../../domain/errors.ts';
import { undated } from '../../domain/instant.ts';
import { formatRepository } from '../../domain/reference.ts';
import { builtVersion, compareReleases, type Release } from '../../domain/release.ts';
import { releaseMarkers, withOwnPart } from '../../report/markers.ts';
import { releaseText, type ReleasePage } from '../../report/release-text.ts';
import { journalFolder, type CommonOptions } from '../options.ts';
import { namedRelease, readProject, type Project } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { journaledMoves } from './journaled-moves.ts';
import { closedOutcome, refuseStranger, writtenOutcome } from './page-outcome.ts';
import { publishedCells } from './published-cells.ts';
import { checkPart, writePart } from './write-part.ts';

export interface ReleaseDocsRequest extends CommonOptions {
  readonly kind: 'release';
  /** `null`: the one that came out last. */
  readonly version: string | null;
  /** Print what would be written. */
  readonly dryRun: boolean;
}

export async function releaseDocs(request: ReleaseDocsRequest, world: World): Promise<Outcome> {
  refuseStranger('--release', world);
  const project = await readProject(request, world);
  const { config, image } = project;
  const release = request.version === null ? lastOut(project) : namedRelease(project, request.version);
  if (request.dryRun) {
    const page = await releasePageOf(project, release, request, world);
    return { stdout: releaseText(page, Number.POSITIVE_INFINITY), result: 'as-planned' };
  }
  const access = await world.releasePage(config.source, release.sourceText ?? builtVersion(release));
  if (access.kind === 'closed') return closedOutcome(access);
  const part = {
    page: access.page,
    markers: releaseMarkers(config.images.length === 1 ? '' : image.name),
    put: withOwnPart,
  };
  await checkPart(part, world.signal);
  const page = await releasePageOf(project, release, request, world);
  const done = await writePart({ ...part, inner: (room) => releaseText(page, room) }, world.signal);
  return writtenOutcome([{ name: access.page.name, done }]);
}

/** By date, and of those without one the highest. */
function lastOut({ known, image, factsFrom }: Project): Release {
  const out = known.releases.filter(({ yanked }) => yanked === null);
  const dated = out.filter(({ publishedAt }) => publishedAt !== undated);
  const [last] = (dated.length === 0 ? out : dated).toSorted(
    (a, b) => b.publishedAt - a.publishedAt || compareReleases(b, a, image.scheme),
  );
  if (last !== undefined) return last;
  const problem = { where: factsFrom, message: 'no release is known', fix: 'name the one that it is about' };
  throw new InputError([{ code: 'VERSION_UNKNOWN', ...problem }]);
}

export async function releasePageOf(
  project: Project,
  release: Release,
  options: CommonOptions,
  world: World,
): Promise<ReleasePage> {
  const { repositories } = project.image;
  const cells = await publishedCells(project, release, options, world);
  const version = release.version.text;
  const names = repositories.map(formatRepository);
  if (!cells.some(({ at }) => at.some(({ kind }) => kind === 'there'))) {
    const message = `no image of ${version} is there`;
    const fix = `publish it first: tagwright publish ${version}`;
    throw new InputError([{ code: 'DOCS_UNPUBLISHED', where: names.join(', '), message, fix }]);
  }
  const folder = options.journal ?? journalFolder;
  const moved = await journaledMoves(project, release, world.journals(folder), folder);
  return { version, withdrawn: release.yanked?.reason ?? null, repositories: names, cells, moved };
}
