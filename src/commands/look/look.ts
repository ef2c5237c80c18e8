/** Re-reads and re-judges until every finding is confirmed by a GET. The one way in which commands read tags. */
import { auditTags, type Audited } from '../../audit/audit.ts';
import type { AuditInput } from '../../audit/input.ts';
import { judgeListed } from '../../audit/judge-listed.ts';
import { kinds } from '../../audit/kinds.ts';
import type { Digest } from '../../domain/digest.ts';
import { builtVersion, type Release } from '../../domain/release.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { Expected } from '../../sight/expected.ts';
import { mayShareImage } from '../../sight/identify.ts';
import { digestOf } from '../../sight/input.ts';
import type { Listing, Lookout } from './lookout.ts';

/** What is known before anything is asked. */
export type LookFrame = Omit<AuditInput, 'seen' | 'contents' | 'listing'>;

export interface Look {
  readonly audited: Audited;
  readonly input: AuditInput;
  readonly listing: Listing;
}

/** Answers change what is asked next: a confirmed digest may be another one, which is looked into in its turn. */
const maxRounds = 8;

/** @param content whose images are looked into: those of convenience tags in scope, all in scope, or none */
export async function look(lookout: Lookout, frame: LookFrame, content: 'owners' | 'all' | 'none'): Promise<Look> {
  const { expected, inScope } = frame;
  const first = await lookout.list();
  const strays = first.kind === 'tags' ? ourStrays(first.tags, expected) : [];
  await lookout.read([...tagsToRead(expected, inScope), ...strays]);
  const listing = lookout.checked(first);
  const listed = listing.kind === 'tags' ? listing.tags : listing.kind === 'no-repository' ? [] : null;
  const input: AuditInput = { ...frame, seen: lookout.seen, contents: lookout.contents, listing: listed };
  return { ...(await confirmed(lookout, input, content)), listing };
}

/** Reads on until nothing that was found rests on an unconfirmed answer. */
export async function confirmed(
  lookout: Lookout,
  input: AuditInput,
  content: 'owners' | 'all' | 'none',
): Promise<Omit<Look, 'listing'>> {
  const { expected } = input;
  let audited = auditTags(input);
  for (let round = 0; round < maxRounds; round += 1) {
    // An image may be any cell's, also one that was not asked about.
    const wanted = needsEveryTag(audited, input) ? everyPinned(expected) : pinnedOfPlaces(audited, input);
    const hasRead = await lookout.read([...wanted, ...pinnedOf(input.published, expected)]);
    const evidence = evidenceOf(audited);
    const hasConfirmed = await lookout.confirm(evidence);
    const digests = content === 'none' ? recordedDigests(input) : digestsToInspect(audited, input, content, evidence);
    const hasInspected = await lookout.inspect(digests);
    if (!hasRead && !hasConfirmed && !hasInspected) break;
    audited = auditTags(input);
  }
  return { audited, input };
}

/** Tags in scope and the pinned tags of their cells; every other convenience tag, which may hold a cell's last image. */
function tagsToRead(expected: Expected, inScope: (tag: string) => boolean): Set<string> {
  const wanted = new Set<string>();
  for (const tag of expected.tags.values()) {
    if (tag.kind === 'pinned' && !inScope(tag.tag)) continue;
    wanted.add(tag.tag);
    if (tag.kind === 'convenience' && !inScope(tag.tag)) {
      if (tag.owner !== null) wanted.add(fullTag(tag.owner));
      continue;
    }
    const cell = tag.kind === 'pinned' ? tag.cell : tag.owner;
    for (const pinned of cell?.pinned ?? []) wanted.add(pinned.tag);
  }
  return wanted;
}

/** Listed tags that are not in the plan and look like ours: they say what a tag points to. */
function ourStrays(listed: readonly string[], expected: Expected): string[] {
  return listed.filter((tag) => {
    if (expected.tags.has(tag)) return false;
    const judged = judgeListed(tag, expected);
    return judged !== null && judged.kind !== 'event' && judged.kind !== 'unmanaged';
  });
}

function everyPinned(expected: Expected): string[] {
  return [...expected.tags.values()].flatMap((tag) => (tag.kind === 'pinned' ? [tag.tag] : []));
}

/** The pinned tags of the cells that tags point to and should not: whether one is the last on its image depends on them. */
function pinnedOfPlaces({ planned, sight }: Audited, { expected }: AuditInput): string[] {
  return [...planned.states].flatMap(([tag, { kind }]) => {
    const digest = kind === 'right' ? null : sight.digestAt(tag);
    const owners = digest === null ? [] : sight.identities(digest).map(({ owner }) => owner);
    return owners.flatMap(({ version, axes }) => (expected.cell(version, axes)?.pinned ?? []).map((text) => text.tag));
  });
}

