/** Laws 5 to 8: every command says the same, the last tag of a sound image stays, and evidence and ignorance move nothing. */
import { readJournal } from '../../../src/publish/journal.ts';
import { cellKey, type BaseCell } from './base.ts';
import { apply, audit, explain, rollback, type Audited } from './commands.ts';
import type { Law } from './law-moves.ts';
import { whereText } from './law-moves.ts';
import { withLockLine } from './lock-text.ts';
import { cellNamed } from './labels.ts';
import { whereImagesAre, type Where } from './oracle.ts';
import { copyScene, type Scene } from './scene.ts';
import { lockFile } from './situation.ts';
import { isRight, rightTags, short, type Watched } from './watch.ts';

export const sameSaid: Law = async (watched) => {
  const broken = watched.audited.reports.flatMap((report) => agreesWithEvidence(watched, report));
  const [report, ...others] = watched.audited.reports;
  if (report === undefined || watched.scene.places.size > 1 || others.length > 0) return broken;
  return [...broken, ...planShowsApply(watched), ...(await explainAgrees(watched, report))];
};

function planShowsApply({ planned, dry }: Watched): string[] {
  if (dry.exit > 1 || planned.error !== null) return [];
  const lines = (moves: readonly { readonly tag: string; readonly to: { readonly digest: string | null } }[]): string =>
    moves
      .filter(({ to }) => to.digest !== null)
      .map(({ tag, to }) => `${tag} to ${short(to.digest)}`)
      .join(', ');
  const [shown, done] = [lines(planned.plans[0]?.moves ?? []), lines(dry.reports[0]?.moves ?? [])];
  return shown === done ? [] : [`plan shows [${shown}], apply would do [${done}]`];
}

async function explainAgrees({ scene, plan }: Watched, report: Audited): Promise<string[]> {
  const { findings } = report;
  const planned = new Set(plan.tags.map(({ tag }) => tag));
  const judged = findings.filter(({ tag, kind }) => planned.has(tag) && kind !== 'unknown' && !isRight(kind));
  const broken: string[] = [];
  for (const { tag, kind, expected, actual } of judged.slice(0, 2)) {
    const { json, error } = await explain(scene, tag);
    const said = json?.registry;
    if (said?.actual === actual.digest && said.expected === expected.digest) continue;
    const words =
      said === null || said === undefined ? String(error) : `${short(said.actual)}, expects ${short(said.expected)}`;
    broken.push(
      `explain ${tag}: ${words}; audit says ${kind}: ${short(actual.digest)}, expects ${short(expected.digest)}`,
    );
  }
  const right = new Set(rightTags(plan, report));
  const moving = plan.tags.find(({ tag, kind, owner }) => kind === 'convenience' && owner !== null && right.has(tag));
  const said = moving === undefined ? null : (await explain(scene, moving.tag)).json?.registry;
  if (said?.actual !== said?.expected)
    broken.push(
      `explain ${moving?.tag}: ${short(said?.actual)}, expects ${short(said?.expected)}; audit calls it right`,
    );
  return broken;
}

const ofPlace = new Set(['missing', 'stale', 'crossed', 'ahead', 'drift']);

/** What audit calls right is right by evidence, and what is right by evidence is not called misplaced. */
function agreesWithEvidence({ plan, where, scene }: Watched, { repository, findings }: Audited): string[] {
  const tags = scene.places.get(repository);
  const found = new Map(findings.map((finding) => [finding.tag, finding]));
  const owners = new Set(
    plan.tags.flatMap(({ kind, owner }) =>
      kind === 'convenience' && owner !== null ? [cellKey(owner.version, owner)] : [],
    ),
  );
  return plan.tags.flatMap(({ tag, kind, owner }) => {
    const key = owner === null ? '' : cellKey(owner.version, owner);
    const at = where.get(repository)?.get(key);
    // Images of cells that own nothing are not looked into unless asked.
    if (at === undefined || !owners.has(key) || tags?.silent.has(tag) === true) return [];
    const judged = found.get(tag);
    const isCalledRight = judged === undefined || isRight(judged.kind);
    const digest = tags?.tags.get(tag);
    const says = `${repository}:${tag} points to ${short(digest)}; the image of ${key} is ${whereText(at)}; audit says ${judged?.kind ?? 'ok'}`;
    if (at.kind === 'sound') {
      if (isCalledRight) return digest === at.digest ? [] : [says];
      return digest === at.digest && ofPlace.has(judged.kind) ? [says] : [];
    }
    const isOnClaimant = at.kind === 'doubt' && digest !== undefined && at.claimants.includes(digest);
    return isOnClaimant && kind === 'convenience' && isCalledRight ? [says] : [];
  });
}

export const lastTagStays: Law = async (watched) => {
  const { scene, applied, published } = watched;
  const broken = [applied, ...published].flatMap(({ command, scene: after }) =>
    lostTags(watched, command, scene, after),
  );
  for (const run of [applied, ...published]) {
    const written = [...run.scene.journals.keys()].filter((path) => !scene.journals.has(path));
    for (const path of written) {
      for (const before of [run.scene, withoutPinnedTags(watched, run.scene, path)]) {
        const after = copyScene(before);
        await rollback(after, path);
        const command = `rollback of ${run.command}`;
        broken.push(...lostTags(watched, command, before, after), ...otherTags(watched, before, after));
      }
    }
  }
  return broken;
};

/** Somebody deletes, after a run, the pinned tags of every cell that the run moved a tag to. */
function withoutPinnedTags({ plan }: Watched, scene: Scene, path: string): Scene {
  const damaged = copyScene(scene);
  const owners = new Set(movedOwners(scene, path));
  const isGone = ({ kind, owner }: (typeof plan.tags)[number]): boolean =>
    kind === 'pinned' && owner !== null && owners.has(cellKey(owner.version, owner));
  const gone = plan.tags.flatMap((tag) => (isGone(tag) ? [tag.tag] : []));
  for (const { tags } of damaged.places.values()) for (const tag of gone) tags.delete(tag);
  return damaged;
}

