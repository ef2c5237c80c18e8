/**
 * One index from the parts of a cell: the manifests of each platform and whatever came with them, as they are.
 *
 * Nothing below the index changes, so the `vnd.docker.reference.digest` of an attestation still names its image.
 *
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
import { z } from 'zod';
import type { Manifest } from '../domain/digest.ts';
import { isIndexMediaType, mediaTypes } from '../domain/media-types.ts';
import { formatPlatform, parsePlatform } from '../domain/platform.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { describeCell, type Cell } from '../plan/cell.ts';

/** A part as the registry holds it. */
export interface MergePart {
  readonly manifest: Manifest;
  /** The platforms it has by its images' configs. */
  readonly platforms: readonly string[];
  /** For messages. */
  readonly from: string;
}

export interface MergedIndex {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const annotationsShape = z.record(z.string(), z.string());
const entry = z.looseObject({
  mediaType: z.string(),
  digest: z.string(),
  size: z.number(),
  platform: z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  annotations: annotationsShape.nullish(),
});
const indexShape = z.object({ manifests: z.array(entry), annotations: annotationsShape.nullish() });
type Entry = z.output<typeof entry>;

/**
 * The index lists the platforms in the order of the cell, then attestations in the order of the images they are of, then
 * the rest: the same parts give the same bytes, in whatever order they come. Its annotations are those that the indexes
 * of all parts have, and the labels of the cell.
 *
 * @returns RECORD_INVALID where a platform of the cell is missing or there twice, or a part is no index or image
 */
export function mergeParts(
  cell: Cell,
  parts: readonly MergePart[],
  labels: Readonly<Record<string, string>>,
): Result<MergedIndex> {
  const entries: Entry[] = [];
  const said: Readonly<Record<string, string>>[] = [];
  for (const part of parts) {
    const read = contentOf(part);
    if (read === null) return invalid(part.from, `${part.manifest.digest} is neither an index nor an image`);
    entries.push(...read.manifests);
    said.push(read.annotations ?? {});
  }
  const images: Entry[] = [];
  for (const platform of cell.platforms) {
    const [image, second] = entries.filter((candidate) => platformOf(candidate) === platform);
    const from = parts.map((part) => part.from).join(', ');
    if (image === undefined) return invalid(from, `no part of ${describeCell(cell)} is for ${platform}`);
    if (second !== undefined) return invalid(from, `two parts of ${describeCell(cell)} are for ${platform}`);
    images.push(image);
  }
  const others = entries.filter((candidate) => !images.includes(candidate));
  const attestations = images.flatMap(({ digest }) => others.filter((other) => referenceOf(other) === digest));
  const rest = others.filter((other) => !attestations.includes(other));
  const manifests = [...images, ...attestations, ...rest.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))];
  const mediaType = manifests.every((listed) => listed.mediaType === mediaTypes.dockerManifest)
    ? mediaTypes.dockerList
    : mediaTypes.ociIndex;
  // Docker's list has no place for annotations.
  const annotations = mediaType === mediaTypes.ociIndex ? { ...commonOf(said), ...labels } : {};
  const more = Object.keys(annotations).length === 0 ? {} : { annotations };
  return ok({
    mediaType,
    bytes: new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests, ...more }, null, 2)),
  });
}

/** What every part says alike. */
function commonOf(said: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first = {}, ...others] = said;
  return Object.fromEntries(
    Object.entries(first)
      .filter(([name, value]) => others.every((other) => other[name] === value))
      .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
  );
}

/** Platforms that an index has and a merge of these parts would not. */
export function droppedPlatforms(held: readonly string[], cell: Cell): string[] {
  return held.filter((platform) => !cell.platforms.includes(platform));
}

function contentOf({ manifest, platforms }: MergePart): z.output<typeof indexShape> | null {
  const { mediaType, digest, sizeBytes } = manifest;
  if (isIndexMediaType(mediaType)) {
    const parsed = indexShape.safeParse(JSON.parse(new TextDecoder().decode(manifest.bytes)));
    return parsed.success ? parsed.data : null;
  }
  const [text, ...more] = platforms;
  const platform = text === undefined || more.length > 0 ? null : parsePlatform(text);
  return platform === null ? null : { manifests: [{ mediaType, digest, size: sizeBytes, platform: { ...platform } }] };
}

function platformOf({ platform, annotations }: Entry): string | null {
  if (platform === undefined || annotations?.[referenceType] !== undefined) return null;
  const { os, architecture, variant } = platform;
  return formatPlatform(variant === undefined ? { os, architecture } : { os, architecture, variant });
}

const referenceType = 'vnd.docker.reference.type';

/** The image that an attestation is of. */
function referenceOf({ annotations }: Entry): string | null {
  return annotations?.['vnd.docker.reference.digest'] ?? null;
}

function invalid(where: string, message: string): Result<MergedIndex> {
  return failed({ code: 'RECORD_INVALID', where, message, fix: 'run the jobs of that cell again' });
}
