/**
 * Workflows of the field, each kind in several shapes of our own: the config that comes of one is loaded and planned, and
 * the tags of the newest release are those that the model of docker/metadata-action pushes for it.
 */
import { describe, expect, test } from 'vitest';
import { loadConfigModule } from '../../src/adapters/files/load-config-module.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { defineConfig } from '../../src/config/define-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configText } from '../../src/import/config-text.ts';
import { importWorkflow, type ImportInput } from '../../src/import/import-workflow.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { knownReleases } from '../../src/releases/known-releases.ts';
import { daily, owners, revisionOf } from '../support/history.ts';
import { pushedTags, type Contexts, type ModelStep } from '../support/metadata-action.ts';
import { problemsOf } from '../support/problems.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { cases, refusals } from './cases/cases.ts';
import { fieldCases, fieldRefusals } from './cases/field.ts';
import { furtherCases, furtherRefusals } from './cases/further.ts';
import { strangerCases, strangerRefusals } from './cases/strangers.ts';
import { widerCases, widerRefusals } from './cases/wider.ts';
import type { ImportCase } from './cases/writing.ts';

type GivenFiles = Pick<ImportCase, 'workflow' | 'gitTags' | 'files' | 'oneCommit'>;

function inputOf({ workflow, gitTags, files = {}, oneCommit = [] }: GivenFiles): ImportInput {
  return {
    source: workflow,
    file: '.github/workflows/images.yml',
    repository: 'acme/app',
    gitTags,
    oneCommit,
    files: new Map(Object.entries(files)),
  };
}

function textOf(input: ImportInput): string {
  const { config, head } = importWorkflow(input);
  return configText(config, head);
}

interface PlannedCase {
  /** Of the newest git tag, with their repositories. */
  readonly tags: readonly string[];
  /** Flavor to platforms and Dockerfile. */
  readonly builds: Readonly<Record<string, string>>;
}

async function plannedOf(given: ImportCase, text: string): Promise<PlannedCase> {
  const folder = await tempFolder({ 'matrix.config.ts': text });
  const loaded = await loadConfigModule(`${folder}/matrix.config.ts`, {
    virtualModules: { tagwright: { defineConfig } },
  });
  const config = readConfig(configSchema.parse(loaded), 'matrix.config.ts');
  if (!config.ok) throw new Error(JSON.stringify(config.problems, null, 1));
  const newest = given.gitTags.at(-1) ?? '';
  const tags = new Set<string>();
  const builds: Record<string, string> = {};
  for (const image of config.value.images) {
    const commitOf = (tag: string): string => given.oneCommit?.find((tags) => tags.includes(tag))?.[0] ?? tag;
    const facts = daily(...given.gitTags).map((one) => ({ ...one, revision: revisionOf(commitOf(one.version)) }));
    const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
    const map = resolveTags(image, known.releases, shapeFinder(image, known.releases, 'releases.json'));
    if (given.oneCommit !== undefined && map.clashes.length > 0) throw new Error(JSON.stringify(map.clashes, null, 1));
    const version = known.releases.find(({ sourceText }) => sourceText === newest)?.version.text ?? newest;
    const pinned = [...map.pinned].filter(([, { cell }]) => cell.release.version.text === version).map(([tag]) => tag);
    const moved = Object.entries(owners(map)).filter(([, owner]) => owner?.split(' ')[0] === version);
    for (const { registry, path } of image.repositories) {
      const host = registry === 'docker.io' ? '' : `${registry}/`;
      for (const tag of [...pinned, ...moved.map(([name]) => name)]) tags.add(`${host}${path}:${tag}`);
    }
    const flavors = image.axes.find((axis) => axis.name === 'flavor')?.values ?? [];
    for (const { name, build } of flavors) {
      const { dockerfile, platforms } = build;
      const all = platforms ?? image.platforms.map(({ platform }) => platform);
      const key = config.value.images.length === 1 ? name : `${image.name} ${name}`;
      builds[key] = `${dockerfile?.text ?? ''} ${all.join(' ')}`;
    }
  }
  return { tags: [...tags].toSorted(), builds };
}

/** What the action pushes for the newest git tag: each step once for each job. */
function modelTags(given: ImportCase): string[] {
  const gitTag = given.gitTags.at(-1) ?? '';
  const github: Contexts = {
    event_name: given.event ?? 'push',
    ref: `refs/tags/${gitTag}`,
    ref_name: gitTag,
    repository: 'acme/app',
    event: { repository: { default_branch: 'main' } },
  };
  const tags = given.steps.flatMap(({ images, jobs = [{}], ...step }) =>
    jobs.flatMap((job) => {
      const contexts = { github, ...job };
      const model: ModelStep = step;
      const made = pushedTags(model, { gitTag, revision: revisionOf(gitTag), contexts });
      return made.flatMap((tag) => images.map((image) => `${image}:${tag}`));
    }),
  );
  return [...new Set(tags)].toSorted();
}

describe.each([...cases, ...fieldCases, ...furtherCases, ...widerCases, ...strangerCases])('$kind: $name', (given) => {
  const text = textOf(inputOf(given));

  test('gives the tags that the action pushes', async () => {
    const planned = await plannedOf(given, text);
    expect(planned.tags).toEqual(modelTags(given));
    expect(planned.builds).toEqual(given.builds);
  });

  test('says what it cannot know, and nothing else', () => {
    const said = text
      .split('\n')
      .filter((line) => /^\s*\/\/ .*(?:CHECK THIS|CHANGE THIS|no counterpart|concurrency \()/.test(line));
    expect(said.map((line) => line.trim().replace(/^\/\/ /, ''))).toEqual(given.says ?? []);
    for (const part of given.holds ?? []) expect(text).toContain(part);
  });
});

test.each([...refusals, ...fieldRefusals, ...furtherRefusals, ...widerRefusals, ...strangerRefusals])(
  '$name is refused with the reason',
  async ({ message, ...given }) => {
    const problems = await problemsOf(() => {
      importWorkflow(inputOf(given));
      return Promise.resolve();
    });
    expect(problems.map(({ code, message: said }) => [code, said])).toEqual([['WORKFLOW_INVALID', message]]);
    for (const { fix } of problems) expect(fix).toMatch(/tagwright init|name the workflow|import a copy of/);
  },
);
