/** More cases of `cases.test.ts`, found in public workflows. */
import { both, build, hasTags, job, lines, meta, onTags, usual, type ImportCase, type Refusal } from './writing.ts';

const amd = 'linux/amd64';
const version = ['type=semver,pattern={{version}}'];
const plain = { tags: 'type=semver,pattern={{version}}', images: ['acme/app'] };

/** Jobs of a script whose output `v` is a tag. */
const scripted = (script: string, more = ''): string =>
  `${onTags}${job(
    `- id: s\n${more}  run: |\n${script
      .split('\n')
      .map((line) => `    ${line}`)
      .join(
        '\n',
      )}\n${meta(['type=raw,value=${{ steps.s.outputs.v }}', 'type=ref,event=tag'], 'flavor: latest=false')}\n${build()}`,
  )}`;

const scripts: readonly { readonly name: string; readonly script: string; readonly gives: string }[] = [
  {
    name: 'a test with && before an assignment',
    script:
      'v=edge\n[[ "$GITHUB_REF" == refs/tags/* ]] && v=${GITHUB_REF#refs/tags/v}\necho "v=$v" >> "$GITHUB_OUTPUT"',
    gives: '1.10.0',
  },
  {
    name: 'a test with || before an assignment',
    script: 'v=edge\n[ "$GITHUB_REF_TYPE" != tag ] || v=${GITHUB_REF_NAME:1}\necho "v=$v" >> "$GITHUB_OUTPUT"',
    gives: '1.10.0',
  },
  {
    name: 'an end inside of a branch',
    script:
      'if [[ $GITHUB_REF == refs/tags/v* ]]; then\n  echo "v=${GITHUB_REF_NAME#v}" >> "$GITHUB_OUTPUT"\n  exit 0\nfi\necho "v=edge" >> "$GITHUB_OUTPUT"',
    gives: '1.10.0',
  },
  {
    name: 'a text that grows',
    script: 'v=release\nv+="-${GITHUB_REF_NAME#v}"\necho "v=$v" >> "$GITHUB_OUTPUT"',
    gives: 'release-1.10.0',
  },
  {
    name: 'awk',
    script: `v=$(echo "\${GITHUB_REF_NAME#v}" | awk -F. '{print $1"."$2}')\necho "v=$v" >> "$GITHUB_OUTPUT"`,
    gives: '1.10',
  },
  {
    name: 'a pattern of bash',
    script:
      'if [[ "$GITHUB_REF_NAME" =~ ^v[0-9]+\\.[0-9]+\\.[0-9]+$ ]]; then v=stable; else v=next; fi\necho "v=$v" >> "$GITHUB_OUTPUT"',
    gives: 'stable',
  },
  {
    name: 'a mark that a final version has not',
    script: 'v=stable\nif [[ "$GITHUB_REF_NAME" == *-* ]]; then v=next; fi\necho "v=$v" >> "$GITHUB_OUTPUT"',
    gives: 'stable',
  },
];

const unknowns: readonly { readonly name: string; readonly script: string; readonly more?: string }[] = [
  { name: 'a file that another one reads', script: 'v=edge\nsource .env\necho "v=$v" >> "$GITHUB_OUTPUT"' },
  { name: 'read', script: 'v=edge\nread -r v < VERSION.in\necho "v=$v" >> "$GITHUB_OUTPUT"' },
  {
    name: 'an end that may come before',
    script: 'if curl -sf https://example.org; then exit 0; fi\necho "v=edge" >> "$GITHUB_OUTPUT"',
  },
  { name: 'another language', script: 'v=edge\necho "v=$v" >> "$GITHUB_OUTPUT"', more: '  shell: python\n' },
  {
    name: 'a step that may not run',
    script: 'echo "v=edge" >> "$GITHUB_OUTPUT"',
    more: "  if: vars.CHANNEL == 'edge'\n",
  },
];

