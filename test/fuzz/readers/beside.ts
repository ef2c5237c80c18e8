/** Readers of what lies beside a config: Dockerfiles, files of other tools, what git and credential helpers print. */
import { hasAllTags } from '../../../src/adapters/git/completeness.ts';
import { remoteIn } from '../../../src/adapters/git/remote.ts';
import { isCloneOf } from '../../../src/adapters/git/source-repository.ts';
import { resolveUrl, submodulesIn } from '../../../src/adapters/git/submodules.ts';
import { readJson } from '../../../src/texts/json-text.ts';
import { readHelper } from '../../../src/adapters/registry/credential-helper.ts';
import { digestOf } from '../../../src/adapters/registry/digest-of.ts';
import { readDigestFile } from '../../../src/build/digest-file.ts';
import { passFile, readPass } from '../../../src/build/pass.ts';
import { pipelineTraps } from '../../../src/commands/doctor/pipeline-traps.ts';
import { workflowTraps } from '../../../src/commands/doctor/workflow-traps.ts';
import { projectFacts, projectPaths, remoteOf } from '../../../src/commands/init/project-facts.ts';
import { readPipelineFiles } from '../../../src/commands/pipeline-files.ts';
import { parseDigest, type Digest } from '../../../src/domain/digest.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { inferConfig } from '../../../src/infer/infer-config.ts';
import { readTagList } from '../../../src/infer/read-tag-list.ts';
import { contractProblems } from '../../../src/render/contract.ts';
import { readsContext } from '../../../src/render/reads-context.ts';
import { betweenMarkers } from '../../../src/report/markers.ts';
import { isLikeJson, type Reader } from '../reader.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
if (digest === null) throw new Error('the digest is valid');
const sumOf = (content: string): Digest => digestOf(new TextEncoder().encode(content));

const pass = passFile(
  {
    schema: 1,
    check: 'scan',
    failed: false,
    release: { version: '1.0.0', revision: 'b'.repeat(40) },
    answers: [{ cell: 'python=3.9', platforms: ['linux/amd64'], digest }],
  },
  sumOf,
);

const dockerfile = `# syntax=docker/dockerfile:1
ARG PYTHON=3.9
FROM --platform=$BUILDPLATFORM python:\${PYTHON:-3.10}-slim AS build
ARG VERSION
COPY --from=other /a /b
RUN --mount=type=bind,target=/src <<EOF
pip install "app==$VERSION"
EOF
FROM build
ENV A="b c" D=e
`;

const gitlab = `spec:
  inputs:
    stage: { default: ship }
---
stages: [test, "$[[ inputs.stage ]]"]
include: [own.yml, { local: 'a/**.yml' }, { remote: 'https://ci.example/a.yml' }]
workflow: { rules: [{ if: $CI_COMMIT_BRANCH && ($OWN == "a" || $CI_COMMIT_TAG =~ /^v/) }] }
.a: &p { interruptible: true, variables: { GIT_DEPTH: 5, DOCKER_TLS_CERTDIR: '' } }
ship: { <<: *p, extends: [.a], services: [docker:dind], only: [main], script: [tagwright publish "$CI_COMMIT_TAG"] }
sign: { script: [!reference [.x, script], cosign sign --yes x] }
`;

const cells = ['3.9', '3.10'].map((python) => ({
  release: '1.0.0',
  axes: { python },
  target: null,
  args: { PYTHON: python, VERSION: '1.0.0', OWN: 'x' },
  ownArgs: ['OWN'],
  from: '.',
  bases: [`docker.io/library/python:${python}-slim`],
  shared: [],
}));

const projectFiles: Readonly<Record<string, string>> = {
  'pyproject.toml': `[project]\nname = "app"\nrequires-python = ">=3.9,<3.13"\nclassifiers = [\n  "Programming Language :: Python :: 3.9",\n]\n`,
  'package.json': JSON.stringify({ name: '@acme/app', engines: { node: '>=20' } }),
  'go.mod': 'module example.com/app\n\ngo 1.22\n',
  'compose.yaml': `services:\n  app:\n    image: ghcr.io/acme/app:\${TAG:-1}\n    build: { context: ., dockerfile: Dockerfile, target: run, platforms: [linux/amd64] }\n`,
  '.goreleaser.yaml': `dockers:\n  - image_templates: ['ghcr.io/acme/app:{{ .Version }}-amd64']\n    dockerfile: Dockerfile\n    build_flag_templates: ['--platform=linux/amd64']\n`,
  'docker-bake.hcl': `target "app" {\n  dockerfile = "Dockerfile"\n  tags = ["ghcr.io/acme/app:1"]\n}\n`,
  Dockerfile: dockerfile,
};

const traps = `on:
  release: { types: [published] }
concurrency: { group: '\${{ github.ref }}', cancel-in-progress: true }
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: &p { contents: read }
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - run: npx tagwright publish "$TAG"
`;

const settings = [
  'remote.origin.url\nhttps://x:y@github.com/acme/app.git',
  'remote.origin.fetch\n+refs/heads/*:refs/remotes/origin/*',
  'remote.up.stream.url\ngit@github.com:acme/app',
  'core.bare',
];

