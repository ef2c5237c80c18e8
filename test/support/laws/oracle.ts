/**
 * Where each cell's image is, decided a second time, as plainly as can be: the order of evidence, from what the registry
 * holds, the lock file's text and the journals' entries. It shares no code with what is tested.
 */
import type { Digest } from '../../../src/domain/digest.ts';
import type { BaseCell } from './base.ts';
import { childrenOf, type Content, type Held } from './held.ts';
import { namedBy, saysOf } from './labels.ts';
import { journalOf, lockOf, type Journaled } from './records.ts';
import { lockFile, type Situation } from './situation.ts';
import type { Scene } from './scene.ts';

export type Where =
  | { readonly kind: 'sound'; readonly digest: string; readonly by: 'lock' | 'journal' | 'pinned' | 'labels' }
  | { readonly kind: 'doubt'; readonly claimants: readonly string[]; readonly why: string }
  | { readonly kind: 'nowhere' }
  /** An answer is missing that could change it. */
  | { readonly kind: 'unknown' }
  /** Pushes that crossed, a record that is gone, an image that two cells claim alike: more than this oracle decides. */
  | { readonly kind: 'open'; readonly claimants: readonly string[] };

interface Claim {
  readonly cell: BaseCell;
  readonly level: number;
  readonly digest: string;
}

/** By the cell's key, in one repository. */
export function whereImagesAre(situation: Situation, name: string, scene: Scene = situation.scene): Map<string, Where> {
  const held = scene.places.get(name);
  if (held === undefined) throw new Error(`no test has ${name}`);
  const moving = situation.plan.tags.flatMap(({ tag, kind }) => (kind === 'convenience' ? [tag] : []));
  const evidence: Evidence = {
    cells: situation.cells,
    held,
    content: scene.content,
    moving,
    lock: lockOf(scene.files.get(lockFile), name),
    journal: journalOf(scene.journals, name),
  };
  const claims = standing(claimsOf(evidence), evidence);
  return new Map(evidence.cells.map((cell) => [cell.key, whereIs(cell, claims, evidence)]));
}

interface Evidence {
  readonly cells: readonly BaseCell[];
  readonly held: Held;
  readonly content: Content;
  readonly moving: readonly string[];
  readonly lock: ReadonlyMap<string, string>;
  readonly journal: Journaled;
}

function claimsOf(evidence: Evidence): Claim[] {
  const { held, lock, journal, moving } = evidence;
  return evidence.cells.flatMap((cell) => {
    const claims: Claim[] = [];
    const add = (level: number, digest: string | undefined): void => {
      if (digest !== undefined && !claims.some((known) => known.level === level && known.digest === digest))
        claims.push({ cell, level, digest });
    };
    const locked = lock.get(cell.key);
    add(1, locked);
    if (locked === undefined) for (const tag of cell.pinned) add(2, journal.digests.get(tag));
    for (const tag of cell.pinned) add(3, seen(held, tag));
    for (const tag of moving) {
      const digest = seen(held, tag);
      if (digest !== undefined && isReadable(digest, evidence) && isOurs(digest, cell, evidence)) add(4, digest);
    }
    return claims;
  });
}

/** Without those that are struck out: by a stronger claim of another cell, by what the image says, by what it is. */
function standing(claims: readonly Claim[], evidence: Evidence): Claim[] {
  const kept: Claim[] = [];
  for (const claim of claims.toSorted((a, b) => a.level - b.level)) {
    const isTaken = kept.some(
      (other) => other.level < claim.level && other.digest === claim.digest && other.cell !== claim.cell,
    );
    if (!isTaken && !saysOtherwise(claim.digest, claim.cell, evidence) && !isPart(claim.digest, claim.cell, evidence))
      kept.push(claim);
  }
  return kept;
}

function whereIs(cell: BaseCell, claims: readonly Claim[], evidence: Evidence): Where {
  const { held, lock, journal } = evidence;
  const own = claims.filter((claim) => claim.cell === cell);
  const at = (level: number): string[] => own.filter((claim) => claim.level === level).map(({ digest }) => digest);
  const claimants = [...new Set(own.map(({ digest }) => digest))];
  const doubt = (why: string): Where => ({ kind: 'doubt', claimants, why });
  const sound = (digest: string, by: 'lock' | 'journal' | 'pinned' | 'labels'): Where => {
    const isShared = claims.some((other) => other.cell !== cell && other.digest === digest && other.level < 4);
    return isShared && !isOurs(digest, cell, evidence) ? { kind: 'open', claimants } : { kind: 'sound', digest, by };
  };
  const [locked] = at(1);
  if (locked !== undefined) return held.has.has(locked) ? sound(locked, 'lock') : doubt('the locked image is gone');
  const isPushed = cell.pinned.some((tag) => journal.begun.has(tag) || journal.digests.has(tag));
  if (isPushed && !lock.has(cell.key) && at(3).length > 1) return { kind: 'open', claimants };
  const [recorded, ...others] = at(2);
  if (recorded !== undefined) {
    if (others.length === 0 && held.has.has(recorded)) return sound(recorded, 'journal');
    return { kind: 'open', claimants };
  }
  if (cell.pinned.some((tag) => held.silent.has(tag))) return { kind: 'unknown' };
  return byTags(cell, at, evidence, { claimants, doubt, sound });
}

