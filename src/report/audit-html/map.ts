/** The map: a table of releases and images, with the convenience tags on them. */
import type { HeldTag, Picture, PictureCell, PictureRelease } from '../../audit/picture.ts';
import { groupBy } from '../../domain/group-by.ts';
import { isQuiet } from '../../audit/kinds.ts';
import { dayOf, type IdOf } from './texts.ts';

export function mapOf(picture: Picture, idOf: IdOf): Readonly<Record<string, unknown>> {
  const axes = Object.keys(picture.columns[0] ?? {});
  // The first axis names the columns of a group, the others name the group.
  const [inner = '', ...outer] = axes;
  const groupName = (column: Readonly<Record<string, string>>): string => outer.map((axis) => column[axis]).join(' ');
  const names = picture.columns.map(groupName);
  const columns = picture.columns.map((column, index) => ({
    name: column[inner] ?? '',
    first: index === 0 || names[index - 1] !== names[index],
  }));
  return {
    twoLevels: outer.length > 0,
    columnGroups: [...groupBy(names, (name) => name)].map(([name, members]) => ({ name, span: members.length })),
    columns,
    series: [...groupBy(picture.releases, seriesOf).values()].map((releases) => ({
      releases: releases.map((release) => ({
        version: release.version,
        date: dayOf(release.publishedAt),
        remark: release.remark ?? '',
        find: [release.version, ...release.cells.flatMap((cell) => cell?.holds.map(({ tag }) => tag) ?? [])]
          .join(' ')
          .toLowerCase(),
        cells: release.cells.map((cell, index) => cellView(cell, columns[index]?.first === true, idOf)),
      })),
    })),
  };
}

/** Releases of one minor series stand together. */
function seriesOf({ version }: PictureRelease): string {
  return /^v?\d+\.\d+/.exec(version)?.[0] ?? version;
}

function cellView(cell: PictureCell | null, isFirst: boolean, idOf: IdOf): Readonly<Record<string, unknown>> {
  const isBad = cell !== null && cell.state !== 'right' && !isQuiet(cell.state);
  return {
    class: [isBad ? 'bad' : '', isFirst ? 'first' : ''].join(' ').trim(),
    built: cell !== null,
    state: cell?.state ?? '',
    href: isBad ? idOf(cell.tag) : '',
    holds: (cell?.holds ?? []).map((held) => heldView(held, idOf)),
  };
}

function heldView({ tag, label, place }: HeldTag, idOf: IdOf): Readonly<Record<string, unknown>> {
  const say = place === 'strayed' ? `${tag} points here and should not` : `${tag} should point here`;
  return { label, place: place === 'right' ? '' : place, href: place === 'right' ? '' : idOf(tag), say };
}
