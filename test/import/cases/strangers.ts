/** Further shapes of kinds that the other files have, found by trying new ones: each was wrong in silence before. */
import { both, build, job, meta, onTags, usual, type ImportCase, type Refusal } from './writing.ts';

const amd = 'linux/amd64';
const version = 'type=semver,pattern={{version}}';
const merge = `  merge:\n    needs: build\n    runs-on: ubuntu-24.04\n    steps:\n`;
const mergeTags =
  '      - run: docker buildx imagetools create $(jq -cr \'.tags | map("-t " + .) | join(" ")\' <<< "$DOCKER_METADATA_OUTPUT_JSON") $NAMES\n';
const metaStep = job(meta([version]))
  .split('\n')
  .slice(4)
  .join('\n');
const bakeFiles = 'files: |\n      docker-bake.hcl\n      ${{ steps.m.outputs.bake-file }}';
const bakes = (hcl: string, more = ''): Pick<ImportCase, 'workflow' | 'files' | 'gitTags' | 'steps'> => ({
  workflow: `${onTags}${job(`${meta([version])}\n- uses: docker/bake-action@v6\n  with:\n    push: true\n    targets: app\n    ${bakeFiles}${more}`)}`,
  files: { 'docker-bake.hcl': hcl },
  gitTags: usual,
  steps: [{ tags: version, images: ['acme/app'] }],
});

const version1 = (more: string): string =>
  `- name: Other\n  uses: docker/build-push-action@v1\n  with: { password: hunter2, registry: ghcr.io, repository: acme/other${more} }`;
const refused1 = (inputs: string): string =>
  `only docker/build-push-action@v1 has the inputs ${inputs}, and makes the tags of them itself; they are not read here`;

