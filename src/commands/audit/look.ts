/** Looking and judging in turns, until nothing that is held against a tag rests on an unconfirmed word. */
import { auditTags, type Audited } from '../../audit/audit.ts';
import { digestOf } from '../../audit/charge.ts';
import type { Expected } from '../../audit/expected.ts';
import type { AuditInput } from '../../audit/input.ts';
import { judgeListed } from '../../audit/judge-listed.ts';
import { failingKinds, type FindingKind } from '../../audit/types.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Listing, Lookout } from './lookout.ts';

/** What is known before anything is asked. */
export type AuditFrame = Omit<AuditInput, 'seen' | 'contents' | 'listing'>;

export interface Look {
  readonly audited: Audited;
  readonly input: AuditInput;
  readonly listing: Listing;
}

/** Answers change what is asked next: a confirmed digest may be another one, which is looked into in its turn. */
const maxRounds = 8;

export async function look(lookout: Lookout, frame: AuditFrame, content: 'owners' | 'all' | 'none'): Promise<Look> {
  const { expected, inScope } = frame;
  const listing = await lookout.list();
  const listed = listing.kind === 'tags' ? listing.tags : listing.kind === 'no-repository' ? [] : null;
  await lookout.read([...tagsToRead(expected, inScope), ...ourStrays(listed ?? [], expected, inScope)]);
  const input: AuditInput = { ...frame, seen: lookout.seen, contents: lookout.contents, listing: listed };

  let audited = auditTags(input);
  if (audited.findings.some(({ finding }) => finding.kind === 'drift')) {
    // What a tag stands on may be any cell's image, also one that was not asked about.
    await lookout.read(everyPinned(expected));
    audited = auditTags(input);
  }
  for (let round = 0; round < maxRounds; round += 1) {
    const evidence = evidenceOf(audited);
    const hasConfirmed = await lookout.confirm(evidence);
    const hasInspected = content !== 'none' && (await lookout.inspect(digestsToInspect(input, content, evidence)));
    if (!hasConfirmed && !hasInspected) break;
    audited = auditTags(input);
  }
  return { audited, input, listing };
}

/** Tags in scope, and the pinned tags that tell what they should stand on. */
function tagsToRead(expected: Expected, inScope: (tag: string) => boolean): Set<string> {
  const wanted = new Set<string>();
  for (const tag of expected.tags.values()) {
    if (!inScope(tag.tag)) continue;
    wanted.add(tag.tag);
    const cell = tag.kind === 'pinned' ? tag.cell : tag.owner;
    for (const pinned of cell?.pinned ?? []) wanted.add(pinned.tag);
  }
  return wanted;
}

/** Listed tags that no plan has and that read like ours: they tell what a tag stands on. */
function ourStrays(listed: readonly string[], expected: Expected, inScope: (tag: string) => boolean): string[] {
  return listed.filter((tag) => {
    if (expected.tags.has(tag) || !inScope(tag)) return false;
    const judged = judgeListed(tag, expected);
    return judged !== null && judged.kind !== 'unmanaged';
  });
}

function everyPinned(expected: Expected): string[] {
  return [...expected.tags.values()].flatMap((tag) => (tag.kind === 'pinned' && tag.tag === tag.main ? [tag.tag] : []));
}

/** That a stray tag is there is what the tag list says, and the answer for the tag: nothing hangs on its digest. */
function evidenceOf(audited: Audited): string[] {
  return audited.findings.flatMap(({ finding, evidence }) => (needsProof.has(finding.kind) ? evidence : []));
}

const needsProof: ReadonlySet<FindingKind> = new Set(failingKinds.filter((kind) => kind !== 'orphan'));

function digestsToInspect(input: AuditInput, content: 'owners' | 'all', evidence: readonly string[]): Digest[] {
  const inScope = [...input.expected.tags.values()].filter(
    (tag) => input.inScope(tag.tag) && (content === 'all' || tag.kind === 'convenience'),
  );
  const tags = [...inScope.map((tag) => tag.tag), ...evidence];
  return tags.flatMap((tag) => digestOf(input.seen.get(tag)) ?? []);
}
