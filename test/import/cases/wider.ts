/** Cases of `cases.test.ts` for kinds that a search over public repositories brought up. */
import { both, build, job, lines, meta, onTags, usual, type ImportCase, type Refusal } from './writing.ts';

const amd = 'linux/amd64';
const version = ['type=semver,pattern={{version}}'];

/** A build whose tags are an expression, beside a step whose labels it takes. */
const labelled = (tags: string): string =>
  `${onTags}${job(`- id: names\n  uses: acme/calculate-tags@v2\n${meta(version)}\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '${tags}', labels: '\${{ steps.m.outputs.labels }}' }`)}`;

/** A composite action that builds one image under a name of its own run, and gives it its tags later. */
const staged = `
name: stage
inputs: { name: { required: true }, file: { required: true }, version: { required: true } }
runs:
  using: composite
  steps:
    - uses: docker/build-push-action@v6
      with:
        file: '\${{ inputs.file }}'
        push: true
        platforms: linux/amd64,linux/arm64
        tags: 'acme/\${{ inputs.name }}:staged-\${{ github.run_id }}'
`;
const promoted = `
name: promote
inputs: { name: { required: true }, version: { required: true } }
runs:
  using: composite
  steps:
    - id: m
      uses: docker/metadata-action@v5
      with:
        images: 'acme/\${{ inputs.name }}'
        flavor: latest=false
        tags: type=semver,pattern={{version}},value=\${{ inputs.version }}
    - run: |
        for tag in \${{ steps.m.outputs.tags }}; do docker buildx imagetools create -t "$tag" "acme/\${{ inputs.name }}@$DIGEST"; done
`;
const stage = (name: string): string =>
  `- uses: ./.github/actions/stage\n  with: { name: ${name}, file: ${name}/Dockerfile, version: '\${{ github.ref_name }}' }`;
const promote = (name: string): string =>
  `- uses: ./.github/actions/promote\n  with: { name: ${name}, version: '\${{ github.ref_name }}' }`;

/** A job that makes the release, and one that pushes its image. */
const pleased = (condition: string, steps: string): string => `
on: { push: { branches: [main] } }
jobs:
  please:
    runs-on: ubuntu-24.04
    outputs:
      made: '\${{ steps.r.outputs.release_created }}'
      tag: '\${{ steps.r.outputs.tag_name }}'
    steps:
      - id: r
        uses: googleapis/release-please-action@v4
${job(`${steps}\n${build()}`, `needs: please\n${condition}\nenv: { TAG: '\${{ needs.please.outputs.tag }}' }`).replace('jobs:\n', '')}`;

