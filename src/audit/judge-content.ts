/** What is wrong inside: platforms that are gone, tags on parts of an image, images that say they are another cell's. */
import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import { isImageMediaType } from '../domain/media-types.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { CellOrStandIn } from '../plan/cell.ts';
import { misfit } from '../plan/expected-image.ts';
import type { Charge, Court } from './charge.ts';

export interface ContentVerdict {
  readonly charges: readonly Charge[];
  /** It was read, and carries no label that tells its cell. */
  readonly unlabelled: boolean;
}

const nothing: ContentVerdict = { charges: [], unlabelled: false };

/**
 * @param cell the cell the digest should be, or is known to be
 * @param place whether the tag stands where it should. A single platform's manifest is then no part of anything, even
 *   if somebody made an index around it.
 */
export function judgeContent(seen: Seen, cell: CellOrStandIn, court: Court, place: 'right' | 'wrong'): ContentVerdict {
  if (seen.kind !== 'present') return nothing;
  const { digest, mediaType } = seen.descriptor;
  const content = court.input.contents.get(digest);
  if (content !== undefined && content.kind !== 'failed' && content.image.kind === 'attestation') {
    const because = 'it stands on an attestation manifest, as an interrupted push leaves it';
    return { charges: [incomplete(because)], unlabelled: false };
  }
  const parent = court.parents.get(digest);
  if (parent !== undefined && (place === 'wrong' || cell.platforms.length > 1))
    return { charges: [incomplete(`it stands on a part of ${parent}`)], unlabelled: false };
  if (content === undefined) return { charges: byMediaType(mediaType, cell), unlabelled: false };
  if (content.kind === 'failed') {
    const charge: Charge = {
      kind: 'unknown',
      because: `what it holds could not be read: ${content.reason}`,
      evidence: [],
    };
    return { charges: [charge], unlabelled: false };
  }
  const { image } = content;
  if (image.kind === 'artifact' || image.kind === 'unreadable') {
    return { charges: [incomplete(`it is no image: ${image.reason ?? image.kind}`)], unlabelled: false };
  }
  const charges: Charge[] = [];
  const { missingPlatforms, mislabelled, unlabelled } = misfit(cell, court.expected.image, image);
  if (content.kind === 'manifest') {
    // A single image names its platform in its config alone, which was not read.
    if (image.kind === 'image') return { charges: byMediaType(mediaType, cell), unlabelled: false };
    return { charges: lacking(missingPlatforms, image), unlabelled: false };
  }
  charges.push(...lacking(missingPlatforms, image));
  if (missingPlatforms.length === 0 && image.reason !== null) charges.push(incomplete(image.reason));
  if (mislabelled.length > 0) charges.push({ kind: 'mislabelled', because: mislabelled.join('; '), evidence: [] });
  if (unlabelled && court.input.requireLabels) {
    charges.push({ kind: 'mislabelled', because: 'it carries no label that tells its cell', evidence: [] });
  }
  return { charges, unlabelled };
}

/** One platform's manifest where several belong there: a HEAD is enough to see it. */
function byMediaType(mediaType: string, cell: CellOrStandIn): Charge[] {
  if (cell.platforms.length < 2 || !isImageMediaType(mediaType)) return [];
  return [incomplete(`it stands on the manifest of one platform, and should have ${cell.platforms.join(', ')}`)];
}

function lacking(missing: readonly string[], { platforms, attestations }: InspectedImage): Charge[] {
  if (missing.length === 0) return [];
  const nothing = attestations > 0 ? 'nothing but attestations' : 'no platform';
  return [
    incomplete(`it lacks ${missing.join(', ')} and has ${platforms.length === 0 ? nothing : platforms.join(', ')}`),
  ];
}

function incomplete(because: string): Charge {
  return { kind: 'incomplete', because, evidence: [] };
}

/** Every digest that is a part of an index we looked into. */
export function partsOfIndexes(court: Pick<Court, 'input'>): ReadonlyMap<Digest, string> {
  const { contents, seen } = court.input;
  const tagOf = new Map<Digest, string>();
  for (const [tag, at] of seen)
    if (at.kind === 'present' && !tagOf.has(at.descriptor.digest)) tagOf.set(at.descriptor.digest, tag);
  const parents = new Map<Digest, string>();
  for (const [digest, content] of contents) {
    if (content.kind === 'failed') continue;
    for (const child of content.image.children) if (child !== digest) parents.set(child, tagOf.get(digest) ?? digest);
  }
  return parents;
}
