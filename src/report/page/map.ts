/** The map: a table of releases and images, with the convenience tags on them. */
import type { HeldTag, Picture, PictureCell, PictureRelease } from '../../audit/picture.ts';
import { isQuiet } from '../../audit/kinds.ts';
import type { Cell, GridPart, GridRow, Pill } from '../../browser/page-data.ts';
import { columnsOf } from './columns.ts';
import { dayOf, type RowTag } from './texts.ts';

export function mapPart(picture: Picture, id: string, prefix: string, rowTag: RowTag): GridPart {
  return {
    kind: 'grid',
    id,
    prefix,
    title: 'Map',
    lead: 'Releases down, images across, and on them the convenience tags.',
    legend: 'map',
    caption:
      'Every release with its images: whether the pinned tags are right, and which convenience tags point to them.',
    corner: 'release',
    ...columnsOf(picture.columns),
    rows: picture.releases.map((release, index) => rowOf(release, picture.releases[index - 1], rowTag)),
  };
}

function rowOf(release: PictureRelease, before: PictureRelease | undefined, rowTag: RowTag): GridRow {
  const { version, publishedAt, remark, cells } = release;
  const held = cells.flatMap((cell) => cell?.holds.map(({ tag }) => tag) ?? []);
  return {
    head: version,
    sub: dayOf(publishedAt),
    ...(remark === null ? {} : { remark }),
    // Releases of one minor series stand together.
    ...(before === undefined || seriesOf(before) === seriesOf(release) ? {} : { first: true }),
    ...(held.length === 0 ? {} : { find: held.join(' ') }),
    cells: cells.map((cell) => cellOf(cell, rowTag)),
  };
}

function seriesOf({ version }: PictureRelease): string {
  return /^v?\d+\.\d+/.exec(version)?.[0] ?? version;
}

function cellOf(cell: PictureCell | null, rowTag: RowTag): Cell {
  if (cell === null) return 0;
  const isBad = cell.state !== 'right' && !isQuiet(cell.state);
  if (!isBad && cell.holds.length === 0) return 1;
  const pills = cell.holds.map((held) => pillOf(held, rowTag));
  return isBad && cell.tag !== null ? { state: cell.state, tag: rowTag(cell.tag) ?? cell.tag, pills } : { pills };
}

function pillOf({ tag, label, place }: HeldTag, rowTag: RowTag): Pill {
  const row = rowTag(tag);
  if (place === 'right' || row === null) return { label };
  return { label, place, tag, ...(row === tag ? {} : { row }) };
}
