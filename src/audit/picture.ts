/**
 * The whole map as a picture: releases down, cells across, every convenience tag where it stands and where it should,
 * and who owned each of them over time. Plain data for reports.
 */
import type { Instant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import type { Cell } from '../plan/cell.ts';
import { ownerChanges } from '../plan/owner-changes.ts';
import { reachOf, type Reach } from '../plan/reach.ts';
import { releaseName } from '../plan/release-name.ts';
import { shapeColumns } from '../plan/shape-columns.ts';
import { tagLabel } from '../plan/tag-label.ts';
import type { Audited } from './audit.ts';
import { cellKey, type Expected, type ExpectedConvenience } from '../sight/expected.ts';
import { kinds, type FindingKind } from './kinds.ts';

export interface Picture {
  /** Cells that some release has: their axes, in the order of the config. */
  readonly columns: readonly Readonly<Record<string, string>>[];
  /** Highest first. */
  readonly releases: readonly PictureRelease[];
  /** Convenience tags, broadest rule last as the config has them. */
  readonly timelines: readonly Timeline[];
  /** How far the tags of each rule reach, by the rule's name. */
  readonly reaches: Readonly<Record<string, Reach>>;
  /** The page of the git repository that releases come from. */
  readonly sourceUrl: string | null;
}

export interface PictureRelease {
  readonly version: string;
  /** Its name on its forge: `v2.20.25`. */
  readonly name: string;
  readonly publishedAt: Instant;
  /** Why it owns nothing: `yanked: …`, `pre-release`; `null` for a final. */
  readonly remark: string | null;
  /** One for each column; `null` where it was not built. */
  readonly cells: readonly (PictureCell | null)[];
}

export interface PictureCell {
  /** `right`, or the kind of the first finding about one of its pinned tags. */
  readonly state: 'right' | FindingKind;
  /** The pinned tag that finding is about. */
  readonly tag: string | null;
  readonly holds: readonly HeldTag[];
}

/** A convenience tag at a cell. */
export interface HeldTag {
  readonly tag: string;
  /** What the tag says beyond the cell's own names: `2`, `2.20`, `2-latest`. */
  readonly label: string;
  /** `strayed`: it points here and should not; `awaited`: it should point here and does not. */
  readonly place: 'right' | 'strayed' | 'awaited';
}

export interface Timeline {
  readonly tag: string;
  readonly rule: string;
  readonly label: string;
  /** Releases that took the tag over, earliest first; `null` where nobody owned it from then on. */
  readonly takes: readonly { readonly version: string | null; readonly at: Instant }[];
  readonly owner: string | null;
  /** The release it points to; `null` where that is not known, or it is absent. */
  readonly actual: string | null;
  readonly state: 'right' | FindingKind;
}

/** @param known releases of the plan */
export function drawPicture(expected: Expected, audited: Audited, known: readonly Release[]): Picture {
  const findings = new Map(audited.findings.map(({ finding }) => [finding.tag, finding]));
  const holds = heldTags(expected, findings);
  const columns = shapeColumns(expected.image, expected.cells);
  const byRelease = new Map<Release, Map<string, Cell>>();
  for (const cell of expected.cells) {
    const cells = byRelease.get(cell.release) ?? new Map<string, Cell>();
    cells.set(cellKey('', cell.shape.axes), cell);
    byRelease.set(cell.release, cells);
  }
  const releases = [...byRelease].map(([release, cells]): PictureRelease => ({
    version: release.version.text,
    name: releaseName(release),
    publishedAt: release.publishedAt,
    remark: remarkOf(release),
    cells: columns.map((axes) => {
      const cell = cells.get(cellKey('', axes));
      return cell === undefined ? null : pictureCell(cell, findings, holds);
    }),
  }));
  const timelines = [...expected.tags.values()].flatMap((tag) =>
    tag.kind === 'convenience' ? [timelineOf(tag, expected, { findings, known })] : [],
  );
  const { rules, sourceUrl } = expected.image;
  const reaches = Object.fromEntries(rules.map((rule) => [rule.name, reachOf(rule)]));
  return { columns, releases: releases.toReversed(), timelines, reaches, sourceUrl };
}

type Findings = ReadonlyMap<string, Audited['findings'][number]['finding']>;

function heldTags(expected: Expected, findings: Findings): ReadonlyMap<string, readonly HeldTag[]> {
  const holds = new Map<string, HeldTag[]>();
  const add = (version: string, axes: Readonly<Record<string, string>>, held: HeldTag): void => {
    const key = cellKey(version, axes);
    holds.set(key, [...(holds.get(key) ?? []), held]);
  };
  for (const tag of expected.tags.values()) {
    if (tag.kind !== 'convenience') continue;
    const { owner } = tag;
    const finding = findings.get(tag.tag);
    const label = labelOf(tag, expected);
    const isRight = finding === undefined || isInPlace(finding);
    if (owner !== null) {
      const place = isRight ? 'right' : 'awaited';
      add(owner.release.version.text, owner.shape.axes, { tag: tag.tag, label, place });
    }
    const actual = finding?.actual.owner ?? null;
    if (isRight || actual === null) continue;
    const isOwners =
      owner !== null && cellKey(actual.version, actual.axes) === cellKey(owner.release.version.text, owner.shape.axes);
    if (isOwners) continue;
    // On another cell's image the short label would be read as that cell's own tag.
    const isOwnCell = owner !== null && cellKey('', actual.axes) === cellKey('', owner.shape.axes);
    add(actual.version, actual.axes, { tag: tag.tag, label: isOwnCell ? label : tag.tag, place: 'strayed' });
  }
  return holds;
}

/** A kind that is about the inside may also be true of a tag in the wrong place: then the place counts. */
function isInPlace({ kind, expected, actual }: Audited['findings'][number]['finding']): boolean {
  return kinds[kind].onMap === 'owner' && (expected.digest === null || expected.digest === actual.digest);
}

function pictureCell(cell: Cell, findings: Findings, holds: ReadonlyMap<string, readonly HeldTag[]>): PictureCell {
  const finding = cell.pinned.map(({ tag }) => findings.get(tag)).find((found) => found !== undefined);
  return {
    state: finding?.kind ?? 'right',
    tag: finding?.tag ?? null,
    holds: holds.get(cellKey(cell.release.version.text, cell.shape.axes)) ?? [],
  };
}

function remarkOf(release: Release): string | null {
  if (release.yanked !== null) return `yanked: ${release.yanked.reason}`;
  if (release.prerelease) return 'pre-release';
  return release.version.kind === 'post' ? 'post release' : null;
}

function timelineOf(
  tag: ExpectedConvenience,
  expected: Expected,
  { findings, known }: { readonly findings: Findings; readonly known: readonly Release[] },
): Timeline {
  const finding = findings.get(tag.tag);
  const owner = tag.owner?.release.version.text ?? null;
  return {
    tag: tag.tag,
    rule: tag.rule.name,
    label: labelOf(tag, expected),
    takes: takesOf(tag, expected, known),
    owner,
    actual: finding === undefined ? owner : (finding.actual.owner?.version ?? null),
    state: finding?.kind ?? 'right',
  };
}

function takesOf(
  { tag, rule }: ExpectedConvenience,
  expected: Expected,
  releases: readonly Release[],
): Timeline['takes'] {
  const claims = expected.candidates(tag).filter((cell) => !expected.leftOutCells.has(cell));
  return ownerChanges(claims, rule, expected.image, releases).map(({ at, to }) => ({
    version: to?.release.version.text ?? null,
    at,
  }));
}

function labelOf({ tag, rule }: ExpectedConvenience, expected: Expected): string {
  return tagLabel(tag, rule, expected.candidates(tag)[0]?.release);
}
