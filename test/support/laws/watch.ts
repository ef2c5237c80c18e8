/** What commands say and do in one state, looked at once for all laws. */
import { apply, audit, plan, publish, type Applied, type Audited, type Plan, type Ran } from './commands.ts';
import { whereImagesAre, type Where } from './oracle.ts';
import { copyScene, type Scene } from './scene.ts';
import { seeded } from '../seeded.ts';
import type { Situation } from './situation.ts';

/** A command that wrote, and the scene as it left it. */
export interface After {
  readonly command: string;
  readonly exit: number;
  readonly error: string | null;
  readonly scene: Scene;
}

export interface Watched extends Situation {
  /** The oracle's word: repository to cell to place. */
  readonly where: ReadonlyMap<string, ReadonlyMap<string, Where>>;
  readonly audited: Ran<object> & { readonly reports: readonly Audited[] };
  /** `--allow-backward`, where a finding asks for it. */
  readonly allowBackward: boolean;
  readonly planOut: readonly Pick<Plan, 'repository' | 'moves'>[];
  readonly dry: Ran<object> & { readonly reports: readonly Applied[] };
  readonly planned: Ran<object> & { readonly plans: readonly Plan[] };
  readonly applied: After & { readonly reports: readonly Applied[] };
  /** `apply` of the plan that audit wrote. */
  readonly byFile: After;
  readonly published: readonly After[];
}

export const planFile = 'moves.json';

export async function watch(situation: Situation): Promise<Watched> {
  const { scene } = situation;
  const where = new Map([...scene.places.keys()].map((name) => [name, whereImagesAre(situation, name)] as const));
  const audited = await audit(scene, { planOut: planFile, failOn: ['none'] });
  const allowBackward = audited.reports.some(({ findings }) =>
    findings.some(({ fix }) => isApply(fix) && fix?.includes('--allow-backward')),
  );
  const applying = copyScene(scene);
  const done = await apply(applying, { allowBackward });
  const reading = copyScene(scene);
  const read = await apply(reading, { allowBackward, plan: planFile });
  return {
    ...situation,
    where,
    audited,
    allowBackward,
    planOut: writtenPlans(scene),
    dry: await apply(copyScene(scene), { dryRun: true, allowBackward }),
    planned: await plan(copyScene(scene)),
    applied: { command: 'apply', exit: done.exit, error: done.error, scene: applying, reports: done.reports },
    byFile: { command: `apply ${planFile}`, exit: read.exit, error: read.error, scene: reading },
    published: await publishOne(situation),
  };
}

function writtenPlans({ files }: Scene): readonly Plan[] {
  const text = files.get(planFile);
  if (text === undefined) return [];
  const written: Plan | { readonly repositories: readonly Plan[] } = JSON.parse(text);
  return 'repositories' in written ? written.repositories : [written];
}

/** The newest release, which moves most, or another: the state decides. */
async function publishOne({ scene, cells, base, told }: Situation): Promise<After[]> {
  const chance = seeded(told.join(' '), 2 * cells.length);
  const version = chance < cells.length ? base.project.newest : (cells[chance % cells.length]?.version ?? '');
  if (!cells.some((cell) => cell.version === version)) return [];
  const after = copyScene(scene);
  const { exit, error } = await publish(after, version);
  return [{ command: `publish ${version}`, exit, error, scene: after }];
}

export function isApply(fix: string | null): boolean {
  return fix !== null && /^tagwright apply\b/.test(fix);
}

export const isRight = (kind: string): boolean => kind === 'frozen' || kind === 'ok';

/** Planned tags that the audit calls right, of one repository. */
export function rightTags(plan: Plan, report: Audited): string[] {
  const wrong = new Set(report.findings.filter(({ kind }) => !isRight(kind)).map(({ tag }) => tag));
  return plan.tags.map(({ tag }) => tag).filter((tag) => !wrong.has(tag));
}

/** The end of a digest, enough to tell it from others. */
export function short(digest: string | null | undefined): string {
  return digest === null || digest === undefined ? 'nothing' : digest.slice(7, 15);
}
