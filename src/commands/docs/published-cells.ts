/** What the registries have of a release: images, sizes, and the tags that point to them. Reads only. */
import type { Digest } from '../../domain/digest.ts';
import { assertNever, OutsideError } from '../../domain/errors.ts';
import { imageSizes, type PlatformSize } from '../../domain/image-size.ts';
import type { Release } from '../../domain/release.ts';
import { eachInTurn } from '../../domain/several.ts';
import { describeCell, fullTag, type Cell } from '../../plan/cell.ts';
import { moveRank } from '../../plan/plan.ts';
import type { PageCell, PageImage } from '../../report/release-text.ts';
import { tagsOfCells, type Expected } from '../../sight/expected.ts';
import { expectedOf } from '../look/expected-of.ts';
import { lookAt, type RepositoryLook } from '../look/repository-look.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { tagsForPeople } from './tags-for-people.ts';

/**
 * The cells of the release, the one with the broadest tag first.
 *
 * @throws {OutsideError} TAG_UNKNOWN if a registry does not answer for an image: half of a text would look whole
 */
export async function publishedCells(
  project: Project,
  release: Release,
  options: CommonOptions,
  world: World,
): Promise<readonly PageCell[]> {
  const expected = await expectedOf(project, options, world);
  const cells = expected.cells.filter((cell) => cell.release === release);
  const wanted = tagsOfCells(cells, expected);
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const looks = await eachInTurn(project.image.repositories, (repository) =>
      lookAt(
        registries.open(repository),
        { repository, project, expected, options, inScope: (tag) => wanted.has(tag), content: 'all' },
        world,
      ),
    );
    return cells
      .map((cell) => ({ page: pageCell(cell, looks, expected, project), breadth: breadthOf(cell, expected) }))
      .toSorted((a, b) => b.breadth - a.breadth)
      .map(({ page }) => page);
  } finally {
    await registries.close();
  }
}

function breadthOf(cell: Cell, expected: Expected): number {
  const ranks = expected.owned(cell).map((tag) => rankOf(tag, expected));
  return Math.max(-1, ...ranks);
}

function rankOf(tag: string, { tags }: Expected): number {
  const planned = tags.get(tag);
  return planned?.kind === 'convenience' ? moveRank(planned.planned) : -1;
}

function pageCell(cell: Cell, looks: readonly RepositoryLook[], expected: Expected, { image }: Project): PageCell {
  const at = looks.map((look) => imageIn(look, cell));
  const owned = expected.owned(cell).toSorted((a, b) => rankOf(b, expected) - rankOf(a, expected));
  const isThere = (tag: string): boolean =>
    looks.every((look, index) => {
      const found = at[index];
      return found?.kind !== 'there' || pointsTo(tag, look) === found.digest;
    });
  const [first = fullTag(cell), ...others] = tagsForPeople(cell, image);
  const has = at.some(({ kind }) => kind === 'there');
  return {
    axes: cell.shape.axes,
    pinned: [first, ...others],
    followed: has ? owned.filter(isThere) : [],
    sizes: looks.map((look, index) => sizesIn(look, at[index])).find((sizes) => sizes.length > 0) ?? [],
    at,
  };
}

function imageIn({ audited, name }: RepositoryLook, cell: Cell): PageImage {
  const image = audited.sight.image(cell);
  switch (image.state) {
    case 'sound':
      return { kind: 'there', digest: image.digest };
    case 'unknown':
      throw new OutsideError('TAG_UNKNOWN', `${name}: ${describeCell(cell)}: ${image.reason}; nothing was written`);
    case 'doubt':
      return { kind: 'doubt' };
    case 'absent':
      return { kind: 'absent' };
    default:
      return assertNever(image);
  }
}

function pointsTo(tag: string, { audited: { sight }, name }: RepositoryLook): Digest | null {
  const seen = sight.input.seen.get(tag);
  if (seen?.kind === 'unknown')
    throw new OutsideError('TAG_UNKNOWN', `${name}:${tag}: ${seen.reason}; nothing was written`);
  return sight.digestAt(tag);
}

function sizesIn({ audited: { sight } }: RepositoryLook, at: PageImage | undefined): readonly PlatformSize[] {
  const content = at?.kind === 'there' ? sight.input.contents.get(at.digest) : undefined;
  return content?.kind === 'read' ? imageSizes(content.image) : [];
}