export const besideReaders: readonly Reader[] = [
  {
    name: 'pass',
    samples: [pass],
    read: (given) => {
      readPass(readJson(given, 'scan.pass.json', 'RECORD_INVALID'), 'scan.pass.json', sumOf);
      return isLikeJson(given);
    },
  },
  {
    name: 'Dockerfile',
    samples: [dockerfile, 'FROM scratch\nARG PYTHON\nCOPY . /\n'],
    words: ['ARG ', 'FROM ', '${', 'ONBUILD ', '<<EOF\n', '\\\n', '--mount=', 'AS ', '# escape=`\n', '${A:+${B:-$C}}'],
    share: 0.5,
    read: (given) => {
      contractProblems([{ path: 'Dockerfile', text: given, cells }], true);
      readsContext(given);
      return given !== '';
    },
  },
  {
    name: 'files of a project',
    samples: Object.values(projectFiles),
    words: ['&a ', '*a', '<<: *a', '${', '{{ .', 'target "', '">=3.', 'python:'],
    share: 0.5,
    read: (given) => {
      const git = { folder: 'app', isRepository: true, remote: given.slice(0, 200), tags: [], files: [] };
      for (const path of Object.keys(projectFiles)) {
        const texts = new Map([[path, given]]);
        projectFacts(projectPaths([path]), texts, git);
      }
      return given !== '';
    },
  },
  {
    name: 'digests of other builders',
    samples: [
      JSON.stringify({ app: { 'containerimage.digest': digest }, 'buildx.build.warnings': {} }),
      `ghcr.io/acme/app@${digest}\nquay.io/acme/app@${digest}\n`,
    ],
    read: (given) => {
      readDigestFile(given, 'digests');
      return given !== '';
    },
  },
  {
    name: 'tags of an image',
    samples: [
      '1.0.0-python3.9 1.0-python3.9 latest\n1.0.1-python3.9 1.0-python3.10 # comment\n',
      JSON.stringify({ tags: ['1.0.0', '1.0.1-slim', '1-slim', 'latest'] }),
      JSON.stringify({ '1.0.0': digest, '1.0': digest, latest: digest }),
    ],
    words: ['v1.2.3-rc.1', '1.2-alpine3.20 ', '2024.1.2-cuda12.1 ', 'latest\n'],
    share: 0.5,
    read: (given) => {
      inferConfig(readTagList(given, 'tags.txt'));
      return given !== '';
    },
  },
  {
    name: 'traps of a workflow',
    samples: [traps],
    words: ['*p', '<<: *p', 'tagwright', '&x [*x]', 'if: ', '- uses: '],
    read: (given) => {
      workflowTraps('.github/workflows/release.yml', given, true);
      return given !== '';
    },
  },
  {
    name: 'a pipeline of GitLab, and its traps',
    samples: [gitlab],
    words: ['*p', '<<: *p', 'extends: ', 'include: ', '- if: $CI_COMMIT_TAG && (', '=~ /^v/', '---\n', 'spec:\n'],
    read: async (given) => {
      const read = (path: string): Promise<string | null> => Promise.resolve(path === 'own.yml' ? gitlab : null);
      const there = await readPipelineFiles(given, { read, paths: () => Promise.resolve(['own.yml', 'a/b.yml']) });
      pipelineTraps(there, true);
      return given !== '';
    },
  },
  {
    name: 'markers of a README',
    samples: ['# app\n\n<!-- tagwright:tags -->\nold\n<!-- /tagwright:tags -->\r\n'],
    words: ['<!-- tagwright:tags -->\n', '<!-- /tagwright:tags -->\n'],
    read: (given) => {
      betweenMarkers(given, 'new\n', 'README.md');
      return given !== '';
    },
  },
  {
    name: 'answer of a credential helper',
    samples: [JSON.stringify({ ServerURL: 'ghcr.io', Username: 'u', Secret: 'p' })],
    words: ['<token>', '"Secret":', 'token is abc'],
    read: (given) => {
      readHelper({ exitCode: 0, stdout: given, stderr: '' }, 'docker-credential-x', 'ghcr.io');
      return given !== '';
    },
  },
  {
    name: 'words of a credential helper',
    samples: ['error getting credentials: the password is abc, exit status 1\n', 'credentials not found\n'],
    read: (given) => {
      try {
        readHelper({ exitCode: 1, stdout: '', stderr: given }, 'docker-credential-x', 'ghcr.io');
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
      }
      return given !== '';
    },
  },
  {
    name: 'what git prints',
    samples: [
      settings.join('\0'),
      [`160000 ${'c'.repeat(40)} 0\tlib/sub`, `100644 ${'d'.repeat(40)} 0\ta`, ''].join('\0'),
      'submodule.sub.path\nlib/sub\0submodule.sub.url\n../sub.git\0',
      `${'c'.repeat(40)}\tnot-for-merge\ttag 'v1.0.0' of https://github.com/acme/app\n`,
    ],
    words: ['\0', 'remote.', '.url\n', '../', 'submodule.', '160000 ', "tag '"],
    read: (given) => {
      const remote = remoteIn(given);
      remoteOf(remote?.url ?? given);
      isCloneOf('acme/app', given);
      for (const { url } of submodulesIn(given, given)) resolveUrl(url ?? '', given.slice(0, 300));
      resolveUrl(given.slice(0, 300), 'git@github.com:acme/app');
      hasAllTags(given, [{ name: 'v1.0.0', id: 'c'.repeat(40) }]);
      return given !== '';
    },
  },
];
