/** `tagwright explain TAG`: the rule, the candidates and why each lost; with a registry, what is really there. */
import { assertNever } from '../domain/errors.ts';
import type { Repository } from '../domain/reference.ts';
import { eachInTurn, mapSeveral } from '../domain/several.ts';
import { explainTag } from '../plan/explain.ts';
import type { Explanation } from '../plan/explanation.ts';
import { releaseName } from '../plan/release-name.ts';
import type { Registries } from '../ports.ts';
import { explanationJson, explanationText, type ActualTag } from '../report/explain.ts';
import type { Expected } from '../sight/expected.ts';
import { expectedOf } from './look/expected-of.ts';
import { lookAt, type RepositoryLook } from './look/repository-look.ts';
import { judgeTogether } from './look/together.ts';
import type { CommonOptions } from './options.ts';
import { bestOf, joinImages } from './over-images.ts';
import { readProject, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ExplainOptions extends CommonOptions {
  readonly tag: string;
  /** Without a registry: what should be, not what is. */
  readonly offline: boolean;
  readonly format: ExplainFormat;
}

export type ExplainFormat = 'text' | 'json' | 'html';

export function explainCommand(options: ExplainOptions, world: World): Promise<Outcome> {
  return joinImages(options, world, { isJson: options.format === 'json', resultOf: bestOf }, explainForImage);
}

async function explainForImage(options: ExplainOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const explanation = explainTag(options.tag, project.image, project.known, project.tags);
  const actual = options.offline ? [] : await actualTags(options, project, world);
  const stdout = await textOf(explanation, actual, options.format, project);
  if (actual.some(({ finding, unseen }) => finding?.kind === 'unknown' || unseen !== undefined))
    return { stdout, result: 'outside-failed' };
  // A script that asks for a tag by a wrong name must notice, and so must one that asks for a tag that nobody has.
  const isLeftOut = explanation.status === 'excluded' && actual.length > 0;
  const isNowhere = isLeftOut && actual.every((at) => at.actual === null);
  return { stdout, result: explanation.status === 'unplanned' || isNowhere ? 'findings' : 'as-planned' };
}

async function textOf(
  explanation: Explanation,
  actual: readonly ActualTag[],
  format: ExplainFormat,
  { image, known }: Project,
): Promise<string> {
  switch (format) {
    case 'text':
      return explanationText(explanation, actual);
    case 'json':
      return explanationJson(explanation, actual);
    case 'html': {
      // Loaded for a page alone.
      const { explainHtml } = await import('../report/page/explain.ts');
      const releases = known.releases.map((release) => ({ version: release.version.text, name: releaseName(release) }));
      return explainHtml(explanation, actual, { sourceUrl: image.sourceUrl, releases });
    }
    default:
      return assertNever(format);
  }
}

/** The tag in every repository, judged as an audit does. */
async function actualTags(options: ExplainOptions, project: Project, world: World): Promise<readonly ActualTag[]> {
  const expected = await expectedOf(project, options, world);
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const looks = await eachInTurn(project.image.repositories, (repository) =>
      lookForTag(repository, { options, project, expected, registries }, world),
    );
    return mapSeveral(await judgeTogether(looks), (looked) => actualTag(options.tag, looked));
  } finally {
    await registries.close();
  }
}

interface ActualInput {
  readonly options: ExplainOptions;
  readonly project: Project;
  readonly expected: Expected;
  readonly registries: Registries;
}

async function lookForTag(repository: Repository, input: ActualInput, world: World): Promise<RepositoryLook> {
  const { options, project, expected, registries } = input;
  const { tag } = options;
  const planned = expected.tags.get(tag);
  // Which image a pinned tag's cell has rests on all of the cell's pinned tags.
  const mates = planned?.kind === 'pinned' ? new Set(planned.cell.pinned.map((pinned) => pinned.tag)) : new Set();
  const inScope = (other: string): boolean => other === tag || mates.has(other);
  const request = { repository, project, expected, options, inScope, content: 'all' as const };
  const looked = await lookAt(registries.open(repository), request, world);
  await looked.lookout.read([tag]);
  return looked;
}

function actualTag(tag: string, { audited, name, input, lookout }: RepositoryLook): ActualTag {
  const planned = input.expected.tags.get(tag);
  const owner = planned?.kind === 'convenience' ? planned.owner : (planned?.cell ?? null);
  const image = owner === null ? null : audited.sight.image(owner);
  const actual = audited.sight.digestAt(tag);
  const finding = audited.findings.find((found) => found.finding.tag === tag)?.finding ?? null;
  const seen = lookout.seen.get(tag);
  const unseen = finding === null && seen?.kind === 'unknown' ? { unseen: seen.reason } : {};
  return {
    repository: name,
    expected: finding?.expected.digest ?? (image?.state === 'sound' ? image.digest : null),
    actual,
    actualOwner: actual === null ? null : (audited.sight.identities(actual)[0]?.owner ?? null),
    finding,
    ...unseen,
  };
}