export const widerCases: readonly ImportCase[] = [
  {
    kind: 'a short and a long commit',
    name: 'are two tags',
    workflow: `${onTags}${job(`${meta(['type=semver,pattern={{version}}', 'type=sha', 'type=sha,format=long'])}\n${build(`, platforms: 'linux/amd64,linux/arm64'`)}`)}`,
    // Commits of the tests differ by the first letters of a git tag.
    gitTags: ['v1.9.0', 'v20.1.0'],
    steps: [
      { tags: lines('type=semver,pattern={{version}}', 'type=sha', 'type=sha,format=long'), images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${both}` },
  },
  {
    kind: 'labels alone',
    name: 'a build with tags that are written out, beside a step whose labels it takes',
    workflow: labelled('acme/app:${{ github.ref_name }}'),
    gitTags: usual,
    steps: [{ tags: 'type=ref,event=tag', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'images that wait under a name of their own run',
    name: 'two of them, each from its own Dockerfile',
    workflow: `${onTags}${job([stage('api'), stage('web'), promote('api'), promote('web')].join('\n'))}`,
    gitTags: usual,
    files: { '.github/actions/stage/action.yml': staged, '.github/actions/promote/action.yml': promoted },
    steps: [
      { tags: version[0] ?? '', flavor: 'latest=false', images: ['acme/api'] },
      { tags: version[0] ?? '', flavor: 'latest=false', images: ['acme/web'] },
    ],
    builds: { 'api standard': `api/Dockerfile ${both}`, 'web standard': `web/Dockerfile ${both}` },
    holds: ['read from its step m.'],
  },
  {
    kind: 'git tags of several packages',
    name: 'those that start the workflow too are said',
    workflow: `on: { release: { types: [published] } }\n${job(
      `- id: s\n  run: echo "v=$(echo "\${{ github.event.release.tag_name }}" | cut -d/ -f3)" >> "$GITHUB_OUTPUT"\n${meta(['type=raw,value=${{ steps.s.outputs.v }}'])}\n${build()}`,
    )}`,
    gitTags: ['pkg/api/0.9.0', 'pkg/web/0.4.0', 'pkg/web/0.4.1', 'pkg/api/0.10.0'],
    steps: [{ tags: 'type=raw,value=0.10.0', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'CHECK THIS: git tags that begin with pkg/web/ start it too, and are in no plan; the newest is pkg/web/0.4.1',
    ],
  },
  {
    kind: 'git tags of several packages',
    name: 'a chart, for whose git tags type=semver gives nothing',
    workflow: `on: { release: { types: [published] } }\n${job(`${meta(version)}\n${build()}`)}`,
    gitTags: ['v1.9.0', 'chart-0.4.0', 'v1.10.0'],
    steps: [{ tags: version[0] ?? '', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'two releases on one commit',
    name: 'their commit gives no tag, later ones do',
    workflow: `${onTags}${job(`${meta(['type=semver,pattern={{version}}', 'type=sha'])}\n${build()}`)}`,
    gitTags: ['v1.8.0', 'v1.8.1', 'v1.9.0', 'v20.1.0'],
    oneCommit: [['v1.8.0', 'v1.8.1', 'latest']],
    steps: [{ tags: lines('type=semver,pattern={{version}}', 'type=sha'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: [
      "sha: { template: 'sha-{{revision}}', length: 7, range: '>1.8.1' }",
      '1.8.0 and 1.8.1 are on one commit, which gives one tag, so it is for the releases after them',
    ],
  },
  {
    kind: 'two releases on one commit',
    name: 'where the newest is one of them, no release has a tag of its commit',
    workflow: `${onTags}${job(`${meta(['type=semver,pattern={{version}}', 'type=sha'])}\n${build()}`)}`,
    gitTags: ['v1.9.0', 'v1.10.0'],
    oneCommit: [['v1.9.0', 'v1.10.0']],
    steps: [{ tags: version[0] ?? '', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: 1.9.0 and 1.10.0 are on one commit, which gives one tag, so no release has sha-{{revision}}'],
  },
  {
    kind: 'two releases on one commit',
    name: 'a pre-release and its final are none, nor one release with two names',
    workflow: `${onTags}${job(`${meta(['type=semver,pattern={{version}}', 'type=sha'])}\n${build()}`)}`,
    gitTags: ['v1.9.0', 'v20.1.0-rc.1', 'v20.1.0'],
    oneCommit: [['v20.1.0-rc.1', 'v20.1.0', 'v20', '20.1.0']],
    steps: [{ tags: lines('type=semver,pattern={{version}}', 'type=raw,value=sha-7632302'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'a workflow that makes its releases itself',
    name: 'release-please in a job before',
    workflow: pleased(
      "if: needs.please.outputs.made == 'true'",
      meta(['type=semver,pattern={{version}},value=${{ env.TAG }}', 'type=raw,value=latest', 'type=ref,event=branch']),
    ),
    gitTags: usual,
    steps: [{ tags: lines('type=semver,pattern={{version}}', 'type=raw,value=latest'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: [
      'the push of a branch starts it, and its step googleapis/release-please-action makes the release: its git tag is meant',
    ],
  },
  {
    kind: 'a workflow that makes its releases itself',
    name: 'conditions on its branch hold, and what needs a git tag gives nothing',
    workflow: pleased(
      "if: needs.please.outputs.made == 'true'",
      meta(
        [
          'type=raw,value=${{ needs.please.outputs.tag }}',
          'type=raw,value=stable,enable={{is_default_branch}}',
          "type=raw,value=main,enable=${{ github.ref == 'refs/heads/main' && github.event_name == 'push' }}",
          "type=raw,value=next,enable=${{ github.ref_type == 'tag' }}",
          'type=semver,pattern=x{{version}}',
          'type=ref,event=tag,prefix=ref-',
        ],
        'flavor: latest=false',
      ),
    ),
    gitTags: usual,
    steps: [
      {
        tags: lines('type=raw,value=v1.10.0', 'stable', 'main').replaceAll(/^(?=[sm])/gm, 'type=raw,value='),
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  ...[
    { uses: 'go-semantic-release/action', output: 'version' },
    { uses: 'cycjimmy/semantic-release-action', output: 'new_release_version' },
    { uses: 'mathieudutour/github-tag-action', output: 'new_version' },
  ].map(({ uses, output }) => ({
    kind: 'a workflow that makes its releases itself',
    name: `${uses} in the same job, which goes on without a release too`,
    workflow: `on: { push: { branches: [main] } }\n${job(
      `- id: r\n  uses: ${uses}@v1\n${meta([`type=semver,pattern={{version}},value=\${{ steps.r.outputs.${output} }}`])}\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: m runs for every push, not for releases alone, and moves tags then too'],
  })),
  {
    kind: 'a workflow that makes its releases itself',
    name: 'and calls the one that pushes their image',
    workflow: `on: { workflow_call: { inputs: { version: { type: string } } } }\n${job(
      `${meta(['type=raw,value=${{ inputs.version }}', 'type=semver,pattern={{major}},value=${{ inputs.version }}'])}\n${build()}`,
    )}`,
    gitTags: usual,
    files: {
      '.github/workflows/main.yml': `
on: { push: { branches: [main] } }
jobs:
  please:
    runs-on: ubuntu-24.04
    outputs: { v: '\${{ steps.r.outputs.version }}' }
    steps: [{ id: r, uses: googleapis/release-please-action@v4 }]
  image:
    needs: please
    if: needs.please.outputs.v != ''
    uses: ./.github/workflows/images.yml
    with: { version: '\${{ needs.please.outputs.v }}' }
`,
    },
    steps: [{ tags: lines('type=raw,value=1.10.0', 'type=semver,pattern={{major}}'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['.github/workflows/main.yml calls it for a release: its inputs are taken from there'],
  },
  {
    kind: 'a git tag that is higher than all that came later',
    name: 'two numbers ahead, it owns latest, and that is said',
    workflow: `${onTags}${job(`${meta(version)}\n${build()}`)}`,
    gitTags: ['v5.0.0', 'v1.9.0', 'v1.10.0'],
    steps: [{ tags: version[0] ?? '', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      "CHECK THIS: 5.0.0 is higher than 1.10.0, which came later, and owns what moves: if it was not released, exclude: [{ version: '5.0.0', reason: '…' }]",
    ],
  },
  {
    kind: 'a git tag that is higher than all that came later',
    name: 'a backport after a new series is none',
    workflow: `${onTags}${job(`${meta(version)}\n${build()}`)}`,
    gitTags: ['v1.9.0', 'v2.0.0', 'v1.9.1', 'v1.9.2'],
    steps: [{ tags: version[0] ?? '', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'tags that nothing is seen to push',
    name: 'a script runs the image, and another tool pushes it',
    workflow: `${onTags}${job(`- run: npx make-images --push\n${meta(version)}\n- run: docker run \${{ steps.m.outputs.tags }}`)}`,
    gitTags: usual,
    steps: [{ tags: version[0] ?? '', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'CHECK THIS: nothing here is seen to push the tags of m: what does may give others',
      'CHECK THIS: nothing in the workflow says which Dockerfile and which platforms it is built with',
    ],
  },
  {
    kind: 'files of another git repository',
    name: 'what is built from a second checkout is said, what is not is not',
    workflow: `${onTags}${job(
      `- uses: actions/checkout@v5\n- uses: actions/checkout@v5\n  with: { repository: acme/other, path: ./other/ }\n${meta(version)}\n${build(`, context: './other/api'`)}\n${meta(version, '', 'acme/own').replace('id: m', 'id: n')}\n${build(`, file: others/Dockerfile`).replace('steps.m', 'steps.n')}`,
    )}`,
    gitTags: usual,
    steps: [
      { tags: version[0] ?? '', images: ['acme/app'] },
      { tags: version[0] ?? '', images: ['acme/own'] },
    ],
    builds: { 'app standard': `other/api/Dockerfile ${amd}`, 'own standard': `others/Dockerfile ${amd}` },
    says: ['CHECK THIS: other/api/Dockerfile and other/api: from acme/other, which the job checks out'],
  },
];

export const widerRefusals: readonly Refusal[] = [
  {
    name: 'a workflow that makes releases, and pushes canaries for every push',
    workflow: pleased("if: github.ref == 'refs/heads/main'", meta(['type=raw,value=canary'])).replace(
      /\n {4}env: .*/,
      '',
    ),
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only pushes to branch main do',
  },
  {
    name: 'git tags of previews, whose version a composite action gets',
    workflow: `on: { push: { tags: ['v*-preview*'] } }\n${job(`${stage('api')}\n${promote('api')}`)}`,
    gitTags: usual,
    files: { '.github/actions/stage/action.yml': staged, '.github/actions/promote/action.yml': promoted },
    message: 'no release and no git tag ever starts this workflow; only pushes of git tags v*-preview* do',
  },
  {
    name: 'a build that takes labels of the action, and tags from another one',
    workflow: labelled('${{ join(fromJson(steps.names.outputs.tags)) }}'),
    gitTags: usual,
    message:
      'docker/metadata-action gives its build labels alone; its tags are ${{ join(fromJson(steps.names.outputs.tags)) }}, which only a run knows',
  },
];