function movedOwners(scene: Scene, path: string): string[] {
  const state = readJournal(scene.journals.get(path) ?? [], path);
  return state.ok
    ? state.value.moves.flatMap(({ to }) => (to.owner === null ? [] : [cellKey(to.owner.version, to.owner.axes)]))
    : [];
}

/** Sound images of releases that are neither yanked nor excluded, which had a tag and have none. */
function lostTags(watched: Watched, command: string, before: Scene, after: Scene): string[] {
  const { yanked, excluded } = watched.base.project;
  return [...before.places].flatMap(([name, held]) => {
    const left = new Set(after.places.get(name)?.tags.values());
    const had = new Set(held.tags.values());
    return [...whereImagesAre(watched, name, before)].flatMap(([key, at]) => {
      const version = key.split(' ')[0];
      if (at.kind !== 'sound' || version === yanked || version === excluded) return [];
      const isLost =
        [...had].some((digest) => digest === at.digest) && ![...left].some((digest) => digest === at.digest);
      return isLost ? [`${command} took the last tag in ${name} from ${whereText(at)}, the image of ${key}`] : [];
    });
  });
}

function otherTags({ plan }: Watched, before: Scene, after: Scene): string[] {
  const moving = new Set(plan.tags.flatMap(({ tag, kind }) => (kind === 'convenience' ? [tag] : [])));
  return [...before.places].flatMap(([name, { tags }]) => {
    const now = after.places.get(name)?.tags;
    return [...new Set([...tags.keys(), ...(now?.keys() ?? [])])]
      .filter((tag) => tags.get(tag) !== now?.get(tag) && !moving.has(tag))
      .map((tag) => `rollback moved ${name}:${tag}, which is no convenience tag`);
  });
}

export const evidenceKeepsRight: Law = async (watched) => {
  const { scene, where } = watched;
  const written = copyScene(scene);
  await audit(written, { writeLock: true, failOn: ['none'] });
  const broken = await turnedWrong(watched, written, 'after audit --write-lock');
  for (const [name, cells] of where) {
    const [key, at] = [...cells].find(([, place]) => place.kind === 'doubt' && place.claimants.length > 1) ?? [
      '',
      null,
    ];
    const cell = watched.cells.find((candidate) => candidate.key === key);
    if (cell === undefined || at === null) continue;
    for (const digest of claimantsOf(at)) {
      const named = copyScene(scene);
      const text = withLockLine(scene.files.get(lockFile), name, cell, digest);
      if (text === null) continue;
      named.files.set(lockFile, text);
      broken.push(...(await turnedWrong(watched, named, `with a lock line for ${key} that names ${short(digest)}`)));
    }
  }
  return broken;
};

function claimantsOf(where: Where): readonly string[] {
  return where.kind === 'doubt' ? where.claimants : [];
}

async function turnedWrong({ plan, audited }: Watched, scene: Scene, when: string): Promise<string[]> {
  const { reports } = await audit(scene, { failOn: ['none'] });
  return audited.reports.flatMap((before) => {
    const after = reports.find(({ repository }) => repository === before.repository);
    const still = new Set(after === undefined ? [] : rightTags(plan, after));
    const lost = rightTags(plan, before).filter((tag) => !still.has(tag));
    if (lost.length === 0) return [];
    const kinds = lost.map((tag) => `${tag} ${after?.findings.find((finding) => finding.tag === tag)?.kind ?? ''}`);
    return [`${before.repository}: right before, and wrong ${when}: ${kinds.join(', ')}`];
  });
}

export const unknownReleaseKeepsTags: Law = async (watched) => {
  const { scene, base, cells, published } = watched;
  const hidden = base.cells.filter((cell) => !cells.includes(cell));
  if (hidden.length === 0 && scene.partial === null) return [];
  const runs: { command: string; scene: Scene; isForced: boolean }[] = [];
  for (const isForced of [false, true]) {
    const after = copyScene(scene);
    await apply(after, { allowBackward: isForced });
    runs.push({ command: isForced ? 'apply --allow-backward' : 'apply', scene: after, isForced });
  }
  for (const after of published) runs.push({ ...after, isForced: false });
  return runs.flatMap((run) =>
    takenTags(watched, run.scene, run.isForced ? [] : hidden).map((text) => `${run.command} ${text}`),
  );
};

/** Convenience tags taken from a hidden release, or, of a source that is partial, from what nothing explains. */
function takenTags({ scene, plan, base }: Watched, after: Scene, hidden: readonly BaseCell[]): string[] {
  return [...scene.places].flatMap(([name, { tags }]) => {
    const explained = new Set(base.cells.flatMap(({ pinned }) => pinned.map((tag) => tags.get(tag))));
    return plan.tags.flatMap(({ tag, kind }) => {
      const [from, to] = [tags.get(tag), after.places.get(name)?.tags.get(tag)];
      if (kind !== 'convenience' || from === undefined || from === to) return [];
      const named = cellNamed(from, scene.content);
      const theirs = hidden.find(
        ({ key, pinned }) => key === named || (named === null && tags.get(pinned[0] ?? '') === from),
      );
      if (theirs !== undefined) return [`took ${name}:${tag} from ${theirs.key}, a release that no source knows`];
      if (scene.partial === null || named !== null || explained.has(from)) return [];
      return [`took ${name}:${tag} from ${short(from)}, which nothing explains while the source is partial`];
    });
  });
}
