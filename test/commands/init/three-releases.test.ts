/** Three releases within a minute, under GitHub's rule for a `concurrency` group. */
import { readFile, readdir } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import { releaseWorkflow } from '../../../src/commands/init/starting-files.ts';
import { readYamlDocument } from '../../../src/import/yaml-reader.ts';
import { daily, owners, planned } from '../../support/history.ts';
import { fourCells, publishOptions, publishWorld } from '../../support/publish-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const releases = ['1.0.0', '1.1.0', '1.2.0'];

/** The group of each release's run; `null` where the workflow has none. */
function groupOf(text: string, file: string): ((tag: string) => string) | null {
  const yaml = readYamlDocument(text, file);
  const node = yaml.at(yaml.root, 'concurrency');
  const group = yaml.text(node) ?? yaml.text(yaml.at(node, 'group'));
  if (group === null) return null;
  const events = yaml.entries(yaml.at(yaml.root, 'on')).map(({ key }) => key);
  if (!events.includes('release') && !events.includes('push')) return null;
  return (tag) =>
    group
      .replaceAll(/\$\{\{\s*github\.(?:ref_name|event\.release\.tag_name)(?:\s*\|\|[^}]*)?\s*\}\}/g, tag)
      .replaceAll(/\$\{\{\s*github\.ref\s*\}\}/g, `refs/tags/${tag}`);
}

/**
 * GitHub's rule: of a group one run goes on and one waits, and a newer one takes the place of the one that waits.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
function played(groupFor: (tag: string) => string): string[] {
  const running = new Map<string, string>();
  const waiting = new Map<string, string>();
  // All of them come while the first one still runs.
  for (const tag of releases) {
    const group = groupFor(tag);
    (running.has(group) ? waiting : running).set(group, tag);
  }
  return [...running.values(), ...waiting.values()];
}

test('a group that all share loses the release in the middle', () => {
  expect(played(() => 'release')).toEqual(['1.0.0', '1.2.0']);
});

/** Whole workflows of the pages, by page and place. */
async function workflowsOfPages(): Promise<{ file: string; text: string }[]> {
  const pages = [
    'README.md',
    ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  ];
  const found = await Promise.all(
    pages.map(async (page) => {
      const blocks = [...(await readFile(page, 'utf8')).matchAll(/```ya?ml\n(?<text>[^]*?)```/g)];
      return blocks.map((match, index) => ({ file: `${page} ${index + 1}`, text: match.groups?.['text'] ?? '' }));
    }),
  );
  return found.flat().filter(({ text }) => /^on:/m.test(text) && /^concurrency:/m.test(text));
}

test('no workflow that is shipped, shown or written drops a release', async () => {
  const shipped = await Promise.all(
    (await readdir('.github/workflows')).map(async (name) => ({
      file: `.github/workflows/${name}`,
      text: await readFile(`.github/workflows/${name}`, 'utf8'),
    })),
  );
  const written = { file: 'release-images.yml', text: releaseWorkflow('ghcr.io/acme/app') };
  const groups = [written, ...shipped, ...(await workflowsOfPages())].flatMap(({ file, text }) => {
    const group = groupOf(text, file);
    return group === null ? [] : [{ file, runs: played(group) }];
  });
  expect(groups.map(({ file }) => file)).toContain('.github/workflows/release.yml');
  expect(groups.filter(({ runs }) => runs.length < releases.length)).toEqual([]);
});

test('three published at once: every tag is on its owner', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const facts = daily(...releases);
  const group = groupOf(releaseWorkflow('ghcr.io/acme/app'), 'release-images.yml') ?? (() => '');
  const runs = played(group).map(async (version) => {
    const options = publishOptions(version, `${registry.host}/acme/app`, await tempFolder());
    return publishCommand(options, publishWorld({ facts }));
  });
  expect((await Promise.all(runs)).map(({ result }) => result)).toEqual(['as-planned', 'as-planned', 'as-planned']);
  const { tags } = planned(fourCells, facts);
  const there = registry.tags('acme/app');
  for (const [tag, owner] of Object.entries(owners(tags))) {
    const [version = '', python = '', flavor = ''] = owner?.split(' ') ?? [];
    const full = `${version}-python${python}${flavor === 'conda' ? '-conda' : ''}`;
    expect([tag, there.get(tag)]).toEqual([tag, there.get(full)]);
  }
});