export const fieldCases: readonly ImportCase[] = [
  ...scripts.map(({ name, script, gives }) => ({
    kind: 'outputs of steps are what their scripts make',
    name,
    workflow: scripted(script),
    gitTags: usual,
    steps: [
      { tags: lines(`type=raw,value=${gives}`, 'type=ref,event=tag'), flavor: 'latest=false', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  })),
  ...unknowns.map(({ name, script, more = '' }) => ({
    kind: 'outputs that only a run knows',
    name,
    workflow: scripted(script, more),
    gitTags: usual,
    steps: [{ tags: 'type=ref,event=tag', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['only a run knows ${{ steps.s.outputs.v }}'],
  })),
  {
    kind: 'outputs of steps are what their scripts make',
    name: 'a step that no release runs hands over nothing',
    workflow: scripted('echo "v=edge" >> "$GITHUB_OUTPUT"', "  if: github.ref_type == 'branch'\n"),
    gitTags: usual,
    steps: [{ tags: 'type=ref,event=tag', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'outputs of steps are what their scripts make',
    name: 'a name in small letters, by tr',
    workflow: `${onTags}env: { NAME: Acme/App }\n${job(
      `- run: echo NAME_LC=$(echo \${{ env.NAME }} | tr '[:upper:]' '[:lower:]') >> \${GITHUB_ENV}\n${meta(version, '', 'ghcr.io/${{ env.NAME_LC }}')}\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [{ ...plain, images: ['ghcr.io/acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'a version that the workflow names',
    name: 'what only a run knows is taken for the release, and said',
    workflow: `${onTags}${job(`- id: s\n  run: source .env\n${meta(['type=semver,pattern={{version}},value=v${{ steps.s.outputs.TAG }}'])}\n${build()}`)}`,
    gitTags: usual,
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['only a run knows v${{ steps.s.outputs.TAG }}: here it is the version of the release, so check that'],
  },
  // After ArcReel/ArcReel's and junkerderprovinz/bombvault's.
  {
    kind: 'what is built and not pushed',
    name: 'images for a scan and a test',
    workflow: `${onTags}${job(
      `- uses: docker/build-push-action@v6\n  with: { load: true, platforms: linux/arm64, tags: 'acme/app:scan-\${{ github.sha }}' }\n- uses: docker/build-push-action@v6\n  with: { tags: 'app:test' }\n- uses: docker/build-push-action@v6\n  with: { push: false, tags: 'ghcr.io/acme/app:check' }\n${meta(version)}\n- uses: docker/build-push-action@v6\n  with: { load: true, tags: '\${{ steps.m.outputs.tags }}' }\n${build(`, platforms: 'linux/amd64,linux/arm64'`)}`,
    )}`,
    gitTags: usual,
    steps: [plain],
    builds: { standard: `Dockerfile ${both}` },
  },
  // After jakoch/cpp-devbox's.
  {
    kind: 'what is built and pushed later',
    name: 'two stages of each base, named by what their tags begin with',
    workflow: `on: { push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } }\n${job(
      `${meta(['type=semver,pattern={{version}}', 'type=raw,value=latest'], 'flavor: "prefix=${{ matrix.c.name }}-"')}\n${meta(
        ['type=semver,pattern={{version}}', 'type=raw,value=latest'],
        'flavor: "prefix=${{ matrix.c.name }}-full-"',
      ).replace('id: m', 'id: f')}\n${['m', 'f']
        .map(
          (id) =>
            `- uses: docker/build-push-action@v7\n  with: { push: false, load: true, target: stage-${id}, file: 'debian/\${{ matrix.c.number }}/Dockerfile', tags: '\${{ steps.${id}.outputs.tags }}' }`,
        )
        .join('\n')}\n- run: docker push --all-tags acme/app`,
      'strategy:\n  matrix:\n    c:\n      - { number: "12", name: bookworm }\n      - { number: "13", name: trixie }',
    )}`,
    gitTags: usual,
    steps: ['bookworm', 'trixie'].flatMap((name) =>
      [`${name}-`, `${name}-full-`].map((prefix) => ({
        tags: lines('type=semver,pattern={{version}}', 'type=raw,value=latest'),
        flavor: `prefix=${prefix}`,
        images: ['acme/app'],
      })),
    ),
    builds: {
      bookworm: `debian/12/Dockerfile ${amd}`,
      'bookworm-full': `debian/12/Dockerfile ${amd}`,
      trixie: `debian/13/Dockerfile ${amd}`,
      'trixie-full': `debian/13/Dockerfile ${amd}`,
    },
    holds: ["target: 'stage-f'", "template: '{{flavor}}-{{version}}'"],
  },
  {
    kind: 'several steps',
    name: 'whose tags one build takes name one image',
    workflow: `${onTags}${job(
      `${meta(version, 'flavor: latest=false')}\n${meta(['type=raw,value=stable'], 'flavor: latest=false').replace('id: m', 'id: n')}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: |\n      \${{ steps.m.outputs.tags }}\n      \${{ steps.n.outputs.tags }}`,
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: lines('type=semver,pattern={{version}}', 'type=raw,value=stable'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'several steps',
    name: 'that no end or beginning tells apart are flavors all the same',
    workflow: `${onTags}${job(
      `${meta(version, 'flavor: latest=false').replace('id: m', 'id: app')}\n${meta(['type=raw,value=tools'], 'flavor: latest=false').replace('id: m', 'id: tools')}\n${[
        'app',
        'tools',
      ]
        .map(
          (id) =>
            `- uses: docker/build-push-action@v6\n  with: { push: true, file: ${id}.Dockerfile, tags: '\${{ steps.${id}.outputs.tags }}' }`,
        )
        .join('\n')}`,
    )}`,
    gitTags: usual,
    steps: [
      { ...plain, flavor: 'latest=false' },
      // The second is the import's own: a build needs a tag that names its release.
      {
        tags: lines('type=raw,value=tools', 'type=raw,value=1.10.0-tools'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { app: `app.Dockerfile ${amd}`, tools: `tools.Dockerfile ${amd}` },
    says: [
      'CHECK THIS: the workflow pushes no tag that names the version here, and a build here needs one, so this is added',
    ],
    holds: ["only: { flavor: ['tools'] }"],
  },
  {
    kind: 'several steps',
    name: 'moving tags alone get one that names the release',
    workflow: `${onTags}${job(`${meta(['type=raw,value=stable'], 'flavor: latest=false')}\n${build()}`)}`,
    gitTags: usual,
    steps: [
      { tags: lines('type=raw,value=stable', 'type=raw,value=1.10.0'), flavor: 'latest=false', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'CHECK THIS: the workflow pushes no tag that names the version here, and a build here needs one, so this is added',
    ],
  },
  // After PHP-CS-Fixer's.
  {
    kind: 'a matrix',
    name: 'a key that others follow is a flavor, each with its own arguments',
    workflow: `${onTags}${job(
      `${meta(version, "flavor: 'latest=false,suffix=-php${{ matrix.php }}'")}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: \${{ steps.m.outputs.tags }}\n    build-args: |\n      PHP=\${{ matrix.php }}\n      ALPINE=\${{ matrix.alpine }}`,
      'strategy:\n  matrix:\n    include:\n      - { php: "8.4", alpine: "3.22" }\n      - { php: "8.5", alpine: "3.24" }',
    )}`,
    gitTags: usual,
    steps: [
      {
        ...plain,
        flavor: 'latest=false,suffix=-php${{ matrix.php }}',
        jobs: [{ matrix: { php: '8.4' } }, { matrix: { php: '8.5' } }],
      },
    ],
    builds: { 'flavor-8-4': `Dockerfile ${amd}`, 'flavor-8-5': `Dockerfile ${amd}` },
    holds: ["args: { PHP: '8.4', ALPINE: '3.22' }", "args: { PHP: '8.5', ALPINE: '3.24' }"],
  },
  // After 4evy/hister's.
  {
    kind: 'bake',
    name: 'three targets of one step, each with tags of its own, and platforms added one by one',
    workflow: `${onTags}${job(
      `${['', '-root']
        .map((end) =>
          meta(['type=ref,event=tag'], `flavor: "latest=false,suffix=${end}"\n    bake-target: app${end}`).replace(
            'id: m',
            `id: m${end}`,
          ),
        )
        .join(
          '\n',
        )}\n- uses: docker/bake-action@v7\n  with:\n    push: true\n    targets: images\n    files: |\n      ./docker-bake.hcl\n      cwd://\${{ steps.m.outputs.bake-file }}\n      cwd://\${{ steps.m-root.outputs.bake-file }}\n    set: |\n      *.platform=linux/amd64\n      *.platform+=linux/arm64`,
    )}`,
    files: {
      'docker-bake.hcl':
        'group "images" {\n  targets = ["app", "app-root"]\n}\ntarget "app" {\n  target = "main"\n}\ntarget "app-root" {\n  dockerfile = "root.Dockerfile"\n}\n',
    },
    gitTags: usual,
    steps: [
      { tags: 'type=ref,event=tag', flavor: 'latest=false', images: ['acme/app'] },
      { tags: 'type=ref,event=tag', flavor: 'latest=false,suffix=-root', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${both}`, root: `root.Dockerfile ${both}` },
    holds: ["target: 'main'"],
  },
  // After sgibson91/binderhub-deploy's.
  {
    kind: 'conditions on the ref',
    name: 'a git tag ends with no name of a branch and has none in it',
    workflow: `on: { push: { branches: [main], tags: ['v*'] } }\n${job(
      `${meta(
        [
          'type=semver,pattern={{raw}}',
          'type=raw,value=latest,enable=${{ endsWith(github.ref, github.event.repository.default_branch) }}',
          "type=raw,value=edge,enable=${{ contains(github.ref, 'heads') }}",
          "type=raw,value=stable,enable=${{ !endsWith(github.ref, '/main') && contains(github.ref, 'tags/v') }}",
          "type=raw,value=commit,enable=${{ startsWith(github.sha, 'v') || github.sha == 'main' }}",
        ],
        'flavor: latest=false',
      )}\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: lines('type=semver,pattern={{raw}}', 'type=raw,value=stable'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  ...['v0.2.0', 'v1.2.0', 'v12.0.1'].map((newest) => ({
    kind: 'conditions on the git tag',
    name: `major versions but 0, at ${newest}`,
    workflow: `${onTags}${job(
      `${meta(
        [
          'type=semver,pattern={{version}}',
          "type=semver,pattern={{major}},enable=${{ !startsWith(github.ref, 'refs/tags/v0.') }}",
        ],
        'flavor: latest=false',
      )}\n${build()}`,
    )}`,
    gitTags: ['v0.1.0', newest],
    steps: [
      {
        tags: lines(
          'type=semver,pattern={{version}}',
          `type=semver,pattern={{major}},enable=${newest.startsWith('v0.') ? 'false' : 'true'}`,
        ),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ["range: '>=1'"],
  })),
  {
    kind: 'git tags that start it',
    name: 'a git tag that is made, and a tag that no registry takes',
    workflow: `on: create\n${job(`${meta(['type=semver,pattern={{version}}', 'type=raw,value={{branch}}-latest'], 'flavor: latest=false')}\n${build()}`, "if: github.event_name == 'create'")}`,
    gitTags: usual,
    steps: [{ ...plain, flavor: 'latest=false' }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['no tag begins with -, so its push fails'],
  },
  {
    kind: 'git tags that start it',
    name: 'those that no pattern reads are said',
    workflow: `on: { push: { tags: ['*'] } }\n${job(`${meta(['type=ref,event=tag'], 'flavor: latest=false')}\n${build()}`)}`,
    gitTags: ['1.10.0', 'nightly', '1.11_beta'],
    steps: [],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['newer than 1.10.0, and no release by it: 1.11_beta'],
  },
  // After cedya77/aiometadata's: a git tag `v2.7` that moves is newer than `v2.7.1`.
  {
    kind: 'git tags that start it',
    name: 'its own filter says which, also where a release starts it too',
    workflow: `on: { release: { types: [published] }, push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } }\n${job(`${meta(version)}\n${build()}`)}`,
    gitTags: ['v2.6.0', 'v2', 'v2.7', 'v2.7.1'],
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
  },
];

export const fieldRefusals: readonly Refusal[] = [
  {
    name: 'a workflow that ignores every git tag',
    workflow: `on: { push: { branches: ['**'], tags-ignore: ['**'] } }\n${job(`${meta(version)}\n${build()}`)}`,
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only pushes to branch ** do',
  },
  {
    name: 'a workflow of git tags that are pre-releases',
    workflow: `on: { push: { tags: ['v[0-9]+.[0-9]+.[0-9]+-beta.[0-9]+', '*-rc*'] } }\n${job(`${meta(version)}\n${build()}`)}`,
    gitTags: usual,
    message:
      'no release and no git tag ever starts this workflow; only pushes of git tags v[0-9]+.[0-9]+.[0-9]+-beta.[0-9]+, *-rc* do',
  },
  {
    name: 'a workflow that only a workflow of branches calls',
    workflow: `on: { workflow_call: {} }\n${job(`${meta(['type=sha'])}\n${build()}`)}`,
    gitTags: usual,
    files: {
      '.github/workflows/main.yml':
        'on: { push: { branches: [main] } }\njobs: { ship: { uses: ./.github/workflows/images.yml } }\n',
    },
    message:
      'no release and no git tag ever starts this workflow: only .github/workflows/main.yml (pushes to branch main) calls it',
  },
  {
    name: 'builds that go to a folder and to the local Docker alone',
    workflow: `${onTags}${job(`${meta(version)}\n- uses: docker/build-push-action@v6\n  with: { load: true, tags: '${hasTags}' }\n- uses: docker/build-push-action@v6\n  with: { outputs: 'type=local,dest=out', tags: '${hasTags}' }`)}`,
    gitTags: usual,
    message: 'no build of it pushes the tags of a release',
  },
  {
    name: 'two workflows of another repository, each by its name',
    workflow: `${onTags}jobs:\n  a: { uses: other/shared/.github/workflows/meta.yml@v1 }\n  b: { uses: other/shared/.github/workflows/push.yml@v1 }\n`,
    gitTags: usual,
    message:
      'no step of it uses docker/metadata-action, and job a runs other/shared/.github/workflows/meta.yml@v1, job b runs other/shared/.github/workflows/push.yml@v1, which are not read here',
  },
];
