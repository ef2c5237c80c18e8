/** Repositories as they are laid out in the field: `init`, then a plan without an edit. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runGit } from '../../../src/adapters/git/run-git.ts';
import { initCommand } from '../../../src/commands/init/init.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Layout {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly remote?: string | null;
  readonly tags?: readonly string[];
  /** The first lines of the plan. */
  readonly plan: string;
  /** Parts of the config. */
  readonly holds: readonly string[];
  readonly said?: string;
  /** The image that is planned, if there are several. */
  readonly image?: string;
}

const scratch = 'FROM scratch\n';
const hub = 'https://github.com/acme/app.git';
const usual = ['v1.9.0', 'v1.10.0'];
const step = (on: string): string =>
  `on: ${on}\njobs:\n  ship:\n    runs-on: ubuntu-24.04\n    steps:\n      - { id: m, uses: docker/metadata-action@v5, with: { images: quay.io/acme/app, tags: 'type=semver,pattern={{version}}' } }\n      - { uses: docker/build-push-action@v6, with: { push: true, tags: '\${{ steps.m.outputs.tags }}', file: build/Dockerfile } }\n`;

const layouts: readonly Layout[] = [
  {
    name: 'one Dockerfile',
    files: { Dockerfile: scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["standard: { dockerfile: 'Dockerfile' }"],
  },
  {
    name: 'a Containerfile',
    files: { Containerfile: scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["standard: { dockerfile: 'Containerfile' }"],
  },
  {
    name: 'a Dockerfile in docker/',
    files: { 'docker/Dockerfile': scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["standard: { dockerfile: 'docker/Dockerfile' }"],
  },
  {
    name: 'two Dockerfiles side by side',
    files: { Dockerfile: scratch, 'Dockerfile.alpine': scratch, 'Dockerfile.dev': scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 4 cells',
    holds: ["alpine: { dockerfile: 'Dockerfile.alpine', suffix: '-alpine' }"],
    said: 'Dockerfile.dev',
  },
  {
    name: 'a Dockerfile for each service',
    files: { 'services/web/Dockerfile': scratch, 'services/job/Dockerfile': scratch },
    image: 'job',
    plan: 'ghcr.io/acme/app-job\n2 releases, 2 cells',
    holds: ["repository: 'ghcr.io/acme/app-web'", "dockerfile: 'services/job/Dockerfile'"],
  },
  {
    name: 'a package for each service, with git tags of its own',
    files: { 'services/web/Dockerfile': scratch, 'services/job/Dockerfile': scratch },
    tags: ['web/v1.0.0', 'job@0.4.0', 'web/v1.1.0', 'job@0.4.1'],
    image: 'web',
    plan: 'ghcr.io/acme/app-web\n2 releases, 2 cells, 4 pinned tags\n4 convenience tags, 0 of them frozen (no longer moving)\n\n  convenience tag  owner  flavor\n  1.0              1.0.0',
    holds: [String.raw`^job@(?<version>\d+\.\d+\.\d+`, String.raw`^web\/v(?<version>\d+\.\d+\.\d+`],
  },
  {
    name: 'a folder for each series and base',
    files: { '7.1/alpine/Dockerfile': scratch, '7.2/alpine/Dockerfile': scratch, '7.2/Dockerfile': scratch },
    tags: ['v7.1.0', 'v7.2.0'],
    plan: 'ghcr.io/acme/app\n2 releases, 4 cells',
    holds: ["dockerfile: '{{major}}.{{minor}}/alpine/Dockerfile'"],
  },
  {
    name: 'a bake file in HCL',
    files: {
      'docker-bake.hcl':
        'target "default" {\n  dockerfile = "build/Dockerfile"\n  platforms = ["linux/arm64"]\n  tags = ["docker.io/acme/tool:latest"]\n}\n',
      'build/Dockerfile': scratch,
    },
    plan: 'docker.io/acme/tool\n2 releases, 2 cells',
    holds: ["dockerfile: 'build/Dockerfile'", "platforms: ['linux/arm64']"],
  },
  {
    name: 'a bake file in JSON with two targets',
    files: {
      'docker-bake.json':
        '{"group":{"default":{"targets":["web","job"]}},"target":{"web":{"context":"web"},"job":{"context":"job"}}}',
      Dockerfile: scratch,
      'web/Dockerfile': scratch,
      'job/Dockerfile': scratch,
    },
    image: 'web',
    plan: 'ghcr.io/acme/app-web\n2 releases, 2 cells',
    holds: ["dockerfile: 'web/Dockerfile'", "context: 'job'"],
  },
  {
    name: 'a compose file that names its image',
    files: {
      'compose.yaml':
        'services:\n  db: { image: postgres:18 }\n  web: { image: "ghcr.io/acme/site:latest", build: { context: ./web } }\n',
      'web/Dockerfile': scratch,
    },
    plan: 'ghcr.io/acme/site\n2 releases, 2 cells',
    holds: ["dockerfile: 'web/Dockerfile'"],
  },
  {
    name: 'a compose file for a laptop alone',
    files: { 'docker-compose.yml': 'services: { web: { build: . } }\n', Dockerfile: scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["standard: { dockerfile: 'Dockerfile' }"],
  },
  {
    name: 'goreleaser',
    files: {
      '.goreleaser.yaml':
        'dockers:\n  - { goarch: amd64, image_templates: ["ghcr.io/acme/cli:{{ .Tag }}-amd64"] }\n  - { goarch: arm64, image_templates: ["ghcr.io/acme/cli:{{ .Tag }}-arm64"] }\n',
      Dockerfile: scratch,
      'go.mod': 'module x\n\ngo 1.23\n',
    },
    plan: 'ghcr.io/acme/cli\n2 releases, 2 cells',
    holds: ["platforms: ['linux/amd64', 'linux/arm64']"],
    said: 'goreleaser.yaml builds the binaries',
  },
  {
    name: 'goreleaser of today, two registries, a Dockerfile for each flavor',
    files: {
      '.goreleaser.yaml':
        'dockers_v2:\n  - { images: [ghcr.io/acme/cli, quay.io/acme/cli], tags: ["v{{ .Version }}"], platforms: [linux/amd64, linux/arm64], dockerfile: build/Dockerfile }\n  - { images: [ghcr.io/acme/cli], tags: ["v{{ .Version }}-alpine"], dockerfile: build/alpine.Dockerfile }\n',
      'build/Dockerfile': scratch,
      'build/alpine.Dockerfile': scratch,
    },
    plan: 'ghcr.io/acme/cli\n2 releases, 4 cells',
    holds: [
      "standard: { dockerfile: 'build/Dockerfile' }",
      "alpine: { dockerfile: 'build/alpine.Dockerfile', suffix: '-alpine' }",
    ],
    said: '.goreleaser.yaml pushes it to quay.io/acme/cli too: make repository a list with all of them',
  },
  {
    name: 'goreleaser with arm, its variant and a platform of its own',
    files: {
      'goreleaser.yml':
        'kos: [{ id: x }]\ndockers:\n  - { goarch: arm, goarm: "7", image_templates: ["acme/cli:{{ .Tag }}-armv7"] }\n  - { goarch: amd64, build_flag_templates: ["--platform=linux/amd64/v2"], image_templates: ["acme/cli:{{ .Tag }}-amd64"] }\ndocker_manifests:\n  - { name_template: "acme/cli:{{ .Tag }}" }\n',
      Dockerfile: scratch,
    },
    plan: 'docker.io/acme/cli\n2 releases, 2 cells',
    holds: ["platforms: ['linux/arm/v7', 'linux/amd64/v2']"],
    said: 'goreleaser.yml tags it {{ .Tag }}: compare with the plan',
  },
  {
    name: 'goreleaser with what its images have in common written once',
    files: {
      '.goreleaser.yaml':
        'version: 2\nx-common: &common\n  dockerfile: build/Dockerfile\n  goarch: amd64\ndockers:\n  - <<: *common\n    image_templates: ["acme/cli:{{ .Tag }}-amd64"]\n  - <<: *common\n    goarch: arm64\n    image_templates: ["acme/cli:{{ .Tag }}-arm64"]\n',
      'build/Dockerfile': scratch,
    },
    plan: 'docker.io/acme/cli\n2 releases, 2 cells',
    holds: ["dockerfile: 'build/Dockerfile'", "platforms: ['linux/amd64', 'linux/arm64']"],
    said: '',
  },
  {
    name: 'compose with two services of one image, and arguments',
    files: {
      'compose.yaml':
        'services:\n  web: { image: "ghcr.io/acme/site:${TAG:-latest}", build: { context: app, args: { NODE: "22", BUILDKIT_INLINE_CACHE: "1", TOKEN: "${TOKEN}" }, platforms: [linux/arm64] } }\n  worker: { image: "ghcr.io/acme/site:latest", command: work, build: { context: app, args: [NODE=22, BUILDKIT_INLINE_CACHE=1, TOKEN] } }\n  debug: { image: ghcr.io/acme/site, build: { context: app, target: debug } }\n',
      'app/Dockerfile': 'FROM scratch AS debug\nFROM scratch\nARG A \\\n  NODE=20\n',
    },
    plan: 'ghcr.io/acme/site\n2 releases, 4 cells',
    holds: [
      "args: { NODE: '22' }",
      "debug: {\n      dockerfile: 'app/Dockerfile',\n      target: 'debug',\n      context: 'app',\n      suffix: '-debug',\n",
      "platforms: ['linux/arm64']",
    ],
    said: 'compose.yaml: web has a value for TOKEN that only the machine knows, which the config lacks: write it there\napp/Dockerfile declares no ARG BUILDKIT_INLINE_CACHE: left out of args',
  },
  {
    name: 'a bake file whose tags are of a laptop, over a compose file',
    files: {
      'docker-bake.hcl':
        'group "default" {\n  targets = ["app", "app-musl"]\n}\ntarget "app" {\n  args = {\n    VERSION = "dev"\n    NONE = "1"\n  }\n  tags = ["ghcr.io/acme/tool:dev"]\n}\ntarget "app-musl" {\n  dockerfile = "musl.Dockerfile"\n  tags = ["ghcr.io/acme/tool:dev-musl"]\n}\n',
      'compose.yaml': 'services: { app: { build: . } }\n',
      Dockerfile: 'FROM scratch\nARG VERSION\n',
      'musl.Dockerfile': scratch,
    },
    plan: 'ghcr.io/acme/tool\n2 releases, 4 cells',
    holds: ["standard: { dockerfile: 'Dockerfile' }", "'app-musl': { dockerfile: 'musl.Dockerfile', suffix: '-musl' }"],
    said: 'compose.yaml has app too, which docker buildx bake reads first',
  },
  {
    name: 'Go without a Dockerfile',
    files: { 'go.mod': 'module x\n\ngo 1.23\n' },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["base: 'golang:1.23'"],
  },
  {
    name: 'Node with engines',
    files: { 'package.json': '{ "name": "x", "engines": { "node": ">=22.4" } }' },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["base: 'node:22-slim'"],
  },
  {
    name: 'Python with an upper bound',
    files: {
      'pyproject.toml':
        '[project]\nname = "x"\nrequires-python = ">=3.11,<3.13"\nclassifiers = [\n "Programming Language :: Python :: 3.11",\n "Programming Language :: Python :: 3.12",\n "Programming Language :: Python :: 3.13",\n]\n',
    },
    plan: 'ghcr.io/acme/app\n2 releases, 4 cells',
    holds: ["pythons: ['3.11', '3.12']"],
  },
  {
    name: 'Python with one image a release',
    files: {
      'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.11"\n',
      Dockerfile: 'FROM python:3.13\n',
    },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: ["standard: { dockerfile: 'Dockerfile' }"],
  },
  {
    name: 'Python in the matrix of a Dockerfile',
    files: {
      'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.13"\n',
      Dockerfile: 'ARG PYTHON_VERSION\nFROM python:${PYTHON_VERSION}\n',
    },
    plan: 'ghcr.io/acme/app\n2 releases, 4 cells',
    holds: ["pythons: ['3.13', '3.14']", "args: { PYTHON_VERSION: '{{python}}' }"],
  },
  {
    name: 'a group of GitLab',
    files: { Dockerfile: scratch },
    remote: 'git@gitlab.com:acme/group/app.git',
    plan: 'registry.gitlab.com/acme/group/app\n2 releases',
    holds: [],
  },
  {
    name: 'a server that says nothing of a registry',
    files: { Dockerfile: scratch },
    remote: 'https://git.example.org/acme/app.git',
    plan: 'registry.invalid/app\n2 releases',
    holds: ['CHANGE THIS: nothing here says where the image goes'],
    said: 'No workflow is written',
  },
  {
    name: 'no remote, no Dockerfile, no tags',
    files: { 'README.md': '# x\n' },
    remote: null,
    tags: [],
    plan: 'registry.invalid/',
    holds: ['There is no Dockerfile yet'],
  },
  {
    name: 'zero-padded tags of two packages',
    files: { Dockerfile: scratch },
    tags: ['docs-1.0.0', '2025.02.0', '2025.11.1'],
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: [],
  },
  {
    name: 'two numbers, and a newer git tag that is not a release',
    files: { Dockerfile: scratch },
    tags: ['1.9', '1.10', 'chart-0.2.0'],
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: [],
    said: 'chart-0.2.0',
  },
  {
    name: 'a workflow that pushes releases already',
    files: { '.github/workflows/ship.yml': step("{ push: { tags: ['v*'] } }"), 'build/Dockerfile': scratch },
    plan: 'quay.io/acme/app\n2 releases, 2 cells',
    holds: ["dockerfile: 'build/Dockerfile'"],
    said: 'Read from .github/workflows/ship.yml',
  },
  {
    name: 'a workflow of branches beside a Dockerfile',
    files: { '.github/workflows/ship.yml': step('{ push: { branches: [main] } }'), Dockerfile: scratch },
    plan: 'ghcr.io/acme/app\n2 releases, 2 cells',
    holds: [],
    said: 'ship.yml was not imported: no release and no git tag ever starts this workflow',
  },
];

test('a folder without git, with forty Dockerfiles: an image each, and none of a package manager', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `part-${index + 1}`);
  const folder = await tempFolder(
    Object.fromEntries([...names, 'node_modules/other'].map((name) => [`services/${name}/Dockerfile`, scratch])),
  );
  const world = initWorld(folder);
  const { stdout } = await initCommand(initOptions, world);
  const config = await readFile(`${folder}/matrix.config.ts`, 'utf8');
  expect(config.match(/repository: 'registry\.invalid\//g)).toHaveLength(40);
  expect(config).not.toContain('other');
  expect(stdout).toContain('No workflow is written');
});

test.each(layouts)(
  '$name',
  { timeout: 60_000 },
  async ({ files, remote = hub, tags = usual, plan, holds, said, image }) => {
    const folder = await tempFolder(files);
    const git = (...args: readonly string[]): Promise<string> => runGit({ folder, source: 'git' }, args);
    await git('init', '--quiet');
    if (remote !== null) await git('config', 'remote.origin.url', remote);
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    for (const tag of tags) {
      await git(...who, 'commit', '--quiet', '--allow-empty', '-m', tag);
      await git('tag', tag);
    }
    const world = initWorld(folder);
    const { stdout } = await initCommand(initOptions, world);
    expect(stdout).toContain(said ?? '');
    const config = await readFile(`${folder}/matrix.config.ts`, 'utf8');
    for (const part of holds) expect(config).toContain(part);
    const which = image === undefined ? [] : ['--image', image];
    const planned = await runCli(['plan', '--offline', '--config', `${folder}/matrix.config.ts`, ...which]);
    expect({ ...planned, stdout: planned.stdout.slice(0, plan.length) }).toMatchObject({ code: 0, stdout: plan });
  },
);
