/** Still more cases of `cases.test.ts`: what else pushes, what only seems to, and conditions that are flavors. */
import { both, build, hasTags, job, meta, onTags, usual, type ImportCase, type Refusal } from './writing.ts';

const amd = 'linux/amd64';
const version = ['type=semver,pattern={{version}}'];
const plain = { tags: 'type=semver,pattern={{version}}', images: ['acme/app'] };

/** A composite action that builds and pushes or not. */
const wrapper = (push: boolean): string => `
name: build
inputs: { tags: { required: true } }
runs:
  using: composite
  steps:
    - uses: docker/build-push-action@v6
      with: { push: ${push}, load: ${!push}, platforms: linux/arm64, tags: '\${{ inputs.tags }}' }
`;

const wrapped = `${onTags}${job(`${meta(version)}\n- uses: ./.github/actions/build\n  with: { tags: '${hasTags}' }`)}`;

const script = (text: string): string =>
  `- name: More\n  run: |\n${text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}`;

const said = (what: string): string => `CHECK THIS: the step "More" ${what}, which are in no plan`;

const scripts: readonly { readonly name: string; readonly text: string; readonly says: readonly string[] }[] = [
  {
    name: 'a tag of its own, behind those of the action',
    text: 'docker buildx imagetools create $(jq -cr \'.tags | map("-t " + .) | join(" ")\' <<< "$DOCKER_METADATA_OUTPUT_JSON") \\\n  -t acme/app:stable acme/app@sha256:abc',
    says: [said('pushes tags of its own')],
  },
  {
    name: 'the tags of the action, and its version',
    text: 'docker buildx imagetools create $(jq -cr \'.tags | map("-t " + .) | join(" ")\' <<< "$DOCKER_METADATA_OUTPUT_JSON") x\ndocker buildx imagetools create -t acme/app:${{ steps.m.outputs.version }} x',
    says: [],
  },
  {
    name: 'a loop over the tags of the action',
    text: 'while read -r tag; do\n  docker buildx imagetools create -t "$tag" x\ndone <<< "${{ steps.m.outputs.tags }}"',
    says: [],
  },
  {
    name: 'a copy in another registry',
    text: 'for tag in ${{ steps.m.outputs.tags }}; do skopeo copy --all "docker://$tag" "docker://quay.io/$tag"; done',
    says: [said('copies images to other names')],
  },
  { name: 'a push by name', text: 'docker push acme/app:stable', says: [said('pushes tags of its own')] },
  { name: 'crane', text: 'crane tag acme/app:1 stable', says: [said('pushes tags of its own')] },
  { name: 'a line that is a comment', text: '# docker push acme/app:stable\necho done', says: [] },
];

const flavored = ['slim', 'full'].map(
  (name) => `type=semver,suffix=-${name},pattern={{version}},enable=\${{ matrix.kind == '${name}' }}`,
);

