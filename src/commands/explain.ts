/** `tagwright explain TAG`: the rule, the candidates and why each lost; with a registry, what is really there. */
import { fullTag } from '../plan/cell.ts';
import { explainTag } from '../plan/explain.ts';
import { explanationJson, explanationText, type ActualTag } from '../report/explain.ts';
import type { CommonOptions } from './options.ts';
import { ownerOf } from '../plan/plan.ts';
import { createInspector } from './inspector.ts';
import { surveyTags } from './look/survey-tags.ts';
import { readProject, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ExplainOptions extends CommonOptions {
  readonly tag: string;
  /** Without a registry: what should be, not what is. */
  readonly offline: boolean;
  readonly json: boolean;
}

export async function explainCommand(options: ExplainOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const explanation = explainTag(options.tag, project.image, project.known, project.tags);
  const actual = options.offline ? null : await actualTag(options.tag, project, world);
  const stdout = options.json ? explanationJson(explanation, actual) : explanationText(explanation, actual);
  return { stdout, result: 'as-planned' };
}

/** Where the tag stands, and which cell that is. @throws {OutsideError} where the registry would not say */
async function actualTag(tag: string, project: Project, world: World): Promise<ActualTag> {
  const [repository] = project.image.repositories;
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const registry = registries.open(repository);
    const actual = (await registry.head(tag, world.signal))?.digest ?? null;
    const convenience = project.tags.convenience.filter((entry) => entry.tag === tag);
    const { seen, cellOf } = await surveyTags(
      { registry, inspect: createInspector(registry, world.signal) },
      convenience,
      project,
      world,
    );
    const owners = convenience.flatMap((entry) => (entry.owner === null ? [] : [fullTag(entry.owner)]));
    const expected = owners.map((full) => seen.get(full)).find((found) => found?.kind === 'present');
    const standing = actual === null ? null : cellOf(actual);
    return {
      expected: expected?.kind === 'present' ? expected.descriptor.digest : null,
      actual,
      actualOwner: standing === null ? null : ownerOf(standing),
    };
  } finally {
    await registries.close();
  }
}
