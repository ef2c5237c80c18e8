import { describe, expect, test } from 'vitest';
import { configText } from '../../src/import/config-text.ts';
import { importWorkflow } from '../../src/import/import-workflow.ts';
import { problemsOf } from '../support/problems.ts';

/** A workflow around one step, as its README shows them. */
function workflow({
  on = 'on: { push: { tags: ["v*"] } }',
  matrix = '',
  tags = ['type=semver,pattern={{version}}'],
  more = '',
  images = 'acme/app',
  build = '',
}: Partial<Record<'on' | 'matrix' | 'more' | 'images' | 'build', string>> & { tags?: readonly string[] }): string {
  const list = tags.map((line) => `            ${line}`).join('\n');
  return `${on}
jobs:
  image:
    ${matrix === '' ? '' : `strategy: { matrix: ${matrix} }`}
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: ${images}
          tags: |
${list}
${more}
${build}`;
}

/** The config that is written, without its head and what stands around it. */
function written(source: string, gitTags: readonly string[] = []): string {
  const { config } = importWorkflow({ source, file: 'ci.yml', repository: 'Acme/App', gitTags });
  return configText(config, []);
}

/** The lines of one key, without indentation. */
function keyOf(text: string, key: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  ${key}:`));
  const end = lines.findIndex((line, index) => index >= start && /^ {2}(?! ).*,$/.test(line));
  return start === -1 ? [] : lines.slice(start, end + 1).map((line) => line.trim());
}

function rules(...tags: readonly string[]): string[] {
  return keyOf(written(workflow({ tags, more: '          flavor: latest=false' })), 'rules').slice(1, -1);
}

const off = (...names: readonly string[]): string[] => names.map((name) => `${name}: false,`);

describe('a rule of the action', () => {
  const cases: { name: string; tags: string[]; expected: string[] }[] = [
    {
      name: 'semver, in the usual three',
      tags: [
        'type=semver,pattern={{version}}',
        'type=semver,pattern={{major}}.{{minor}}',
        'type=semver,pattern=v{{major}}',
      ],
      expected: [
        "full: { template: '{{version}}' },",
        "minor: { template: '{{major}}.{{minor}}' },",
        "major: { template: 'v{{major}}' },",
        ...off('sha', 'latest'),
      ],
    },
    {
      name: 'the whole version in parts is the version, which tells pre-releases apart too',
      tags: ['type=pep440,pattern={{major}}.{{minor}}.{{patch}}'],
      expected: ["full: { template: '{{version}}' },", ...off('sha', 'minor', 'major', 'latest')],
    },
    {
      name: 'the git tag as it is, in three ways, one tag',
      tags: ['type=semver,pattern={{raw}}', 'type=ref,event=tag', 'type=raw,value=${{ github.ref_name }}'],
      expected: [
        "full: { template: 'v{{version}}' },",
        '// type=ref,event=tag: the same tag as full',
        '// type=raw,value=${{ github.ref_name }}: the same tag as full',
        ...off('sha', 'minor', 'major', 'latest'),
      ],
    },
    {
      name: 'a commit, short and long',
      tags: ['type=sha,prefix=,suffix=-dev', 'type=sha,format=long'],
      expected: [
        "// pre-releases had it too: releases: 'all' does that, but a commit that is released twice is then an error",
        "sha: { template: '{{revision}}-dev', length: 7 },",
        "// pre-releases had it too: releases: 'all' does that, but a commit that is released twice is then an error",
        "'sha-2': { kind: 'pinned', template: 'sha-{{revision}}', releases: 'finals' },",
        ...off('full', 'minor', 'major', 'latest'),
      ],
    },
    {
      name: 'branches, pull requests, edge and schedules are no releases',
      tags: [
        'type=ref,event=branch',
        '# of pull requests',
        'type=ref,event=pr',
        'type=edge',
        'type=schedule',
        'type=raw,value=latest,enable={{is_default_branch}}',
        'type=ref,event=tag',
      ],
      expected: [
        "// type=ref,event=branch: a tag of a branch, no release's",
        '// of pull requests',
        "// type=ref,event=pr: a tag of a pull request, no release's",
        "// type=edge: a tag of a branch, no release's",
        "// type=schedule: a tag of a schedule, no release's",
        '// type=raw,value=latest,enable={{is_default_branch}}: not for a final release, so it is in no plan',
        "full: { template: 'v{{version}}' },",
        ...off('sha', 'minor', 'major', 'latest'),
      ],
    },
    {
      name: 'for finals alone, asked in several ways',
      tags: [
        "type=semver,pattern={{version}},enable=${{ !contains(github.ref, '-') }}",
        "type=raw,value=stable,enable=${{ startsWith(github.ref, 'refs/tags/v') && !contains(github.ref_name, 'rc') }}",
      ],
      expected: [
        "full: { template: '{{version}}', releases: 'finals' },",
        "stable: { kind: 'convenience', template: 'stable' },",
        ...off('sha', 'minor', 'major', 'latest'),
      ],
    },
    {
      name: 'an output that is called version, and what else only a run knows',
      tags: [
        'type=raw,value=${{ steps.parts.outputs.version }}',
        'type=raw,value=build-${{ github.run_number }}',
        "type=raw,value={{date 'YYYYMMDD'}}",
        "type=raw,value={{date 'X'}}",
      ],
      expected: [
        '// type=raw,value=${{ steps.parts.outputs.version }}: only a run knows ${{ steps.parts.outputs.version }}',
        '// type=raw,value=build-${{ github.run_number }}: only a run knows ${{ github.run_number }}',
        '// the day is the one the release came out, in UTC',
        "'year-month-day': { kind: 'convenience', template: '{{year}}{{month}}{{day}}' },",
        "// type=raw,value={{date 'X'}}: nothing in a config is {{date 'X'}}",
        '// CHECK THIS: the workflow pushes no tag that names the version here, and a build here needs one, so this is added',
        "full: { template: '{{version}}' },",
        ...off('sha', 'minor', 'major', 'latest'),
      ],
    },
    {
      name: 'one version is no rule',
      tags: ['type=semver,pattern={{version}},value=v1.0.0', 'type=semver,pattern={{version}}'],
      expected: [
        '// type=semver,pattern={{version}},value=v1.0.0: v1.0.0 is one version; the plan has every release',
        "full: { template: '{{version}}' },",
        ...off('sha', 'minor', 'major', 'latest'),
      ],
    },
  ];
  test.each(cases)('$name', ({ tags, expected }) => {
    expect(rules(...tags)).toEqual(expected);
  });
});

describe('the matrix', () => {
  const perFlavor = (matrix: string, suffix: string): string =>
    written(workflow({ matrix, tags: [`type=semver,pattern={{version}},suffix=${suffix}`] }));

  test('include alone: each entry is a flavor, with the Dockerfile it names', () => {
    const text = written(
      workflow({
        matrix: '{ include: [{ file: Dockerfile, suffix: "" }, { file: alpine/Dockerfile, suffix: -alpine }] }',
        tags: ['type=semver,pattern={{version}},suffix=${{ matrix.suffix }}'],
        build:
          '      - uses: docker/build-push-action@v6\n        with: { file: "${{ matrix.file }}", tags: "${{ steps.meta.outputs.tags }}" }',
      }),
    );
    expect(keyOf(text, 'flavors')).toEqual([
      'flavors: {',
      "standard: { dockerfile: 'Dockerfile' },",
      "alpine: { dockerfile: 'alpine/Dockerfile', suffix: '-alpine' },",
      '},',
    ]);
  });

  test('a condition on one key is a suffix of flavors', () => {
    const suffix = "${{ matrix.flavor != 'debian' && format('-{0}', matrix.flavor) || '' }}";
    const flavors = keyOf(perFlavor('{ flavor: [debian, alpine] }', suffix), 'flavors');
    expect(flavors.filter((line) => !line.startsWith('// CHECK THIS'))).toEqual([
      'flavors: {',
      "debian: { dockerfile: 'Dockerfile' },",
      "alpine: { dockerfile: 'Dockerfile', suffix: '-alpine' },",
      '},',
    ]);
  });

  test('further keys are axes; what no tag tells apart is left out', () => {
    const text = perFlavor('{ cuda: ["12.4", "11.8"], runner: [a, b] }', '-cuda${{ matrix.cuda }}');
    expect(keyOf(text, 'axes')).toEqual(["axes: { cuda: ['12.4', '11.8'] },"]);
    expect(text).toContain("template: '{{version}}-cuda{{cuda}}'");
    expect(text).toContain('// matrix.runner tells no tags apart, so it is left out');
    expect(text).not.toContain("'a'");
  });

  test('platforms of a matrix are platforms', () => {
    const text = written(workflow({ matrix: '{ platform: [linux/amd64, linux/arm64] }' }));
    expect(keyOf(text, 'platforms')).toEqual(["platforms: ['linux/amd64', 'linux/arm64'],"]);
  });

  test('an entry of include that adds a cell leaves the others of its value out', () => {
    const matrix = '{ python: ["3.12"], flavor: ["", "-slim"], include: [{ python: "3.13", flavor: "" }] }';
    const text = perFlavor(matrix, '-py${{ matrix.python }}${{ matrix.flavor }}');
    expect(keyOf(text, 'pythons')).toEqual(["pythons: ['3.12', '3.13'],"]);
    expect(keyOf(text, 'exclude')).toEqual([
      "exclude: [{ python: '3.13', flavor: 'slim', reason: 'not in the matrix of ci.yml' }],",
    ]);
  });

  test('a tag that every job pushed has to be given to one of them', () => {
    const text = perFlavor('{ python: ["3.12", "3.13"] }', '-py${{ matrix.python }}');
    expect(keyOf(text, 'defaults')).toEqual(["defaults: { python: 'highest' },"]);
    expect(text).toContain('2 jobs pushed it, one for each python, and the last one won');
  });

  test('values that fromJSON reads off a text are known', () => {
    const text = perFlavor(`{ python: "\${{ fromJSON('[\\"3.12\\", \\"3.13\\"]') }}" }`, '-${{ matrix.python }}');
    expect(keyOf(text, 'pythons')).toEqual(["pythons: ['3.12', '3.13'],"]);
  });
});

test('images: several, from variables, by the git repository, and one that only a run knows', () => {
  const images = (given: string): string[] =>
    keyOf(written(`env: { REGISTRY: ghcr.io }\n${workflow({ images: given })}`), 'repository');
  expect(images('"acme/app,quay.io/acme/app"')).toEqual(["repository: ['docker.io/acme/app', 'quay.io/acme/app'],"]);
  expect(images('"${{ env.REGISTRY }}/${{ github.repository }}"')).toEqual(["repository: 'ghcr.io/acme/app',"]);
  expect(images('"name=acme/app\\nname=acme/nightly,enable=${{ github.event_name == \'schedule\' }}"')).toEqual([
    "repository: 'docker.io/acme/app',",
  ]);
  expect(images('"${{ vars.IMAGE }}"')).toEqual(["repository: 'registry.invalid/app',"]);
  expect(written(workflow({ images: '"${{ vars.IMAGE }}"' }))).toContain(
    '// CHANGE THIS: the workflow says ${{ vars.IMAGE }}, which only a run knows',
  );
});

test('git tags say whether versions begin with a v', () => {
  const source = workflow({ on: 'on: { release: { types: [published] } }' });
  const v = String.raw`v(?<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)`;
  expect(written(source, ['v1.0.0', 'docs-2'])).toContain(`^${v}$`);
  expect(written(source, ['1.0.0'])).toContain(`^${v.slice(1)}$`);
  expect(written(source)).toContain(`^v?${v.slice(1)}$`);
});

test('nothing of a workflow becomes code', () => {
  const nasty = "x'; process.exit(1); //";
  const source = [
    `# */ process.exit(1)\u2028process.exit(2)`,
    `name: ci`,
    workflow({ tags: [`type=raw,value=${nasty}`, 'type=ref,event=tag', '# \u2028 exit'] }),
  ].join('\n');
  const { config, head } = importWorkflow({ source, file: "*/ evil\n'.yml", repository: null, gitTags: [] });
  const text = configText(config, head);
  const code = text.replace(/^\/\*\*[^]*?\n \*\/$/m, '').replaceAll(/^\s*\/\/.*$/gm, '');
  expect(code).not.toContain('process.exit(');
  expect(text.split(/[\u2028\u2029]/)).toHaveLength(1);
});

