/** Laws 1 to 4: what is said is what moves, what is right stays, nothing goes onto doubt, and once is enough. */
import { cellKey } from './base.ts';
import { apply, audit, type Finding, type Move } from './commands.ts';
import type { Held } from './held.ts';
import type { Where } from './oracle.ts';
import { changedTags, copyScene, type Scene } from './scene.ts';
import { isApply, planFile, rightTags, short, type After, type Watched } from './watch.ts';

/** What one law finds wrong with a state: one line each; none where it holds. */
export type Law = (watched: Watched) => Promise<string[]> | string[];

const line = ({ tag, to }: Move): string => `${tag} to ${short(to.digest)}`;
const carriedOut = (moves: readonly Move[]): string[] => moves.filter(({ to }) => to.digest !== null).map(line);

function sameLists(what: string, one: readonly string[], other: readonly string[]): string[] {
  return JSON.stringify(one) === JSON.stringify(other)
    ? []
    : [`${what}: [${one.join(', ')}] against [${other.join(', ')}]`];
}

export const oneListOfMoves: Law = async (watched) => {
  const { scene, audited, dry, planOut } = watched;
  const names = [...scene.places.keys()];
  const broken = [
    ...sameLists(
      'repositories that audit judged',
      audited.reports.map(({ repository }) => repository),
      names,
    ),
    ...sameLists(
      'repositories of --plan-out',
      planOut.map(({ repository }) => repository),
      names,
    ),
  ];
  for (const { repository, findings } of audited.reports) {
    const fixed = findings.filter(({ fix }) => isApply(fix)).map(({ tag }) => tag);
    const out = carriedOut(planOut.find((plan) => plan.repository === repository)?.moves ?? []);
    if (dry.exit === 2) {
      broken.push(...(await refusedForOthers(watched, repository, out)));
      continue;
    }
    const moves = dry.reports.find((report) => report.repository === repository)?.moves ?? [];
    broken.push(
      ...sameLists(`${repository}: apply --dry-run against --plan-out`, carriedOut(moves), out),
      ...sameLists(
        `${repository}: apply --dry-run against audit's fixes`,
        moves.map(({ tag }) => tag).toSorted(),
        fixed.toSorted(),
      ),
    );
  }
  if (names.length > 1) broken.push(...(await worstOf(watched)));
  const isSilent = [...scene.places.values()].some(({ silent }) =>
    watched.plan.tags.some(({ tag }) => silent.has(tag)),
  );
  const isHeard = [...scene.places.values()].every(({ silent }) => silent.size === 0);
  if (isSilent && audited.exit !== 3) broken.push(`a planned tag has no answer, and audit ends with ${audited.exit}`);
  if (isHeard && audited.exit === 3) broken.push('every tag has an answer, and audit ends with 3');
  return broken;
};

/**
 * Moves back, or from what no source explains, refuse `apply` as a whole. `--plan-out` leaves them out; the rest of it is
 * what `apply` would do where it is allowed to.
 */
async function refusedForOthers(
  { scene, dry }: Watched,
  repository: string,
  out: readonly string[],
): Promise<string[]> {
  const allowed = await apply(copyScene(scene), { dryRun: true, allowBackward: true });
  if (allowed.exit === 2) return scene.partial === null ? [`apply refuses, whatever is allowed: ${allowed.error}`] : [];
  const moves = carriedOut(allowed.reports.find((report) => report.repository === repository)?.moves ?? []);
  const rest = moves.filter((move) => out.includes(move));
  return sameLists(`${repository}: --plan-out against apply --allow-backward (${dry.error})`, out, rest);
}

/**
 * All at once against each by itself. A fix in one repository that publishes a release does so in all, so an audit of all
 * looks into that release's images in each, and may find more; where both look into every image they say the same.
 */
async function worstOf({ scene, audited }: Watched): Promise<string[]> {
  const whole = await audit(copyScene(scene), { failOn: ['none'], content: 'all' });
  const publishes = new Set(audited.reports.flatMap(({ findings }) => findings.flatMap(publishedBy)));
  return [
    ...(await allAgainstAlone(scene, whole, 'all', new Set())),
    ...(await allAgainstAlone(scene, audited, 'owners', publishes)),
  ];
}

/** @param but releases of which more may be known where all repositories are looked at */
async function allAgainstAlone(
  scene: Scene,
  all: Watched['audited'],
  content: 'all' | 'owners',
  but: ReadonlySet<string>,
): Promise<string[]> {
  const exits: number[] = [];
  const broken: string[] = [];
  const lines = (findings: readonly Finding[] | undefined): string[] =>
    (findings ?? []).flatMap(({ kind, tag, expected: { owner } }) =>
      owner !== null && but.has(owner.version) ? [] : [`${kind} ${tag}`],
    );
  for (const repository of scene.places.keys()) {
    const alone = await audit(copyScene(scene), { repository: [repository], failOn: ['none'], content });
    exits.push(alone.exit);
    const together = all.reports.find((report) => report.repository === repository);
    const what = `${repository}: audit of all against of it alone, --content ${content}`;
    broken.push(...sameLists(what, lines(together?.findings), lines(alone.reports[0]?.findings)));
  }
  const worst = Math.max(...exits);
  const isWorst = but.size === 0 ? worst === all.exit : worst <= all.exit;
  return isWorst ? broken : [...broken, `audit of all ends with ${all.exit}, the worst alone with ${worst}`];
}

