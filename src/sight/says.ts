/** What an image says of itself, held against a cell: labels of ours, the base's Python, and what kind of thing it is. */
import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import { axisLabel, labelNames } from '../domain/labels.ts';
import { isImageMediaType } from '../domain/media-types.ts';
import type { PlanImage } from '../plan/candidates.ts';
import type { CellOrStandIn } from '../plan/cell.ts';
import { misfit } from '../plan/expected-image.ts';
import type { Owner } from '../plan/types.ts';
import { digestOf, type Content, type SightInput } from './input.ts';

export type Says =
  /** Our labels name this cell. */
  | 'this'
  /** Our labels or the base's `PYTHON_VERSION` name another cell. */
  | 'another'
  /** An attestation, one platform of an index, or an index with a part missing: what a push leaves that was cut off. */
  | 'part'
  /** A chart, a signature, or nothing that can be read. */
  | 'no-image'
  /** Nothing of ours: no labels, or somebody else's. */
  | 'nothing'
  /** It was not looked into. */
  | 'unread';

export function saysOf(
  cell: CellOrStandIn,
  digest: Digest,
  { contents }: SightInput,
  parents: ReadonlyMap<Digest, string>,
): Says {
  const content = contents.get(digest);
  if (parents.has(digest) && cell.platforms.length > 1) return 'part';
  if (content === undefined || content.kind === 'failed' || content.kind === 'gone') return 'unread';
  const { image } = content;
  if (image.kind === 'attestation') return 'part';
  if (image.kind !== 'index' && image.kind !== 'image') return 'no-image';
  if (image.kind === 'image' && cell.platforms.length > 1) return 'part';
  if (image.kind === 'index' && (image.platforms.length === 0 || image.reason !== null)) return 'part';
  if (content.kind === 'manifest') return 'unread';
  const { mislabelled, unlabelled } = misfit(cell, image);
  if (mislabelled.length > 0) return 'another';
  return unlabelled ? 'nothing' : 'this';
}

/** Why an image is what a push leaves that was cut off, or is short of a platform; `null` if it is neither. */
export function partialReason(cell: CellOrStandIn, digest: Digest, { contents }: SightInput): string | null {
  const image = imageOf(contents.get(digest));
  if (image === null) return null;
  if (image.kind === 'attestation') return 'points to an attestation manifest, the rest of an interrupted push';
  if (image.kind === 'index' && image.reason !== null) return `is incomplete: ${image.reason}`;
  const { missingPlatforms } = misfit(cell, image);
  return missingPlatforms.length === 0 ? null : `lacks ${missingPlatforms.join(', ')}`;
}

/** What our labels or the base's Python say otherwise. */
export function otherReason(cell: CellOrStandIn, digest: Digest, { contents }: SightInput): string {
  const image = imageOf(contents.get(digest));
  return image === null ? '' : misfit(cell, image).mislabelled.join('; ');
}

/** True for an index around the other image, or whose images all belong to the other one too. */
export function isMadeOf(digest: Digest, whole: Digest, { contents }: SightInput): boolean {
  const [part, all] = [imageOf(contents.get(digest)), imageOf(contents.get(whole))];
  if (part === null || all === null || part.children.length === 0) return false;
  const children = new Set([whole, ...all.children]);
  return part.children.every((child) => children.has(child));
}

/** True for an image that is known to lack a platform of the cell, be it by its media type alone. */
export function isShort(cell: CellOrStandIn, digest: Digest, { contents, seen }: SightInput): boolean {
  const content = contents.get(digest);
  const image = imageOf(content);
  if (image?.kind === 'index' || content?.kind === 'read')
    return image !== null && misfit(cell, image).missingPlatforms.length > 0;
  if (cell.platforms.length < 2) return false;
  const mediaType = image?.mediaType ?? mediaTypeOf(digest, cell, seen);
  return mediaType !== null && isImageMediaType(mediaType);
}

function mediaTypeOf(digest: Digest, { pinned }: CellOrStandIn, seen: SightInput['seen']): string | null {
  for (const { tag } of pinned) {
    const at = seen.get(tag);
    if (at?.kind === 'present' && at.descriptor.digest === digest) return at.descriptor.mediaType;
  }
  return null;
}

/** The cell our labels name; `null` without labels of ours. An image without axes has none of our own names. */
export function ownerByLabels(image: InspectedImage, { axes }: PlanImage): Owner | null {
  const labels = image.configs[0]?.labels ?? {};
  const version = labels[labelNames.version];
  const values = axes.map(({ name }) => [name, labels[axisLabel(name)] ?? null] as const);
  if (version === undefined || axes.length === 0 || values.some(([, value]) => value === null)) return null;
  return { version, axes: Object.fromEntries(values.map(([name, value]) => [name, value ?? ''])) };
}

/** The version that labels of somebody else tell; `null` where they are ours or tell none. */
export function foreignVersion(image: InspectedImage, plan: PlanImage): string | null {
  if (ownerByLabels(image, plan) !== null) return null;
  return image.configs.map(({ labels }) => labels[labelNames.version]).find((text) => text !== undefined) ?? null;
}

/** Digests that are a part of an index we looked into, each with the tag or digest of that index. */
export function partsOfIndexes({ contents, seen }: SightInput): ReadonlyMap<Digest, string> {
  const tagOf = new Map<Digest, string>();
  for (const [tag, at] of seen) {
    const digest = digestOf(at);
    if (digest !== null && !tagOf.has(digest)) tagOf.set(digest, tag);
  }
  const parents = new Map<Digest, string>();
  for (const [digest, content] of contents) {
    for (const child of imageOf(content)?.children ?? [])
      if (child !== digest) parents.set(child, tagOf.get(digest) ?? digest);
  }
  return parents;
}

/** What was read of a digest, in whole or the manifest alone. */
export function imageOf(content: Content | undefined): InspectedImage | null {
  return content?.kind === 'read' || content?.kind === 'manifest' ? content.image : null;
}
