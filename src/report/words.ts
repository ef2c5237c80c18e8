/** Small phrases that several reports share. */
import type { Move, Owner, Stand } from '../plan/types.ts';
import type { Digest } from '../domain/digest.ts';
import { grouped } from '../domain/count.ts';

export { count, grouped } from '../domain/count.ts';

/** `a, b, c and 4 more`. */
export function firstOf(texts: readonly string[], most = 3): string {
  const more = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

/** The first twelve hex digits: enough to compare by eye. */
export function shortDigest(digest: Digest | string): string {
  return digest.startsWith('sha256:') ? `sha256:${digest.slice(7, 19)}` : digest;
}

/** A tag of a revision is cut behind it for tables, for the other columns have what follows; the JSON has it whole. */
export function shortTag(tag: string): string {
  return tag.replace(/(?<start>[0-9a-f]{10})[0-9a-f]{30}.*/, '$<start>…');
}

/** `2.11.4`, or the axes too where they say more: `2.11.4 python 3.9, flavor standard`. */
export function ownerText(owner: Owner | null, axes: 'with-axes' | 'version' = 'version'): string {
  if (owner === null) return 'nobody';
  const values = Object.entries(owner.axes).map(([axis, value]) => `${axis} ${value}`);
  return axes === 'version' || values.length === 0 ? owner.version : `${owner.version} ${values.join(', ')}`;
}

/** The release a tag points to, its digest where the release is not known, or a dash where it is absent. */
export function standText(stand: Stand | null): string {
  if (stand === null) return '-';
  if (stand.owner !== null) return stand.owner.version;
  return stand.digest === null ? '-' : shortDigest(stand.digest);
}

/**
 * Where a move takes a tag from and to: releases; where they alone look like no change, what tells the two apart too, axes
 * or digests.
 */
export function endTexts({ from, to }: Pick<Move, 'from' | 'to'>): readonly [string, string] {
  if (from === null) return ['new', standText(to)];
  const ends = [from, to] as const;
  const differing = Object.keys(to.owner?.axes ?? {}).filter((axis) => {
    const other = from.owner?.axes[axis];
    return other !== undefined && other !== to.owner?.axes[axis];
  });
  const isSame = standText(from) === standText(to) && differing.length === 0;
  const [before, after] = ends.map((stand) => {
    const axes = differing.map((axis) => `${axis} ${stand.owner?.axes[axis] ?? ''}`);
    const digest = isSame && stand.owner !== null && stand.digest !== null ? [shortDigest(stand.digest)] : [];
    return [standText(stand), ...axes, ...digest].join(' ');
  });
  return [before ?? '', after ?? ''];
}

/** The first letter of a text as a title has it. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