describe('what cannot be imported is said in one message', () => {
  const step = (more: string): string =>
    `on: release\njobs:\n  a:\n    steps:\n      - uses: docker/metadata-action@v5\n        with: { images: acme/app }\n${more}`;
  const cases: { name: string; source: string; expected: string }[] = [
    {
      name: 'no YAML',
      source: 'jobs: [',
      expected: 'ci.yml:1:8: Flow sequence in block collection must be sufficiently',
    },
    { name: 'no workflow', source: 'a: 1', expected: 'ci.yml: there are no jobs in it' },
    {
      name: 'no step of the action',
      source: 'jobs: { a: { steps: [{ run: echo }] } }',
      expected: 'ci.yml: no step of it uses docker/metadata-action',
    },
    {
      name: 'a step that no release runs',
      source: step("        if: github.event_name == 'pull_request'\n"),
      expected:
        "ci.yml:5:9: no step of docker/metadata-action runs for a final release: if: github.event_name == 'pull_request'",
    },
    {
      name: 'a matrix from fromJSON',
      source: workflow({
        matrix: '"${{ fromJSON(needs.plan.outputs.matrix) }}"',
        tags: ['type=ref,event=tag,suffix=-${{ matrix.os }}'],
      }),
      expected: 'ci.yml:4:25: the matrix is made while the workflow runs',
    },
    {
      name: 'a key of the matrix from fromJSON',
      source: workflow({
        matrix: '{ python: "${{ fromJSON(needs.plan.outputs.pythons) }}" }',
        tags: ['type=ref,event=tag,suffix=-${{ matrix.python }}'],
      }),
      expected: 'ci.yml:4:35: matrix.python is made while the workflow runs',
    },
    {
      name: 'a Python without quotes',
      source: workflow({ matrix: '{ python: [3.9, 3.10] }' }),
      expected: 'ci.yml:4:41: matrix.python has 3.10 without quotes, which reads as 3.1',
    },
    {
      name: 'a matrix that GitHub would refuse',
      source: workflow({ matrix: `{ a: [${'x,'.repeat(17)}], b: [${'y,'.repeat(16)}] }` }),
      expected: 'ci.yml:4:25: the matrix has 272 jobs',
    },
    {
      name: 'a type that is none',
      source: workflow({ tags: ['type=sermver,pattern=x'] }),
      expected: 'ci.yml:10:17: type=sermver,pattern=x: there is no type sermver',
    },
    {
      name: 'a line without what it needs',
      source: workflow({ tags: ['type=semver'] }),
      expected: 'ci.yml:10:17: type=semver: type semver needs pattern=',
    },
    {
      name: 'no image',
      source: step('').replace('images: acme/app', ''),
      expected: 'ci.yml:5:9: the step names no image',
    },
    {
      name: 'nothing for a release',
      source: workflow({ tags: ['type=ref,event=branch'] }),
      expected: 'ci.yml:6:9: none of its tags is for a final release',
    },
  ];
  test.each(cases)('$name', async ({ source, expected }) => {
    const problems = await problemsOf(() => {
      importWorkflow({ source, file: 'ci.yml', repository: null, gitTags: [] });
      return Promise.resolve();
    });
    expect(problems).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(['WORKFLOW_INVALID']);
    expect(problems.map(({ where, message }) => `${where}: ${message}`.slice(0, expected.length))).toEqual([expected]);
  });
});
