/** What a cell's image weighs beside that of the release whose tags it takes, from manifests that were read. */
import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import { imageSizes, type PlatformSize } from '../domain/image-size.ts';
import type { Cell } from '../plan/cell.ts';
import type { Sight } from './sight.ts';

export interface WeighedPlatform extends PlatformSize {
  /** The same cell of the release before; `null`: no tag moves from there, or it lacks the platform. */
  readonly before: { readonly version: string; readonly bytes: number } | null;
}

/** @param image the cell's, wherever it was read */
export function weigh(cell: Cell, image: InspectedImage, sight: Sight): readonly WeighedPlatform[] {
  const before = predecessor(cell, sight);
  return imageSizes(image).map(({ platform, bytes }) => {
    const other = before?.sizes.find((size) => size.platform === platform);
    const isOther = before !== null && before.digest !== image.digest;
    return { platform, bytes, before: other && isOther ? { version: before.version, bytes: other.bytes } : null };
  });
}

interface Predecessor {
  readonly version: string;
  readonly digest: Digest;
  readonly sizes: readonly PlatformSize[];
}

/** Of several releases below this one that its tags point to, the highest. */
function predecessor(cell: Cell, sight: Sight): Predecessor | null {
  const { expected, contents } = sight.input;
  const { compare } = expected.image.scheme;
  const { version } = cell.release;
  const axes = JSON.stringify(cell.shape.axes);
  const found = expected.owned(cell).flatMap((tag) => {
    const digest = sight.digestAt(tag);
    return (digest === null ? [] : sight.identities(digest)).flatMap(({ cell: other }) =>
      digest !== null && other !== null && JSON.stringify(other.shape.axes) === axes
        ? [{ digest, of: other.release }]
        : [],
    );
  });
  const [highest] = found
    .filter(({ of }) => compare(of.version, version) < 0)
    .toSorted((a, b) => compare(b.of.version, a.of.version));
  const content = highest === undefined ? undefined : contents.get(highest.digest);
  if (highest === undefined || content?.kind !== 'read') return null;
  return { version: highest.of.version.text, digest: highest.digest, sizes: imageSizes(content.image) };
}
