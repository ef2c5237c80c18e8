/** Laws that a tool which never did anything would break: what can be put right is put right. */
import { cellKey, type BaseCell } from './base.ts';
import { cellNamed, isPlain } from './labels.ts';
import type { Law } from './law-moves.ts';
import { whereText } from './law-moves.ts';
import type { Where } from './oracle.ts';
import { short, type After, type Watched } from './watch.ts';

/**
 * A convenience tag whose owner's image is sound goes there, unless its move takes the last tag from an image, or what it
 * points to says that it is somebody else's.
 */
export const soundIsMovedTo: Law = (watched) => {
  const { scene, plan, where, applied, base } = watched;
  if (applied.exit === 2 || scene.partial !== null) return [];
  return [...scene.places].flatMap(([name, { tags, silent }]) => {
    const now = applied.scene.places.get(name)?.tags ?? tags;
    return plan.tags.flatMap(({ tag, kind, owner }) => {
      if (kind !== 'convenience' || owner === null || silent.has(tag)) return [];
      const at = where.get(name)?.get(cellKey(owner.version, owner));
      const [from, to] = [tags.get(tag), now.get(tag)];
      if (at?.kind !== 'sound' || to === at.digest) return [];
      const isStuck =
        from !== undefined &&
        (isLastOn(from, tag, { name, tags: now, silent }, watched) || !isPlain(from, base.cells, scene.content));
      if (isStuck) return [];
      const words = from === to ? `left ${name}:${tag} on ${short(from)}` : `moved ${name}:${tag} to ${short(to)}`;
      return [`apply ${words}, and the image of ${owner.version} is ${whereText(at)}`];
    });
  });
};

/** The tags of a repository as a command left them. */
interface Now {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly silent: ReadonlySet<string>;
}

/**
 * No other tag is seen to stay on the image: pinned tags of other cells do not name it, convenience tags that belong
 * elsewhere leave it with this one, and of a tag without an answer nobody knows.
 */
function isLastOn(digest: string, tag: string, now: Now, watched: Watched): boolean {
  const own = cellOf(digest, watched)?.key ?? null;
  return ![...now.tags].some(([other, at]) => {
    if (other === tag || at !== digest || now.silent.has(other)) return false;
    const planned = watched.plan.tags.find((candidate) => candidate.tag === other);
    if (planned === undefined || planned.owner === null) return true;
    const key = cellKey(planned.owner.version, planned.owner);
    if (planned.kind === 'pinned') return own === null || key === own;
    const image = watched.where.get(now.name)?.get(key);
    return image?.kind !== 'sound' || image.digest === digest;
  });
}

/** A release whose images are sound and ours, or nowhere, is published; nothing of it is left to do. */
export const publishEnds: Law = (watched) => {
  const { scene, published } = watched;
  if (scene.partial !== null || watched.cells.length < watched.base.cells.length) return [];
  return published.flatMap((after) => {
    const version = after.command.replace(/^publish /, '');
    const { yanked, excluded } = watched.base.project;
    if (version === yanked || version === excluded || !isPublishable(watched, version)) return [];
    if (after.exit !== 0) return [`${after.command} ends with ${after.exit}: ${after.error}`];
    return watched.cells.filter((cell) => cell.version === version).flatMap((cell) => lackingOf(watched, after, cell));
  });
};

function isPublishable(watched: Watched, version: string): boolean {
  const { scene, where, cells, plan, base } = watched;
  const own = cells.filter((cell) => cell.version === version);
  return [...scene.places].every(([name, { tags, silent }]) => {
    if (silent.size > 0) return false;
    // A tag that is the last one on an image waits where that image is in doubt: a person chooses first.
    const isMovable = plan.tags.every(({ tag, kind, owner }) => {
      const from = tags.get(tag);
      if (kind === 'pinned' || from === undefined) return true;
      if (owner !== null && isAbove(from, owner.version, watched)) return false;
      const isLast = [...tags.values()].filter((digest) => digest === from).length < 2;
      const isInDoubt = [...(where.get(name)?.values() ?? [])].some((at) => at.kind === 'doubt');
      // Its own pinned tag points to another image, and is not overwritten: that comes first too.
      const holder = cellOf(from, watched);
      const isTaken = holder?.pinned.some((text) => tags.has(text) && tags.get(text) !== from) === true;
      return isPlain(from, base.cells, scene.content) && !(isLast && (isInDoubt || isTaken));
    });
    return isMovable && own.every((cell) => isReady(cell, where.get(name)?.get(cell.key), watched, tags));
  });
}

/** The cell whose image it is by our labels, rebuilt or short of a platform as it may be. */
function cellOf(digest: string, { base, scene }: Watched): BaseCell | undefined {
  const named = cellNamed(digest, scene.content);
  return base.cells.find(({ key }) => key === named);
}

/** A tag on a higher release than its owner goes back only where somebody allows it, and refuses the publish till then. */
function isAbove(digest: string, version: string, watched: Watched): boolean {
  const versions = watched.base.cells.map((cell) => cell.version);
  const stands = cellOf(digest, watched)?.version ?? version;
  return versions.indexOf(stands) > versions.indexOf(version);
}

function isReady(
  cell: BaseCell,
  at: Where | undefined,
  { scene }: Watched,
  tags: ReadonlyMap<string, string>,
): boolean {
  const there = cell.pinned.flatMap((tag) => tags.get(tag) ?? []);
  if (at?.kind === 'nowhere') return there.length === 0;
  if (at?.kind !== 'sound' || there.some((digest) => digest !== at.digest)) return false;
  return isPlain(at.digest, [cell], scene.content);
}

function lackingOf({ scene }: Watched, after: After, cell: BaseCell): string[] {
  return [...scene.places.keys()].flatMap((name) => {
    const tags = after.scene.places.get(name)?.tags;
    const digests = new Set(cell.pinned.map((tag) => tags?.get(tag)));
    const isDone = digests.size === 1 && !digests.has(undefined);
    return isDone
      ? []
      : [`${after.command} left the pinned tags of ${cell.key} in ${name} on ${[...digests].map(short).join(', ')}`];
  });
}
