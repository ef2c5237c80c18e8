/** `limits.size` and `limits.growth`: an image that is too large gets no tag that people follow until somebody accepts it. */
import { sizeLimitCode } from '../config/read-size-limits.ts';
import type { Acceptance, SizeLimits } from '../config/types.ts';
import { formatByteSize } from '../domain/byte-size.ts';
import { literal } from '../domain/text.ts';
import { targetId, type Cell } from '../plan/cell.ts';
import type { CellImage } from '../sight/cell-image.ts';
import type { Sight } from '../sight/sight.ts';
import { weigh, type WeighedPlatform } from '../sight/weigh.ts';
import type { Hold } from './hold.ts';

/** An image that was not looked into is not held: commands that move tags look into those that they move tags to. */
export function sizeHold(owner: Cell, image: CellImage, sight: Sight): Hold | null {
  const { sizeLimits, accepted } = sight.input.expected.image;
  if (image.state !== 'sound' || (sizeLimits.sizeBytes === null && sizeLimits.growth === null)) return null;
  if (accepted.some((entry) => accepts(entry, owner))) return null;
  const content = sight.input.contents.get(image.digest);
  if (content?.kind !== 'read') return null;
  const figures = weigh(owner, content.image, sight).flatMap((size) => overLimit(size, sizeLimits) ?? []);
  return figures.length === 0 ? null : { kind: 'oversized', cell: owner, figures };
}

function accepts({ code, cell, version, range }: Acceptance, owner: Cell): boolean {
  if (code !== sizeLimitCode) return false;
  if (cell !== null) return cell === targetId(owner);
  if (version !== null) return version === owner.release.version.text;
  return range !== null && range.includes(owner.release.version);
}

/** `linux/arm64 is 9.20 GB; limits.size is 8.00 GB`. */
function overLimit({ platform, bytes, before }: WeighedPlatform, { sizeBytes, growth }: SizeLimits): string | null {
  const size = formatByteSize(bytes);
  if (sizeBytes !== null && bytes > sizeBytes)
    return `${platform} is ${size}; limits.size is ${formatByteSize(sizeBytes)}`;
  if (growth === null || before === null || bytes <= before.bytes * (1 + growth)) return null;
  const was = `${formatByteSize(before.bytes)} in ${before.version}`;
  return `${platform} is ${size}, ${growthText(bytes, before.bytes)} on ${was}; limits.growth is ${percent(growth)}`;
}

/** `+12 %`, `-3.1 %`; of nothing at all `new`. */
export function growthText(bytes: number, before: number): string {
  if (before === 0) return 'new';
  const share = bytes / before - 1;
  const text = percent(Math.abs(share));
  return `${share < 0 && text !== '0 %' ? '-' : '+'}${text}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share >= 0.1 ? 0 : 1))} %`;
}

/** The config line that lets it through. */
export function acceptSizeLine(cell: Cell): string {
  return `accept: [{ code: '${sizeLimitCode}', cell: ${literal(targetId(cell))}, reason: '…' }]`;
}
