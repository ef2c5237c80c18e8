/** `tagwright plan [VERSION]`: the whole tag map, or what publishing one release builds and moves. Never writes. */
import { cellMetadata, type CellMetadata } from '../build/cell-metadata.ts';
import { selectCells } from '../build/select-cells.ts';
import { rootsAt, workingTreeLabels } from '../build/source.ts';
import type { BuildConfig } from '../config/types.ts';
import { assertNever, InputError, InternalError, type Problem } from '../domain/errors.ts';
import type { Release } from '../domain/release.ts';
import { eachInTurn, flatSeveral, mapSeveral, type Several } from '../domain/several.ts';
import type { Cell } from '../plan/cell.ts';
import { diffPlans, movedPinned, type PlanDiff } from '../plan/plan-diff.ts';
import { movesBetween, narrowPlan, shownPlans } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import type { ReportDocument } from '../report/document.ts';
import { planJson, plansJson, plansJsonPieces } from '../report/plan-json.ts';
import { planMarkdown } from '../report/plan-markdown.ts';
import { planTable } from '../report/plan-table.ts';
import { planLines } from '../report/plan-lines.ts';
import { planDiffJson, planDiffMarkdown, planDiffTable } from '../report/plan-diff.ts';
import { withRelease, withYank } from '../releases/what-if.ts';
import { offlinePlan } from './offline-plan.ts';
import type { PlanView } from './plan-page.ts';
import type { CommonOptions, ReleaseOptions } from './options.ts';
import { ofImage, overImages } from './over-images.ts';
import { namedRelease, projectOf, readFacts, readProject, required, type Facts, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export type PlanFormat = 'table' | 'lines' | 'json' | 'markdown' | 'html' | 'bake';

/** Which plan: of all releases, of one, of a build that is not a release, or the difference to another config. Each has what it uses. */
export type PlanRequest = MapRequest | ReleaseRequest | EventRequest | DifferenceRequest;

interface WhatIf extends CommonOptions {
  /** Without a registry: from facts alone. */
  readonly offline: boolean;
  /** Releases that are not out, `VERSION` or `VERSION@REVISION`, planned as if they were. */
  readonly with: readonly string[];
  /** Releases planned as if they were withdrawn. */
  readonly yank: readonly string[];
}

export interface MapRequest extends WhatIf {
  readonly kind: 'map';
  readonly format: Exclude<PlanFormat, 'bake'>;
}

export interface ReleaseRequest extends WhatIf, Pick<ReleaseOptions, 'revision'> {
  readonly kind: 'release';
  readonly version: string;
  /** Cells of the release, by id or axis; none: all of them. */
  readonly only: readonly string[];
  /** What lies in the working tree is to be built, whatever it is, and a label says so. */
  readonly fromWorkingTree: boolean;
  readonly format: PlanFormat;
}

export interface EventRequest extends CommonOptions {
  readonly kind: 'event';
  /** With the event, `-` for standard input; `null`: the one of the environment. */
  readonly file: string | null;
  /** Cells by id or axis; none: all of them. */
  readonly only: readonly string[];
  readonly fromWorkingTree: boolean;
  readonly format: Exclude<PlanFormat, 'html'>;
  /** What is planned if the config has no tags for such builds; `null`: that is refused. */
  readonly otherwise: MapRequest | null;
}

export interface DifferenceRequest extends CommonOptions {
  readonly kind: 'difference';
  /** Another config: what the tags would be by it, against this one's. */
  readonly diff: string;
  readonly format: 'table' | 'json' | 'markdown' | 'html';
}

export function planCommand(request: PlanRequest, world: World): Promise<Outcome> {
  switch (request.kind) {
    case 'difference':
      return diffOutcome(request, world);
    case 'map':
      return mapOutcome(request, world);
    case 'release':
      return releaseOutcome(request, world);
    case 'event':
      return eventOutcome(request, world);
    default:
      return assertNever(request);
  }
}

/** The tag map of each image that was asked for. */
function mapOutcome(request: MapRequest, world: World): Promise<Outcome> {
  return overImages(request, world, async (each, shared) => {
    const maps = await eachInTurn(each, (one) => ofImage(request, one, (own) => mapOfImage(own, shared)));
    const [{ build }] = maps;
    const plans = flatSeveral(mapSeveral(maps, (map) => map.plans));
    const document: ReportDocument = { kind: 'plan', plans, cells: [], build, refused: [] };
    if (request.format === 'json') return jsonOutcome(plans, document);
    const { format } = request;
    if (format === 'html') {
      const { planPageText } = await import('./plan-page.ts');
      return { stdout: planPageText(flatSeveral(mapSeveral(maps, pageViews))), result: 'as-planned', document };
    }
    const isOne = maps.length === 1;
    const stdout =
      format === 'lines' && !isOne
        ? maps.flatMap((map) => map.plans.map(namedLines)).join('')
        : maps.map((map) => plansText(map.plans, format)).join('\n');
    return { stdout, result: 'as-planned', document };
  });
}

interface ImageMap {
  readonly project: Project;
  readonly plans: Several<Plan>;
  readonly build: BuildConfig;
}

async function mapOfImage(request: MapRequest, world: World): Promise<ImageMap> {
  const facts = await readFacts(request, world);
  const project = projectOf(whatIf(facts, request, world));
  const plans = await knownPlans(facts, project, null, request, world);
  const { contractOfImage } = await import('./release/contract.ts');
  const broken = await contractOfImage(project.image, world.files(project.root));
  if (broken.length > 0) throw new InputError(broken);
  return { project, plans, build: project.config.build };
}

async function releaseOutcome(request: ReleaseRequest, world: World): Promise<Outcome> {
  const facts = await readFacts(request, world);
  const project = projectOf(whatIf(facts, request, world));
  const release = namedRelease(project, request.version, request.revision);
  const chosen = chosenCells(project, release, request.only);
  const roots = rootsAt('.', workingTreeLabels(request.fromWorkingTree));
  const cells = chosen.map((cell) => cellMetadata(cell, project.tags, project.image, roots));
  const whole = await knownPlans(facts, project, release, request, world);
  const plans = mapSeveral(whole, (plan) => narrowPlan(plan, chosen));
  const { build } = project.config;
  const unbuildable = await whyNotBuilt(project, release, world);
  await refuseBroken(project, release, unbuildable, request, world);
  const refused = await whyNotHandedOver(chosen, project, release, { unbuildable, request }, world);
  if (request.format === 'bake' && refused.length > 0) throw new InputError(refused);
  const document: ReportDocument = { kind: 'plan', plans, cells, build, refused };
  if (request.format === 'json') return jsonOutcome(plans, document);
  if (request.format === 'html') {
    const { planPageText } = await import('./plan-page.ts');
    return { stdout: planPageText(pageViews({ plans, project })), result: 'as-planned', document };
  }
  const stdout = request.format === 'bake' ? await bakeText(cells, build) : plansText(plans, request.format);
  return { stdout, result: 'as-planned', document };
}

async function eventOutcome(request: EventRequest, world: World): Promise<Outcome> {
  const { eventByDefault, readEventBuild } = await import('./event/read-event.ts');
  const { otherwise } = request;
  const build = await (otherwise === null
    ? readEventBuild(request, request.file, world)
    : eventByDefault(request, world));
  if (build === null && otherwise !== null) return planCommand(otherwise, world);
  if (build === null) throw new InternalError('an event without a build');
  const { planEvent } = await import('./event/plan-event.ts');
  return planEvent(request, build, world);
}

/** Each repository's plan beside what a page takes from its project. */
function pageViews({ plans, project }: Pick<ImageMap, 'plans' | 'project'>): Several<PlanView> {
  return mapSeveral(shownPlans(plans), (plan) => ({ plan, project }));
}

/** The text of many cells is not made whole unless somebody asks for it so. */
function jsonOutcome(plans: Several<Plan>, document: ReportDocument): Outcome {
  return {
    get stdout() {
      return plansJson(plans);
    },
    pieces: () => plansJsonPieces(plans),
    result: 'as-planned',
    document,
  };
}

/** The plan with its moves: as a registry has them, or as facts alone tell. */
async function knownPlans(
  facts: Facts,
  project: Project,
  release: Release | null,
  options: MapRequest | ReleaseRequest,
  world: World,
): Promise<Several<Plan>> {
  const plan = offlinePlan(project, release);
  if (!options.offline && options.format !== 'bake')
    return (await import('./plan-online.ts')).withRegistry(plan, project, release, options, world);
  const isWhatIf = options.with.length + options.yank.length > 0 && release === null;
  return [isWhatIf ? { ...plan, moves: movesBetween(projectOf(facts).tags, project.tags) } : plan];
}

/** @throws {InputError} USAGE for a choice that no cell is */
function chosenCells(project: Project, release: Release, only: readonly string[]): readonly Cell[] {
  const cells = project.tags.cells.filter((cell) => cell.release === release);
  return cells.length === 0 ? [] : required(selectCells(cells, only, '--only'));
}

/** The facts with the releases that `--with` adds and `--yank` withdraws. */
function whatIf(facts: Facts, options: WhatIf, world: World): Facts {
  let { known } = facts;
  for (const text of options.with) known = required(withRelease(known, text, facts.image, world.clock.nowMs()));
  for (const text of options.yank) known = required(withYank(known, text, facts.image));
  return { ...facts, known };
}

/** The tags of this config against those of another: what a change of the config does. */
async function diffOutcome(options: DifferenceRequest, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const before = await readProject({ ...options, config: options.diff }, world).catch(namingDiff);
  const diff = diffPlans(offlinePlan(before, null), offlinePlan(project, null));
  const stdout = await diffText(diff, options.format, project);
  const result = movedPinned(diff).length > 0 ? 'findings' : 'as-planned';
  return { stdout, result, document: { kind: 'plan-diff', diff } };
}

/** The file that is not there is the other config's, which another flag names. */
function namingDiff(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  const fix = 'name a config that is there with --diff FILE';
  throw new InputError(
    error.problems.map((problem) => (problem.code === 'CONFIG_NOT_FOUND' ? { ...problem, fix } : problem)),
    { cause: error },
  );
}

async function diffText(diff: PlanDiff, format: DifferenceRequest['format'], project: Project): Promise<string> {
  switch (format) {
    case 'json':
      return planDiffJson(diff);
    case 'markdown':
      return planDiffMarkdown(diff);
    case 'table':
      return planDiffTable(diff);
    case 'html':
      return (await import('./plan-page.ts')).planDiffPageText(diff, project);
    default:
      return assertNever(format);
  }
}

/** Of several images, each line has its repository. */
function namedLines(plan: Plan): string {
  return planLines(plan).replaceAll(/^(?=.)/gm, `${plan.repository} `);
}

function plansText(plans: Several<Plan>, format: Exclude<PlanFormat, 'bake' | 'json' | 'html'>): string {
  return shownPlans(plans)
    .map((plan, index) => planText(plan, format, index > 0))
    .join('\n');
}

export function planText(plan: Plan, format: Exclude<PlanFormat, 'bake' | 'html'>, isFurther = false): string {
  if (format === 'json') return planJson(plan);
  if (format === 'lines') return planLines(plan);
  return format === 'markdown' ? planMarkdown(plan, isFurther) : planTable(plan, isFurther);
}

/** The bake file that publishing the release would use, every cell in it. */
async function bakeText(cells: readonly CellMetadata[], build: BuildConfig): Promise<string> {
  const { renderBake } = await import('../render/bake.ts');
  return renderBake(
    cells.map(({ target }) => target),
    { push: true, ...build },
  );
}

/** A Dockerfile that does not fit its cells; where it fits, what else keeps a publish from building it is said. */
async function refuseBroken(
  project: Project,
  release: Release,
  unbuildable: readonly Problem[],
  { offline, fromWorkingTree }: ReleaseRequest,
  world: World,
): Promise<void> {
  const { isContractProblem } = await import('./release/contract.ts');
  const broken = unbuildable.filter(isContractProblem);
  if (broken.length > 0) throw new InputError(broken);
  if (unbuildable.length > 0 || offline || fromWorkingTree) return;
  const { saySourceProblems } = await import('./release/sources.ts');
  const cells = project.tags.cells.filter((cell) => cell.release === release);
  await saySourceProblems(cells, project, release, world);
}

/** Asked for by a bake file, and by the action, whose later steps build with what a plan hands over. */
async function whyNotHandedOver(
  cells: readonly Cell[],
  project: Project,
  release: Release,
  { unbuildable, request }: { readonly unbuildable: readonly Problem[]; readonly request: ReleaseRequest },
  world: World,
): Promise<readonly Problem[]> {
  const isBake = request.format === 'bake';
  const { handsOver } = world;
  if (!isBake && handsOver === undefined) return [];
  const { notHandedOver } = await import('./release/handed-over.ts');
  // Of several cells there is a bake file alone, which pushes pinned tags.
  const tags = isBake || handsOver === undefined || cells.length !== 1 ? 'pinned' : handsOver;
  if (tags === 'all') {
    const { readDecided } = await import('./deciding-config.ts');
    await readDecided({ ...request, configFrom: null }, release.version.text, world);
  }
  return notHandedOver(cells, project, release, { unbuildable, tags, fromWorkingTree: request.fromWorkingTree }, world);
}

/** What a build reads, templates for one, is loaded for a release alone. */
async function whyNotBuilt(project: Project, release: Release, world: World): Promise<readonly Problem[]> {
  const { unbuildable } = await import('./release/buildable.ts');
  return unbuildable(project, release, world);
}
