/** Texts of a workflow that would keep an engine that goes back busy for minutes or years. */
import { describe, expect, test } from 'vitest';
import { workflowTexts } from '../../src/commands/init/workflow-texts.ts';
import type { ProjectFiles } from '../../src/ports.ts';
import { importWorkflow } from '../../src/import/import-workflow.ts';
import { plainTargets } from '../../src/import/bake-files.ts';
import { splitAtCommas, splitExpressions } from '../../src/import/expression.ts';
import { withMatch } from '../../src/import/match-line.ts';
import { runScript } from '../../src/import/shell.ts';
import { runPipeline } from '../../src/import/shell-words.ts';
import { parseTagLine, splitFields } from '../../src/import/tag-line.ts';
import { passesFilters } from '../../src/import/triggers.ts';
import { shapeOf } from '../../src/import/version-shape.ts';
import { includedPaths, localPath } from '../../src/import/workflow-files.ts';

const scope = { variable: () => 'a'.repeat(300), assume: () => undefined, tagPrefix: 'v' };
const plain = shapeOf(['v1.0.0'], []);

function workflow(tags: string, more = ''): string {
  return `on: { push: { tags: ["v*"] } }
jobs:
  image:
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: acme/app
          tags: |
            ${tags}
${more}`;
}

function imported(source: string): unknown {
  return importWorkflow({ source, file: 'ci.yml', repository: 'acme/app', gitTags: ['v1.0.0'] });
}

const rows: readonly { name: string; run: () => unknown }[] = [
  { name: 'a filter of many stars', run: () => passesFilters(`${'a'.repeat(250)}!`, [`${'*a'.repeat(40)}x`]) },
  {
    name: 'type=match with a nested repetition',
    run: () => {
      const line = parseTagLine(`type=match,pattern=^(a+)+$,value=${'a'.repeat(40)}!`);
      return typeof line === 'string' ? line : withMatch(line, plain);
    },
  },
  { name: 'git tags without an end', run: () => shapeOf([`a${'-1.1'.repeat(20_000)}!`, `v${'1'.repeat(50_000)}`], []) },
  { name: 'a replacement with many stars', run: () => runPipeline(`echo "\${A/${'*a'.repeat(30)}x/y}"`, scope) },
  { name: 'a cut with many stars', run: () => runPipeline(`echo "\${A##${'*a'.repeat(20)}x}"`, scope) },
  { name: 'sed with a nested repetition', run: () => runPipeline(`echo "$A" | sed -E 's/^(a+)+x$/b/'`, scope) },
  { name: 'a pipe of many quotes', run: () => runPipeline(`echo ${"'a'|".repeat(20_000)}'`, scope) },
  { name: 'a command of spaces', run: () => runPipeline(`echo a${' '.repeat(100_000)}b`, scope) },
  {
    name: 'a script of blank lines, spaces and open brackets',
    run: () =>
      [
        '\n'.repeat(200_000),
        `echo a${' '.repeat(100_000)}b`,
        `echo "a=${' \\n"'.repeat(50_000)}x`,
        '{\n${'.repeat(20_000),
        `if [ a${' '.repeat(100_000)}b`,
        `echo "v=1"${' '.repeat(100_000)}>> x`,
      ].map((script) => runScript(script, scope)),
  },
  {
    name: 'a bake file whose lists never end',
    run: () =>
      [
        `target "a" {\n  tags = [${'"a"  '.repeat(40)}x]\n}\n`,
        `target "a" {\n  args = {${'a = "b"  '.repeat(40)}x}\n}\n`,
        `target "a" {\n${'a=[\n'.repeat(50_000)}}\n`,
        `target "a" {\n  a = {${'a'.repeat(100_000)}}\n}\n`,
        '\n'.repeat(200_000),
      ].map((text) => plainTargets([{ path: 'docker-bake.hcl', text }])),
  },
  {
    name: 'expressions that never end',
    run: () => [splitExpressions('${{'.repeat(100_000)), splitFields('${{'.repeat(100_000))],
  },
  { name: 'a list of commas', run: () => splitAtCommas(`${','.repeat(200_000)}{`) },
  {
    name: 'blank lines and slashes',
    run: () => [includedPaths('\n'.repeat(200_000)), localPath(`${'/'.repeat(200_000)}x`)],
  },
  {
    name: "a template of the action's, of spaces",
    run: () => imported(workflow(`type=raw,value={{ a${' '.repeat(20_000)}`)),
  },
  {
    name: 'steps and outputs by thousands, each named by the next',
    run: () => {
      const steps = Array.from(
        { length: 400 },
        (_, index) =>
          `      - { id: s${index}, run: 'echo x', env: { A: "\${{ steps.s${index - 1}.outputs.tags }}" } }`,
      );
      return imported(workflow('type=semver,pattern={{version}}', steps.join('\n')));
    },
  },
];

describe('a hostile workflow is read in time in proportion to its length', () => {
  test.each(rows)('$name', ({ run }) => {
    const startMs = performance.now();
    try {
      run();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'InputError')) throw error;
    }
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  test('words that look like a bake file', async () => {
    const startMs = performance.now();
    const files: ProjectFiles = {
      list: async () => [],
      read: async () => null,
      write: async () => undefined,
      entry: async () => 'nothing',
      unfit: async () => [],
    };
    await workflowTexts(`${'bake'.repeat(50_000)} ${'a'.repeat(200_000)}`, files);
    expect(performance.now() - startMs).toBeLessThan(3000);
  });
});

test.each([`a${'.b'.repeat(1)}(`, '${{ github.ref }}', 'x[y', '*'])('a step whose id is %s is no pattern', (id) => {
  const step = `      - { uses: docker/build-push-action@v6, with: { push: true, tags: "\${{ steps.meta.outputs.tags }}" } }`;
  const source = workflow('type=semver,pattern={{version}}', step).replace('id: meta', `id: '${id}'`);
  expect(() => imported(source)).not.toThrow(SyntaxError);
});
