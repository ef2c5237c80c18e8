/** Audits of a registry that is described, not asked: the plan's own state, and what a test changes in it. */
import { createHash } from 'node:crypto';
import { auditTags, type Audited } from '../../src/audit/audit.ts';
import { expectTags, type Expected } from '../../src/sight/expected.ts';
import type { AuditInput } from '../../src/audit/input.ts';
import { noPastPushes, type Content } from '../../src/sight/input.ts';
import type { Finding } from '../../src/audit/types.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import type { InspectedImage } from '../../src/domain/image.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { absent, type Seen } from '../../src/domain/snapshot.ts';
import type { Cell } from '../../src/plan/cell.ts';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { planned, type Planned } from './history.ts';

export interface AuditCase extends Planned {
  readonly expected: Expected;
}

export function auditCase(config: MatrixConfig, facts: readonly ReleaseFact[]): AuditCase {
  const made = planned(config, facts);
  const leftOut = made.known.excluded.map(({ release, reason, holdsTags = false }) => ({
    tags: resolveTags(made.image, [release], shapeFinder(made.image, [release], 'releases.json')),
    reason: `excluded: ${reason}`,
    holdsTags,
  }));
  return { ...made, expected: expectTags(made.image, made.tags, leftOut) };
}

/** A digest that stands for whatever the text names. */
export function digestFor(text: string): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  if (digest === null) throw new Error('a sha256 hash did not read as a digest');
  return digest;
}

export function cellDigest(cell: Cell): Digest {
  return digestFor(JSON.stringify([cell.release.version.text, cell.shape.axes]));
}

/** A tag that points to the digest, as a registry that was asked by GET says it. */
export function on(digest: Digest, mediaType: string = mediaTypes.ociIndex): Seen {
  return { kind: 'present', descriptor: { mediaType, digest, sizeBytes: 1000 }, hashed: true };
}

/** A registry that equals the plan. */
export function healthy({ expected }: AuditCase): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const tag of expected.tags.values()) {
    const cell = tag.kind === 'pinned' ? tag.cell : tag.owner;
    const isSingle = cell !== null && cell.platforms.length < 2;
    seen.set(
      tag.tag,
      cell === null ? absent : on(cellDigest(cell), isSingle ? mediaTypes.ociManifest : mediaTypes.ociIndex),
    );
  }
  return seen;
}

/** What the image of a cell holds, as inspection reads it; `says` changes what its labels and environment say. */
export function contentOf(
  made: AuditCase,
  cell: Cell,
  says: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly platforms?: readonly string[];
    readonly python?: string;
  } = {},
): Content {
  const platforms = says.platforms ?? cell.platforms;
  const labels = says.labels ?? expectedLabels(cell, made.image);
  const digest = cellDigest(cell);
  const image: InspectedImage = {
    digest,
    mediaType: mediaTypes.ociIndex,
    kind: 'index',
    platforms,
    configs: platforms.map((platform) => ({
      platform,
      digest: digestFor(`${digest} ${platform}`),
      labels,
      pythonVersion: says.python ?? null,
      created: null,
    })),
    attestations: 0,
    children: platforms.map((platform) => digestFor(`${digest} ${platform}`)),
    reason: null,
  };
  return { kind: 'read', image };
}

/** The cell whose pinned tag this is, left-out releases included. */
export function cellOf({ expected }: AuditCase, tag: string): Cell {
  const planned = expected.tags.get(tag);
  const cell = planned?.kind === 'pinned' ? planned.cell : expected.leftOut.get(tag)?.cell;
  if (cell === undefined) throw new Error(`no cell has the pinned tag ${tag}`);
  return cell;
}

export function audit(made: AuditCase, seen: ReadonlyMap<string, Seen>, more: Partial<AuditInput> = {}): Audited {
  return auditTags({
    expected: made.expected,
    repository: { registry: 'registry.example', path: 'acme/app' },
    seen,
    listing: [...seen].flatMap(([tag, at]) => (at.kind === 'absent' ? [] : [tag])),
    contents: new Map(),
    lock: null,
    now: Date.parse('2026-11-24T12:00:00Z'),
    graceMs: 0,
    requireLabels: false,
    inScope: () => true,
    flags: '',
    past: noPastPushes,
    partial: [],
    others: [],
    published: new Set(),
    refused: null,
    ...more,
  });
}

/** Findings without those that only inform: what a person would be alarmed by. */
export function alarms(audited: Audited): readonly Finding[] {
  return audited.findings.map(({ finding }) => finding).filter(({ kind }) => kind !== 'frozen' && kind !== 'unmanaged');
}