/** A tag on a digest that nothing explains, or an image that neither lock nor labels give to its one cell. */
function needsEveryTag({ planned, sight }: Audited, { expected, inScope }: AuditInput): boolean {
  for (const tag of expected.tags.values()) {
    const digest = inScope(tag.tag) ? sight.digestAt(tag.tag) : null;
    if (digest === null) continue;
    if (tag.kind === 'pinned') {
      if (sight.locked(tag.cell) !== digest && sight.says(tag.cell, digest) !== 'this') return true;
    } else if (planned.states.get(tag.tag)?.kind !== 'right' && sight.identities(digest).length === 0) return true;
  }
  return planned.moves.some(({ to }) => {
    const owner = to.owner === null ? null : expected.cell(to.owner.version, to.owner.axes);
    if (owner === null || to.digest === null) return false;
    const image = sight.image(owner);
    return image.state === 'sound' && image.by !== 'lock' && sight.says(owner, to.digest) !== 'this';
  });
}

/** That a stray tag is there is what the tag list says, and the answer for the tag: nothing hangs on its digest. */
function evidenceOf(audited: Audited): string[] {
  return audited.findings.flatMap(({ finding, evidence }) => (kinds[finding.kind].confirmed ? evidence : []));
}

function digestsToInspect(
  audited: Audited,
  input: AuditInput,
  content: 'owners' | 'all',
  evidence: readonly string[],
): Digest[] {
  const { expected, inScope, seen, published } = input;
  const tags = [...evidence, ...pinnedOf(new Set([...releasesToPublish(audited), ...published]), expected)];
  const isLost = isImageLost(audited, input);
  for (const tag of expected.tags.values()) {
    if (inScope(tag.tag)) {
      if (content === 'all' || tag.kind === 'convenience') tags.push(tag.tag);
      if (tag.kind === 'convenience') tags.push(...(tag.owner?.pinned ?? []).map((pinned) => pinned.tag));
    } else if (tag.kind === 'convenience' && (isLost || !isWithOwner(tag.tag, tag.owner, input))) tags.push(tag.tag);
  }
  const named = tags.flatMap((tag) => digestOf(seen.get(tag)) ?? []);
  return [...recordedDigests(input), ...claimantsOf(audited), ...claimedTwice(audited, input), ...named];
}

/** Images under a pinned tag in scope that another cell's tag is on too, of a release that is left out perhaps. */
function claimedTwice({ sight }: Audited, { expected, inScope }: AuditInput): Digest[] {
  return [...expected.tags.values()].flatMap((tag) => {
    const digest = tag.kind === 'pinned' && inScope(tag.tag) ? sight.digestAt(tag.tag) : null;
    if (tag.kind !== 'pinned' || digest === null) return [];
    const isClaimed = sight
      .identities(digest)
      .some(({ by, cell }) => by === 'tag' && (cell === null || !mayShareImage(cell, tag.cell)));
    return isClaimed ? [digest] : [];
  });
}

/** Images that may be the same cell: whether one is made of parts of the other is seen inside. */
function claimantsOf({ planned }: Audited): Digest[] {
  return planned.held.flatMap(({ holds }) =>
    holds.flatMap((hold) => (hold.kind === 'doubt' ? hold.image.claimants.map(({ digest }) => digest) : [])),
  );
}

/** Releases that a fix publishes: whether the publish needs a flag depends on all of their images. */
export function releasesToPublish({ findings, sight }: Audited): ReadonlySet<Release> {
  const commands = findings.flatMap(({ finding: { fix, choices } }) => [
    fix ?? '',
    ...choices.flatMap(({ command, after }) => [command, after ?? '']),
  ]);
  const versions = new Set(commands.flatMap((text) => /tagwright publish (\S+)/.exec(text)?.[1] ?? []));
  const releases = sight.input.expected.cells.map(({ release }) => release);
  return new Set(releases.filter((release) => versions.has(builtVersion(release))));
}

function pinnedOf(releases: ReadonlySet<Release>, { cells }: Expected): string[] {
  return cells.filter(({ release }) => releases.has(release)).flatMap(({ pinned }) => pinned.map(({ tag }) => tag));
}

/** No pinned tag in scope has its image: any convenience tag may be on it. */
function isImageLost({ sight }: Audited, { expected, inScope }: AuditInput): boolean {
  return [...expected.tags.values()].some(
    (tag) => tag.kind === 'pinned' && inScope(tag.tag) && sight.image(tag.cell).state === 'absent',
  );
}

function isWithOwner(tag: string, owner: Cell | null, { seen }: AuditInput): boolean {
  const digest = digestOf(seen.get(tag));
  return digest === null || (owner !== null && digest === digestOf(seen.get(fullTag(owner))));
}

/** Recorded digests of cells in scope that no tag was seen on: the registry is asked whether it has them. */
function recordedDigests({ lock, past, seen, expected, inScope }: AuditInput): Digest[] {
  const there = new Set([...seen.values()].flatMap((at) => digestOf(at) ?? []));
  const locked = (lock?.entries ?? []).filter(({ version, axes }) => {
    const cell = expected.cell(version, axes);
    return cell !== null && (isLookedAt(cell, expected, inScope) || cell.pinned.every(({ tag }) => seen.has(tag)));
  });
  const recorded = [...locked.map(({ digest }) => digest), ...past.digests.values()];
  return recorded.filter((digest) => !there.has(digest));
}

function isLookedAt(cell: Cell, expected: Expected, inScope: (tag: string) => boolean): boolean {
  return cell.pinned.some(({ tag }) => inScope(tag)) || expected.owned(cell).some((tag) => inScope(tag));
}