interface Answers {
  readonly claimants: readonly string[];
  readonly doubt: (why: string) => Where;
  readonly sound: (digest: string, by: 'pinned' | 'labels') => Where;
}

/** No lock and no journal: the pinned tags, then our labels under convenience tags. */
function byTags(
  cell: BaseCell,
  at: (level: number) => string[],
  evidence: Evidence,
  { claimants, doubt, sound }: Answers,
): Where {
  // A whole image beats one that lost a platform.
  const whole = at(3).filter((digest) => !isShort(digest, cell, evidence));
  const pinned = whole.length > 0 ? whole : at(3);
  const ours = pinned.filter((digest) => isOurs(digest, cell, evidence));
  const [first, ...more] = pinned.length > 1 && ours.length === 1 ? ours : pinned;
  const labelled = at(4).filter((digest) => !at(3).includes(digest));
  const wholeLabelled = labelled.filter((digest) => !isShort(digest, cell, evidence));
  const isShortBeaten = first === undefined ? wholeLabelled.length > 0 : !isShort(first, cell, evidence);
  const rivals = isShortBeaten ? wholeLabelled : labelled;
  const isBeaten = first !== undefined && more.length === 0 && !isShortBeaten && wholeLabelled.length > 0;
  if (first !== undefined && !isBeaten) {
    if (more.length > 0) return doubt('its pinned tags are on two images');
    if (rivals.length === 0) return sound(first, 'pinned');
    const isOther = rivals.some((digest) => !isMadeOf(digest, first, evidence));
    return isOther ? doubt('a convenience tag is on another image of it') : { kind: 'open', claimants };
  }
  if (evidence.moving.some((tag) => evidence.held.silent.has(tag))) return { kind: 'unknown' };
  const [label, ...labels] = isBeaten ? wholeLabelled : rivals;
  if (label === undefined) return { kind: 'nowhere' };
  if (labels.length === 0) return sound(label, 'labels');
  const isOther = labels.some((digest) => !isMadeOf(digest, label, evidence) && !isMadeOf(label, digest, evidence));
  return isOther ? doubt('convenience tags are on two images of it') : { kind: 'open', claimants };
}

/** Nothing but platforms of the other image, or the image itself with a wrapper. */
function isMadeOf(digest: string, other: string, { content }: Evidence): boolean {
  const parts = new Set([other, ...partsOf(other, content)]);
  return partsOf(digest, content).every((part) => parts.has(part));
}

function isShort(digest: string, cell: BaseCell, { content }: Evidence): boolean {
  return cell.platforms.length > 1 && partsOf(digest, content).length < cell.platforms.length;
}

function partsOf(digest: string, content: Content): readonly string[] {
  const manifest = content.manifests.get(digest);
  const children = manifest === undefined ? [] : childrenOf(manifest);
  return children.length === 0 ? [digest] : children;
}

function seen(held: Held, tag: string): Digest | undefined {
  return held.silent.has(tag) ? undefined : held.tags.get(tag);
}

/** The image of one platform where the cell has several, or what was signed of an image. */
function isPart(digest: string, cell: BaseCell, { content }: Evidence): boolean {
  const manifest = content.manifests.get(digest);
  if (manifest === undefined) return false;
  const isAttestation = new TextDecoder().decode(manifest.bytes).includes('application/vnd.in-toto+json');
  return isAttestation || (cell.platforms.length > 1 && childrenOf(manifest).length === 0);
}

/** An index with an image that is gone says nothing of itself. */
function isReadable(digest: string, { content, held }: Evidence): boolean {
  const manifest = content.manifests.get(digest);
  return manifest !== undefined && childrenOf(manifest).every((child) => held.has.has(child));
}

/** Our labels, for this cell, on every platform. */
function isOurs(digest: string, cell: BaseCell, { content }: Evidence): boolean {
  const says = saysOf(digest, content);
  return says.length > 0 && says.every(({ labels }) => namedBy(labels) === cell.key);
}

function saysOtherwise(digest: string, cell: BaseCell, { content }: Evidence): boolean {
  return saysOf(digest, content).some(({ labels, python }) => {
    const named = namedBy(labels);
    if (named !== null) return named !== cell.key;
    return python !== null && python.split('.').slice(0, 2).join('.') !== cell.axes['python'];
  });
}