export const strangerCases: readonly ImportCase[] = [
  {
    kind: 'jobs that build and a job that merges',
    name: 'parts under tags that end with their architecture are no flavors',
    workflow: `${onTags}jobs:\n  build:\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { arch: [amd64, arm64] } }\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true, platforms: 'linux/\${{ matrix.arch }}', tags: 'acme/app:\${{ github.sha }}-\${{ matrix.arch }}' }\n${merge}${metaStep}${mergeTags}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${both}` },
  },
  {
    kind: 'jobs that build and a job that merges',
    name: 'where the merged tag is in a script, both are said',
    workflow: `${onTags}jobs:\n  build:\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { arch: [amd64, arm64] } }\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true, platforms: 'linux/\${{ matrix.arch }}', tags: 'acme/app:\${{ github.ref_name }}-\${{ matrix.arch }}' }\n${merge}      - name: Merge\n        run: docker manifest create acme/app:\${{ github.ref_name }} $NAMES\n`,
    gitTags: usual,
    steps: [
      {
        tags: 'type=raw,value={{tag}}-${{ matrix.arch }}',
        flavor: 'latest=false',
        images: ['acme/app'],
        jobs: [{ matrix: { arch: 'amd64' } }, { matrix: { arch: 'arm64' } }],
      },
    ],
    builds: { amd64: `Dockerfile ${amd}`, arm64: 'Dockerfile linux/arm64' },
    says: [
      'CHECK THIS: the step "Merge" puts images together under tags of its own, which are in no plan',
      'CHECK THIS: amd64, arm64 are platforms of one image: if these tags are only its parts, write one flavor with all platforms',
    ],
  },
  {
    kind: 'several steps of one image',
    name: 'a moving tag that both push has one owner, and that is asked',
    workflow: `${onTags}${job(
      ['', '-alpine']
        .map(
          (end) =>
            `${meta([version], `flavor: suffix=${end}`).replace('id: m', `id: m${end}`)}\n- uses: docker/build-push-action@v6\n  with: { push: true, file: 'Dockerfile${end}', tags: '\${{ steps.m${end}.outputs.tags }}' }`,
        )
        .join('\n'),
    )}`,
    gitTags: usual,
    steps: [
      { tags: version, images: ['acme/app'] },
      { tags: version, flavor: 'suffix=-alpine', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${amd}`, alpine: `Dockerfile-alpine ${amd}` },
    says: ['CHECK THIS: standard and alpine both pushed latest, and the last one built had it: is it standard?'],
  },
  {
    kind: 'which git tags are releases',
    name: 'a version that type=pep440 writes otherwise is said',
    workflow: `on: { push: { tags: ['20*'] } }\n${job(`${meta(['type=pep440,pattern={{raw}}'])}\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.m.outputs.tags }}' }`)}`,
    gitTags: ['2026.01.0', '2026.02.1'],
    steps: [{ tags: 'type=ref,event=tag', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: the action writes 2026.02.1 as 2026.2.1, and here {{version}} is 2026.02.1'],
  },
  {
    kind: 'bake',
    name: 'what is set is added to what the file says',
    ...bakes(
      'target "_all" {\n  args = {\n    A = "1"\n  }\n}\ntarget "app" {\n  inherits = ["_all", "docker-metadata-action"]\n  context = "srv"\n  platforms = ["linux/amd64"]\n  args = {\n    B = "2"\n  }\n}\n',
      '\n    set: |\n      a*.platform+=linux/arm64\n      app.args.C=3\n      app.dockerfile=../build/Dockerfile',
    ),
    builds: { standard: `build/Dockerfile ${both}` },
    holds: ["args: { A: '1', B: '2', C: '3' }"],
  },
  {
    kind: 'bake',
    name: 'two lines of set for one list are both in it',
    ...bakes(
      'target "app" {\n  inherits = ["docker-metadata-action"]\n}\n',
      '\n    set: |\n      *.platform=linux/amd64\n      *.platform=linux/arm64',
    ),
    builds: { standard: `Dockerfile ${both}` },
  },
  {
    kind: 'bake',
    name: 'tags of its own',
    ...bakes('target "app" {\n  inherits = ["docker-metadata-action"]\n  tags = ["acme/app:edge"]\n}\n'),
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: app has tags of its own in the bake file: these are not those that it pushes'],
  },
  {
    kind: 'bake',
    name: 'tags for a laptop, which those of the action replace',
    ...bakes(
      'target "docker-metadata-action" {\n  tags = ["app:local"]\n}\ntarget "app" {\n  inherits = ["docker-metadata-action"]\n}\n',
    ),
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'bake',
    name: 'a target that takes nothing of the action',
    ...bakes('target "app" {\n  dockerfile = "x.Dockerfile"\n}\n'),
    builds: { standard: `x.Dockerfile ${amd}` },
    says: ['CHECK THIS: app inherits from no docker-metadata-action: these are not the tags that it pushes'],
  },
  {
    kind: 'bake',
    name: 'a Dockerfile inside of the file, and named contexts',
    ...bakes(
      'target "app" {\n  inherits = ["docker-metadata-action"]\n  dockerfile-inline = "FROM scratch"\n  contexts = {\n    src = "docker-image://alpine:3"\n  }\n}\n',
    ),
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: the Dockerfile of app is text inside of the bake file: write it to a file'],
    holds: ["contexts: { src: 'docker-image://alpine:3' }"],
  },
  {
    kind: 'files of another git repository',
    name: 'its own, in a folder of the job',
    workflow: `${onTags}${job(
      `- uses: actions/checkout@v4\n  with: { path: src }\n${meta([version])}\n- uses: docker/build-push-action@v6\n  with: { push: true, context: src/app, file: src/build/Dockerfile, tags: '\${{ steps.m.outputs.tags }}' }`,
    )}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `build/Dockerfile ${amd}` },
    holds: ["context: 'app'"],
  },
  {
    kind: 'files of another git repository',
    name: 'a context around its own is said',
    workflow: `${onTags}${job(
      `- uses: actions/checkout@v4\n  with: { path: src }\n${meta([version])}\n- uses: docker/build-push-action@v6\n  with: { push: true, context: ., file: src/Dockerfile, tags: '\${{ steps.m.outputs.tags }}' }`,
    )}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: context: . is outside of src, where the repository is checked out'],
  },
  {
    kind: 'what a build is given',
    name: 'a runner of Windows builds for Windows',
    workflow: `${onTags}${job(`${meta([version])}\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.m.outputs.tags }}' }`).replace('ubuntu-24.04', 'windows-2022')}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: 'Dockerfile windows/amd64' },
    says: ['CHECK THIS: it runs on windows-2022, which builds images for Windows alone'],
  },
  {
    kind: 'reusable workflows and composite actions',
    name: 'what a called workflow hands back, the tags of the action among it',
    workflow: `${onTags}jobs:\n  name:\n    uses: ./.github/workflows/name.yml\n  ship:\n    needs: name\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true, file: 'v\${{ needs.name.outputs.major }}.Dockerfile', tags: '\${{ needs.name.outputs.tags }}' }\n`,
    files: {
      '.github/workflows/name.yml': `on:\n  workflow_call:\n    outputs:\n      tags: { value: '\${{ jobs.read.outputs.tags }}' }\n      Major: { value: '\${{ jobs.read.outputs.major }}' }\njobs:\n  read:\n    runs-on: ubuntu-24.04\n    outputs: { tags: '\${{ steps.m.outputs.tags }}', major: '\${{ steps.v.outputs.major }}' }\n    steps:\n      - { id: v, run: 'echo "major=2" >> $GITHUB_OUTPUT' }\n      - { id: m, uses: docker/metadata-action@v5, with: { images: acme/app, tags: '${version}' } }\n`,
    },
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `v2.Dockerfile ${amd}` },
  },
  {
    kind: 'a build that makes its tags itself',
    name: 'version 1 of the build action beside a later one',
    workflow: `${onTags}${job(`${meta([version])}\n${build()}\n${version1(', tag_with_ref: true')}`)}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'CHECK THIS: the step "Other" makes tags of its own from registry, repository, tag_with_ref (docker/build-push-action@v1), which are in no plan',
    ],
  },
  {
    kind: 'a build that makes its tags itself',
    name: 'version 1 of the build action that does not push',
    workflow: `${onTags}${job(`${meta([version])}\n${build()}\n${version1(', push: false')}`)}`,
    gitTags: usual,
    steps: [{ tags: version, images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
];

export const strangerRefusals: readonly Refusal[] = [
  {
    name: 'version 1 of the build action, which tags with the name of the git tag',
    workflow: `${onTags}${job(version1(', tag_with_ref: true, tag_with_sha: true'))}`,
    gitTags: usual,
    message: refused1('registry, repository, tag_with_ref, tag_with_sha'),
  },
  {
    name: 'version 1 of the build action, with tags of its own',
    workflow: `${onTags}${job(version1(", tags: '${{ github.ref_name }}'"))}`,
    gitTags: usual,
    message: refused1('registry, repository'),
  },
  {
    name: 'a merge key, which GitHub does not read',
    workflow: `${onTags}${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with: &with { images: acme/app, tags: '${version}' }\n- id: n\n  uses: docker/metadata-action@v5\n  with: { <<: *with, images: quay.io/acme/app }\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.n.outputs.tags }}' }`,
    )}`,
    gitTags: usual,
    message: 'GitHub reads no merge keys (<<), so what they bring is not in the workflow',
  },
];