function publishedBy({ fix, choices }: Finding): string[] {
  const commands = [fix ?? '', ...(choices ?? []).flatMap(({ command, after }) => [command, after ?? ''])];
  return commands.flatMap((text) => /tagwright publish (\S+)/.exec(text)?.[1] ?? []);
}

export const rightStays: Law = ({ scene, plan, audited, applied, published }) =>
  audited.reports.flatMap((report) => {
    const before = scene.places.get(report.repository)?.tags;
    const right = rightTags(plan, report);
    return [applied, ...published].flatMap(({ command, scene: after }) =>
      right
        .filter((tag) => before?.get(tag) !== after.places.get(report.repository)?.tags.get(tag))
        .map((tag) => {
          const now = after.places.get(report.repository)?.tags.get(tag);
          return `${command} moved ${report.repository}:${tag} from ${short(before?.get(tag))} to ${short(now)}; audit calls it right`;
        }),
    );
  });

export const onlyOntoSound: Law = (watched) =>
  [watched.applied, ...watched.published].flatMap((after) =>
    [...watched.scene.places].flatMap(([name, held]) => [
      ...ontoDoubt(watched, after, name, held),
      ...neverBuilt(watched, after, name),
    ]),
  );

function ontoDoubt(watched: Watched, after: After, name: string, before: Held): string[] {
  const now = after.scene.places.get(name)?.tags;
  return watched.plan.tags.flatMap(({ tag, kind, owner }) => {
    const digest = now?.get(tag);
    if (kind !== 'convenience' || digest === undefined || digest === before.tags.get(tag)) return [];
    const key = owner === null ? '' : cellKey(owner.version, owner);
    const where = watched.where.get(name)?.get(key);
    if (where !== undefined && (mayReceive(where, digest) || isNew(watched, after, name, key, digest))) return [];
    return [
      `${after.command} moved ${name}:${tag} to ${short(digest)}, and the image of ${key} is ${whereText(where)}`,
    ];
  });
}

function mayReceive(where: Where, digest: string): boolean {
  return (
    (where.kind === 'sound' && where.digest === digest) || (where.kind === 'open' && where.claimants.includes(digest))
  );
}

/** Built or copied by this very run, for a cell whose image was nowhere. */
function isNew(watched: Watched, { scene }: After, name: string, key: string, digest: string): boolean {
  if (watched.where.get(name)?.get(key)?.kind !== 'nowhere') return false;
  if (scene.built.some((built) => built.digest === digest)) return true;
  return [...watched.where.values()].some((cells) => {
    const elsewhere = cells.get(key);
    return elsewhere !== undefined && mayReceive(elsewhere, digest);
  });
}

/** A cell is built where its image is nowhere, and in no other case; what a killed push left behind is pushed again. */
function neverBuilt({ where, cells }: Watched, { command, scene }: After, name: string): string[] {
  return scene.built.flatMap(({ reference, target }) => {
    const cell = cells.find(({ target: { id } }) => id === target.id);
    const at = where.get(name)?.get(cell?.key ?? '');
    if (!reference.startsWith(`${name}:`) || cell === undefined || at === undefined || at.kind === 'nowhere') return [];
    return at.kind === 'open'
      ? []
      : [`${command} built ${reference}, and the image of ${cell.key} is ${whereText(at)}`];
  });
}

export function whereText(where: Where | undefined): string {
  if (where === undefined) return 'nobody owns it';
  if (where.kind === 'sound') return `${short(where.digest)}, by ${where.by}`;
  if (where.kind === 'doubt') return `in doubt (${where.why}: ${where.claimants.map(short).join(', ')})`;
  return where.kind;
}

export const onceIsEnough: Law = async ({ applied, allowBackward }) => {
  if (applied.exit > 1 || applied.reports.some(({ failure }) => failure !== null)) return [];
  const again = await apply(copyScene(applied.scene), { allowBackward });
  const moved = again.reports.flatMap(({ repository, moves }) => moves.map((move) => `${repository}:${line(move)}`));
  const broken = moved.map((text) => `a second apply moves ${text}`);
  if (again.exit > 1) broken.push(`a second apply ends with ${again.exit}: ${again.error}`);
  const { reports } = await audit(applied.scene, { failOn: ['none'] });
  for (const { repository, findings } of reports) {
    const left = findings.filter(({ fix }) => isApply(fix)).map(({ kind, tag }) => `${kind} ${tag}`);
    if (left.length > 0) broken.push(`${repository}: after apply, audit says to apply for ${left.join(', ')}`);
  }
  return broken;
};

export const planFileHolds: Law = async ({ applied, byFile, planOut, allowBackward }) => {
  if (planOut.length === 0) return [];
  if (byFile.exit === 2) return [`--plan-out was written, and apply of it is refused: ${byFile.error}`];
  const differing = applied.exit === 2 ? [] : changedTags(applied.scene, byFile.scene);
  const broken = differing.map((tag) => `apply and apply of the plan differ in ${tag}`);
  if (byFile.exit > 1) return broken;
  const again = copyScene(byFile.scene);
  const { exit, error } = await apply(again, { allowBackward, plan: planFile });
  if (exit > 1) broken.push(`a plan that was carried out is refused: ${error}`);
  broken.push(...changedTags(byFile.scene, again).map((tag) => `carried out again, the plan moves ${tag}`));
  return broken;
};
