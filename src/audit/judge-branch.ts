/**
 * Tags of branches: whether each is its branch's newest build. What is not known is no finding, and is not called right
 * either.
 */
import type { BranchCommit } from '../domain/branch-commit.ts';
import type { Digest } from '../domain/digest.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { labelNames, refLabel } from '../domain/labels.ts';
import { quote } from '../domain/tag.ts';
import { restoreCommand } from '../moves/fix.ts';
import {
  createdAt,
  found,
  onItsWay,
  refOfBranch,
  right,
  short,
  unknown,
  type EventRule,
  type EventSight,
  type Labels,
  type Verdict,
} from './event-verdict.ts';

/** The pinned tag of a commit of a line, which has an image. */
export interface LineBuild {
  readonly tag: string;
  /** Of the commit, in the line. */
  readonly index: number;
}

/** A tag of a branch, and the commits of the branch that have an image. */
export interface BranchTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly branch: string;
  /** Newest first. */
  readonly line: readonly BranchCommit[];
  /** Newest first. */
  readonly builds: readonly LineBuild[];
}

/**
 * It is behind if a commit that came later on its branch has an image that was built for the branch. An image that was
 * built for another branch or a pull request says nothing of when the commit came to this branch: its run may be the next.
 */
export function judgeBranch({ tag, rule, branch, line, builds }: BranchTag, sight: EventSight): Verdict {
  const at = sight.digestAt(tag);
  const [newest] = builds;
  if (at === null) return unknown;
  if (newest === undefined) return { kind: 'elsewhere' };
  if (at === sight.digestAt(newest.tag)) return right;
  const here = sight.labels(at);
  const revision = here?.[labelNames.revision];
  if (here === null || revision === undefined) return unknown;
  const index = line.findIndex((one) => one.revision === revision);
  if (index !== -1 && index <= newest.index) return right;
  let note: string | null = null;
  for (const build of builds.filter((one) => index === -1 || one.index < index)) {
    const to = sight.digestAt(build.tag);
    const there = to === null ? null : sight.labels(to);
    const commit = line[build.index];
    if (to === null || there === null || to === at || commit === undefined) continue;
    if (index === -1 && !isOlderBuild(here, there, branch)) continue;
    const ref = there[refLabel] ?? refOfBranch(branch);
    if (ref === refOfBranch(branch)) {
      const what = build === newest ? 'the newest' : 'a newer';
      const gone =
        index === -1
          ? ', which is not among the known commits of the branch, and by the labels of both images was built first'
          : '';
      const because = `${what} build of branch ${quote(branch)} is of commit ${short(commit.revision)} (${build.tag}); this one is of commit ${short(revision)}${gone}`;
      return behind({ tag, rule, at, to, because, build, built: createdAt(there), commit }, sight);
    }
    note ??= `whether ${tag} is behind is not known: the image of commit ${short(commit.revision)} (${build.tag}) was built for ${refWords(ref)}, and nothing says when branch ${quote(branch)} got that commit`;
  }
  return index === -1 ? { kind: 'elsewhere' } : { kind: 'unknown', note };
}

interface Behind {
  readonly tag: string;
  readonly rule: EventRule;
  readonly at: Digest;
  readonly to: Digest;
  readonly because: string;
  readonly build: LineBuild;
  readonly built: Instant | null;
  readonly commit: BranchCommit;
}

function behind({ tag, rule, at, to, because, build, built, commit }: Behind, sight: EventSight): Verdict {
  const what = `commit ${short(commit.revision)}`;
  // An image may be much younger than its commit.
  const undated = sight.graceMs > 0 ? `when ${what} was built is not known, and the tag may still be on its way` : null;
  const facts = {
    because,
    expected: { owner: null, digest: to },
    actual: { owner: null, digest: at },
    since: built === null ? null : formatInstant(built),
    fix: restoreCommand(sight.repository, tag, to),
    excused: built === null ? undated : onItsWay(`${what} was built`, built, sight),
    evidence: [tag, build.tag],
  };
  return { kind: 'found', found: found('behind', tag, rule, facts) };
}

/** After a history that was rewritten: both images say that they are of the branch, and which run began first. */
function isOlderBuild(here: Labels, there: Labels, branch: string): boolean {
  const ref = refOfBranch(branch);
  const [a, b] = [createdAt(here), createdAt(there)];
  return here[refLabel] === ref && there[refLabel] === ref && a !== null && b !== null && a < b;
}

function refWords(ref: string): string {
  const { branch, number } = /^refs\/(?:heads\/(?<branch>.+)|pull\/(?<number>\d+))$/.exec(ref)?.groups ?? {};
  if (branch !== undefined) return `branch ${quote(branch)}`;
  return number === undefined ? quote(ref) : `pull request ${number}`;
}
