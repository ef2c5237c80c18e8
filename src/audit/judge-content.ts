/** What is wrong inside: platforms that are gone, tags on parts of an image, images that say they are another cell's. */
import type { InspectedImage } from '../domain/image.ts';
import { isImageMediaType } from '../domain/media-types.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { CellOrStandIn } from '../plan/cell.ts';
import { misfit } from '../plan/expected-image.ts';
import type { AuditContext, Fault } from './judgement.ts';

/**
 * @param cell the cell the digest should be, or is known to be
 * @param place whether the tag points where it should. If it does, a single platform's manifest is not a part of anything,
 *   even if somebody made an index around it; if it does not, what could not be read inside says nothing.
 */
export function judgeContent(
  seen: Seen,
  cell: Pick<CellOrStandIn, 'platforms' | 'release' | 'shape'>,
  context: AuditContext,
  place: 'right' | 'wrong',
): readonly Fault[] {
  if (seen.kind !== 'present') return [];
  const { digest, mediaType } = seen.descriptor;
  const { sight, input } = context;
  const content = input.contents.get(digest);
  if ((content?.kind === 'read' || content?.kind === 'manifest') && content.image.kind === 'attestation')
    return [incomplete('it points to an attestation manifest, as an interrupted push leaves it')];
  const parent = sight.parents.get(digest);
  if (parent !== undefined && (place === 'wrong' || cell.platforms.length > 1))
    return [incomplete(`it points to a part of ${parent}`)];
  if (content === undefined) return byMediaType(mediaType, cell);
  if (content.kind === 'failed' || content.kind === 'gone') {
    const reason = content.kind === 'gone' ? `the registry does not have ${digest}` : content.reason;
    const because = `what it holds could not be read: ${reason}`;
    return place === 'wrong' ? [] : [{ kind: 'unknown', because, evidence: [] }];
  }
  const { image } = content;
  if (image.kind === 'artifact' || image.kind === 'unreadable')
    return [incomplete(`it is not an image: ${image.reason ?? image.kind}`)];
  const { missingPlatforms, mislabelled, unlabelled } = misfit(cell, image);
  if (content.kind === 'manifest') {
    // A single image names its platform in its config alone, which was not read.
    return image.kind === 'image' ? byMediaType(mediaType, cell) : lacking(missingPlatforms, image);
  }
  const faults = [...lacking(missingPlatforms, image)];
  if (missingPlatforms.length === 0 && image.reason !== null) faults.push(incomplete(image.reason));
  if (mislabelled.length > 0) faults.push({ kind: 'mislabelled', because: mislabelled.join('; '), evidence: [] });
  if (unlabelled && input.requireLabels) {
    faults.push({ kind: 'mislabelled', because: 'it has no label that names its cell', evidence: [] });
  }
  return faults;
}

/** One platform's manifest where several belong: a HEAD is enough to see it. */
function byMediaType(mediaType: string, cell: Pick<CellOrStandIn, 'platforms'>): Fault[] {
  if (cell.platforms.length < 2 || !isImageMediaType(mediaType)) return [];
  return [incomplete(`it points to the manifest of one platform, and should have ${cell.platforms.join(', ')}`)];
}

function lacking(missing: readonly string[], { platforms, attestations }: InspectedImage): Fault[] {
  if (missing.length === 0) return [];
  const nothing = attestations > 0 ? 'nothing but attestations' : 'no platform';
  return [
    incomplete(`it lacks ${missing.join(', ')} and has ${platforms.length === 0 ? nothing : platforms.join(', ')}`),
  ];
}

function incomplete(because: string): Fault {
  return { kind: 'incomplete', because, evidence: [] };
}
