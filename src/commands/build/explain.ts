/** `build --explain`: the graph that a build would be, without building it. */
import type { CellPlatforms } from '../../build/select-platforms.ts';
import { cacheScopes } from '../../build/cache-scopes.ts';
import { rootsAt } from '../../build/source.ts';
import { buildTarget } from '../../build/targets.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Release } from '../../domain/release.ts';
import { sharedTargets } from '../../domain/shared-target.ts';
import { baseOf } from '../../plan/base-of.ts';
import type { Cell } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import type { Builder, BuilderCache, Registries } from '../../ports.ts';
import { cacheLines } from '../../render/bake-cache.ts';
import { readStages } from '../../render/stages.ts';
import { stepsOf, type Step } from '../../render/steps.ts';
import { graphJson, graphText, type BuildGraph, type GraphStep, type GraphTarget } from '../../report/build-graph.ts';
import type { Project } from '../read-project.ts';
import { dockerfilesToBuild } from '../release/sources.ts';
import type { Outcome, World } from '../world.ts';

export interface ExplainScene {
  readonly project: Project;
  readonly release: Release;
  readonly chosen: CellPlatforms;
  readonly registries: Registries;
  readonly builder: Builder['name'];
  readonly json: boolean;
  readonly world: World;
}

const noCache: BuilderCache = { kind: 'unknown', because: 'this builder keeps nothing' };

interface Made {
  readonly target: BuildTarget;
  readonly shown: GraphTarget;
  readonly steps: readonly Step[];
}

export async function explainBuild(scene: ExplainScene): Promise<Outcome> {
  const { project, release, chosen, registries, world } = scene;
  const builder = world.builder(scene.builder, project.config.build, project.root, registries);
  const cache = (await builder.cache?.(world.signal)) ?? noCache;
  const read = await dockerfilesToBuild(project, release, world);
  const made: Made[] = [];
  for (const [cell, platforms] of chosen) made.push(await makeCell(cell, platforms, project, read));
  const { cache: store, cacheFrom } = project.config.build;
  const graph: BuildGraph = {
    release: release.version.text,
    targets: made.map(({ shown }) => shown),
    shared: sharedTargets(made.map(({ target }) => target)).map((target) => ({
      ...shownTarget(target, null, project.root),
      for: made.filter((one) => one.target.shared?.some(({ id }) => id === target.id)).map((one) => one.target.id),
    })),
    steps: graphSteps(made, cache),
    cache: {
      layers: cache.kind === 'known' ? cache.layers : null,
      because: cache.kind === 'known' ? null : cache.because,
      from: [...new Set([...cacheFrom, ...made.flatMap(({ target }) => cacheLines(target, store).from)])],
    },
  };
  return { stdout: scene.json ? graphJson(graph) : graphText(graph), result: 'as-planned' };
}

async function makeCell(
  cell: Cell,
  platforms: readonly string[],
  { image, root, tags }: Project,
  read: (path: string, cell: Cell) => Promise<string | null>,
): Promise<Made> {
  const cache = cacheScopes(cell, tags.cells, image, platforms);
  const target = { ...buildTarget(cell, image, [], rootsAt(root)), platforms, cache };
  const base = baseOf(cell.shape, image, cellValues(cell));
  const shown = shownTarget(target, base === null ? null : base.name, root);
  const text = await read(shown.dockerfile, cell);
  const stages = text === null ? null : readStages(text, shown.dockerfile);
  const isRead = text !== null && stages?.ok === true && stages.value !== null;
  return { target, shown, steps: isRead ? stepsOf(text, stages.value, target, target.target ?? null) : [] };
}

function shownTarget(target: BuildTarget, base: string | null, root: string): GraphTarget {
  const { id, contexts, platforms } = target;
  const dockerfile = target.dockerfile.startsWith(`${root}/`)
    ? target.dockerfile.slice(root.length + 1)
    : target.dockerfile;
  return { id, dockerfile, stage: target.target ?? null, base, contexts, platforms };
}

/** Those of one platform are others than those of another: a step is listed with every target that has it. */
function graphSteps(made: readonly Made[], cache: BuilderCache): readonly GraphStep[] {
  const found = new Map<string, { readonly step: Step; readonly dockerfile: string; readonly ids: string[] }>();
  for (const { target, shown, steps } of made) {
    for (const step of steps.filter(({ text }) => /^(?:RUN|COPY|ADD)\b/i.test(text))) {
      const known = found.get(step.key) ?? { step, dockerfile: shown.dockerfile, ids: [] };
      known.ids.push(target.id);
      found.set(step.key, known);
    }
  }
  return [...found.values()].map(({ step, dockerfile, ids }) => {
    const { line, text, command } = step;
    const isKnown = command !== null && cache.kind === 'known';
    const cached = !isKnown ? 'unknown' : cache.commands.has(command) ? 'maybe' : 'no';
    return { dockerfile, line, text, for: ids, cached };
  });
}
