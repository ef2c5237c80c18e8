/** `tagwright docs --push`: the table of supported tags, in the overview of each repository on Docker Hub. */
import { overviewBytes } from '../../domain/docker-hub.ts';
import { InputError } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { betweenMarkers, tagMarkers, withOwnPart } from '../../report/markers.ts';
import type { SupportedLayout } from '../../report/supported-layouts.ts';
import { supportedTagsWithin } from '../../report/supported-tags.ts';
import type { CommonOptions } from '../options.ts';
import { readProject } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { closedOutcome, refuseStranger, writtenOutcome } from './page-outcome.ts';
import { supportedOf } from './supported-of.ts';
import { checkPart, writePart, type Part } from './write-part.ts';

export interface PushDocsRequest extends CommonOptions {
  readonly kind: 'push';
  readonly layout: SupportedLayout;
  /** Releases whose tags are shown; `null`: all. */
  readonly range: string | null;
  /** Print what would be written. */
  readonly dryRun: boolean;
}

export async function pushDocs(request: PushDocsRequest, world: World): Promise<Outcome> {
  refuseStranger('--push', world);
  const project = await readProject(request, world);
  const cells = supportedOf(project, request.range);
  const onHub = project.image.repositories.filter(({ registry }) => registry === 'docker.io');
  const [first] = onHub;
  if (first === undefined) throw notOnHub(project.image.repositories);
  const tableFor = (repository: Repository, room: number): string =>
    supportedTagsWithin(cells, request.layout, room, allTags(repository));
  // A dry run has no overview that takes some of it.
  if (request.dryRun) return { stdout: tableFor(first, overviewBytes), result: 'as-planned' };
  const accesses = await Promise.all(
    onHub.map(async (repository) => ({ repository, access: await world.overviewPage(repository) })),
  );
  const parts: Part[] = [];
  for (const { repository, access } of accesses) {
    if (access.kind === 'closed') return closedOutcome(access);
    parts.push(partOf(access.page, (room) => tableFor(repository, room)));
  }
  for (const part of parts) await checkPart(part, world.signal);
  const written = [];
  for (const part of parts) written.push({ name: part.page.name, done: await writePart(part, world.signal) });
  return writtenOutcome(written);
}

/** An empty overview becomes ours; in any other a person says where the table belongs. */
function partOf(page: Part['page'], inner: Part['inner']): Part {
  return {
    page,
    markers: tagMarkers,
    put: (text, own, where, markers) =>
      text.trim() === '' ? withOwnPart('', own, where, markers) : betweenMarkers(text, own, where, markers),
    inner,
  };
}

/** The page with every tag. */
function allTags({ path }: Repository): string {
  const place = path.startsWith('library/') ? `_/${path.slice('library/'.length)}` : `r/${path}`;
  return `https://hub.docker.com/${place}/tags`;
}

function notOnHub(repositories: readonly Repository[]): InputError {
  const message = `${repositories.map(formatRepository).join(', ')}: none is on Docker Hub`;
  return new InputError([
    { code: 'USAGE', where: '--push', message, fix: 'leave it out, or add docker.io/NAME to the config' },
  ]);
}