export const furtherCases: readonly ImportCase[] = [
  ...scripts.map(({ name, text, says }) => ({
    kind: 'scripts that push too',
    name,
    workflow: `${onTags}${job(`${meta(version)}\n${build()}\n${script(text)}`)}`,
    gitTags: usual,
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
    says,
  })),
  {
    kind: 'scripts that push too',
    name: 'one that no release runs',
    workflow: `${onTags}${job(`${meta(version)}\n${build()}\n${script('docker push acme/app:edge')}\n  if: github.ref_type == 'branch'`)}`,
    gitTags: usual,
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'a composite action that builds',
    name: 'and pushes',
    workflow: wrapped,
    gitTags: usual,
    files: { '.github/actions/build/action.yml': wrapper(true) },
    steps: [plain],
    builds: { standard: 'Dockerfile linux/arm64' },
  },
  {
    kind: 'builds by digest',
    name: 'a name without a tag is none that is pushed',
    workflow: `${onTags}${job(`- uses: docker/build-push-action@v6\n  with: { platforms: linux/arm64, tags: acme/app, outputs: 'type=image,push-by-digest=true,name-canonical=true,push=true' }\n${meta(version, '', '"acme/app,ghcr.io/acme/app"')}\n- run: docker buildx imagetools create $(jq -cr '.tags | map("-t " + .) | join(" ")' <<< "$DOCKER_METADATA_OUTPUT_JSON") acme/app@sha256:abc`)}`,
    gitTags: usual,
    steps: [{ ...plain, images: ['acme/app', 'ghcr.io/acme/app'] }],
    builds: { standard: 'Dockerfile linux/arm64' },
  },
  {
    kind: 'a condition on the matrix',
    name: 'tells flavors apart that share no text',
    workflow: `${onTags}${job(
      `${meta(["type=semver,pattern={{version}},enable=${{ matrix.kind == 'plain' }}", ...flavored], 'flavor: latest=false')}\n${build(", file: 'Dockerfile.${{ matrix.kind }}', platforms: 'linux/amd64,linux/arm64'")}`,
      'strategy: { matrix: { kind: [plain, slim, full] } }',
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: ["type=semver,pattern={{version}},enable=${{ matrix.kind == 'plain' }}", ...flavored].join('\n'),
        flavor: 'latest=false',
        images: ['acme/app'],
        jobs: ['plain', 'slim', 'full'].map((kind) => ({ matrix: { kind } })),
      },
    ],
    builds: { plain: `Dockerfile.plain ${both}`, slim: `Dockerfile.slim ${both}`, full: `Dockerfile.full ${both}` },
  },
  {
    kind: 'a condition on the matrix',
    name: 'inside of tag lines that the matrix gives',
    workflow: `${onTags}${job(
      `${meta(['${{ matrix.tags }}'], 'flavor: latest=false')}\n${build(", file: '${{ matrix.file }}'")}`,
      [
        'strategy:',
        '  matrix:',
        '    include:',
        '      - file: a/Dockerfile',
        '        tags: |',
        '          type=semver,pattern={{version}}',
        "          type=semver,pattern={{major}},enable=${{ !startsWith(github.ref, 'refs/tags/v0.') }}",
        '      - file: b/Dockerfile',
        '        tags: |',
        '          type=semver,pattern={{version}}-b',
        "          type=raw,value=edge-b,enable=${{ github.ref == 'refs/heads/main' }}",
      ].join('\n'),
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}\ntype=semver,pattern={{version}}-b',
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `a/Dockerfile ${amd}`, b: `b/Dockerfile ${amd}` },
  },
  {
    kind: 'names of images',
    name: 'in small letters, by awk',
    workflow: `${onTags}${job(
      `- id: n\n  run: echo "name=$(echo "Acme/App" | awk '{ print tolower($0) }')" >> $GITHUB_OUTPUT\n${meta(version, '', 'ghcr.io/${{ steps.n.outputs.name }}')}\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [{ ...plain, images: ['ghcr.io/acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'names of images',
    name: 'what a variable of the repository falls back to, which is said',
    workflow: `${onTags}${job(`${meta(version, '', "${{ vars.IMAGE || 'acme/app' }}")}\n${build()}`)}`,
    gitTags: usual,
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'CHECK THIS: acme/app is what the workflow falls back to while vars.IMAGE is not set; if your repository sets it, write its value here',
    ],
  },
  {
    kind: 'a workflow of this repository by its whole name',
    name: 'is read here',
    workflow: `${onTags}jobs: { ship: { uses: acme/app/.github/workflows/inner.yml@main } }\n`,
    gitTags: usual,
    files: { '.github/workflows/inner.yml': `on: { workflow_call: {} }\n${job(`${meta(version)}\n${build()}`)}` },
    steps: [plain],
    builds: { standard: `Dockerfile ${amd}` },
  },
];

export const furtherRefusals: readonly Refusal[] = [
  {
    name: 'a composite action that builds and pushes nothing',
    workflow: wrapped,
    gitTags: usual,
    files: { '.github/actions/build/action.yml': wrapper(false) },
    message: 'no build of it pushes the tags of a release',
  },
  {
    name: 'a build that is scanned and not pushed',
    workflow: `${onTags}${job(`${meta(version)}\n- uses: docker/build-push-action@v6\n  with: { load: true, push: false, tags: '${hasTags}' }\n- uses: acme/scan-action@v1\n  with: { image-ref: '${hasTags}' }\n- run: ./scan.sh "${hasTags}"`)}`,
    gitTags: usual,
    message: 'no build of it pushes the tags of a release',
  },
];
