/** The cases of `cases.test.ts`: a workflow, its git tags, and what its steps are once a runner has put everything in. */
import { both, build, job, lines, meta, onTags, semver3, usual, type ImportCase, type Refusal } from './writing.ts';

const amd = 'linux/amd64';

export const cases: readonly ImportCase[] = [
  // After public workflows such as actualbudget/actual's.
  {
    kind: 'inputs are worked out before they are split',
    name: 'images and tags from variables',
    workflow: `${onTags}env:\n  NAMES: |\n    acme/app\n    ghcr.io/acme/app\n  LINES: |\n    type=semver,pattern={{version}}\n    type=raw,value=stable\n${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with: { images: '\${{ env.NAMES }}', tags: '\${{ env.LINES }}' }\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: lines('type=semver,pattern={{version}}', 'type=raw,value=stable'),
        images: ['acme/app', 'ghcr.io/acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'inputs are worked out before they are split',
    name: 'a flavor and a registry of the job, one variable made of another',
    workflow: `${onTags}env: { HOST: quay.io }\n${job(
      `${meta(['type=ref,event=tag,suffix=${{ env.END }}'], 'flavor: ${{ env.AFFIX }}', "'${{ env.HOST }}/${{ github.repository }}'")}\n${build()}`,
      "env: { AFFIX: 'latest=false', END: '-slim' }",
    )}`,
    gitTags: usual,
    steps: [{ tags: 'type=ref,event=tag,suffix=-slim', flavor: 'latest=false', images: ['quay.io/acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'inputs are worked out before they are split',
    name: 'lines that each job of the matrix has of its own',
    workflow: `${onTags}${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with: { images: acme/app, flavor: latest=false, tags: '\${{ matrix.lines }}' }\n${build(", file: '${{ matrix.file }}'")}`,
      'strategy:\n  matrix:\n    include:\n      - { file: a.Dockerfile, lines: "type=semver,pattern={{version}}\\ntype=raw,value=latest" }\n      - { file: b.Dockerfile, lines: "type=semver,pattern={{version}}-b\\ntype=raw,value=latest-b" }',
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: lines('type=semver,pattern={{version}}', 'type=raw,value=latest'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
      {
        tags: lines('type=semver,pattern={{version}},suffix=-b', 'type=raw,value=latest-b'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `a.Dockerfile ${amd}`, b: `b.Dockerfile ${amd}` },
  },
  // After huggingface/chat-ui's: an output called MINOR holds major and minor.
  {
    kind: 'outputs of steps are what their scripts make',
    name: 'parts of a file that has the version',
    event: 'release',
    workflow: `on: { release: { types: [published] } }\n${job(
      `- id: p\n  run: |\n    full=$(jq -r .version package.json)\n    echo "MINOR=\${full%.*}" >> "$GITHUB_OUTPUT"\n    echo "MAJOR=\${full%%.*}" >> "$GITHUB_OUTPUT"\n    echo "ALL=$full" >> "$GITHUB_OUTPUT"\n${meta(
        [
          'type=raw,value=${{ steps.p.outputs.ALL }}',
          'type=raw,value=${{ steps.p.outputs.MAJOR }}',
          'type=raw,value=${{ steps.p.outputs.MINOR }}',
        ],
      )}\n${build()}`,
    )}`,
    gitTags: ['v0.9.6', 'v0.10.0'],
    steps: [{ tags: lines('type=raw,value=0.10.0', 'type=raw,value=0', 'type=raw,value=0.10'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['what jq -r .version package.json prints is taken for the version of the release'],
  },
  {
    kind: 'outputs of steps are what their scripts make',
    name: 'GITHUB_ENV, sed and cut, in a branch that only git tags take',
    workflow: `${onTags}${job(
      `- run: |\n    if [[ "$GITHUB_REF" == refs/tags/* ]]; then\n      VERSION=$(echo "$GITHUB_REF_NAME" | sed 's/^v//')\n    else\n      VERSION=nightly\n    fi\n    echo "VERSION=$VERSION" >> $GITHUB_ENV\n    echo "LINE=$(echo $VERSION | cut -d. -f1,2)" >> $GITHUB_ENV\n${meta(
        ['type=raw,value=${{ env.VERSION }}', 'type=raw,value=${{ env.LINE }}'],
      )}\n${build()}`,
    )}`,
    gitTags: usual,
    steps: [{ tags: lines('type=raw,value=1.10.0', 'type=raw,value=1.10'), images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'outputs of steps are what their scripts make',
    name: 'an output of another job, and one that only a run knows beside it',
    workflow: `${onTags}jobs:\n  name:\n    runs-on: ubuntu-24.04\n    outputs: { tag: '\${{ steps.t.outputs.tag }}', version: '\${{ steps.t.outputs.version }}' }\n    steps:\n      - id: t\n        run: |\n          echo "tag=\${GITHUB_REF##*/}" >> "$GITHUB_OUTPUT"\n          echo "version=$(curl -s https://example.org/next)" >> "$GITHUB_OUTPUT"\n  ship:\n    needs: name\n    runs-on: ubuntu-24.04\n    steps:\n      - id: m\n        uses: docker/metadata-action@v5\n        with:\n          images: acme/app\n          tags: |\n            type=raw,value=\${{ needs.name.outputs.tag }}\n            type=raw,value=\${{ needs.name.outputs.version }}\n      - uses: docker/build-push-action@v6\n        with: { push: true, tags: '\${{ steps.m.outputs.tags }}' }\n`,
    gitTags: usual,
    steps: [{ tags: 'type=raw,value=v1.10.0', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['only a run knows ${{ needs.name.outputs.version }}'],
  },
  // After lycheeverse/lychee's.
  {
    kind: 'build arguments that are no names',
    name: 'in quotation marks, with a dash, and by an expression',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: \${{ steps.m.outputs.tags }}\n    build-args: |\n      "CHANNEL=stable"\n      app-version=1\n      VERSION=\${{ steps.m.outputs.version }}`,
    )}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ["CHANNEL: 'stable'", "VERSION: '{{version}}'", 'build-args: app-version=1: no name of a build argument'],
  },
  {
    kind: 'git tags with a prefix of their own',
    name: 'asked for by startsWith',
    workflow: `on: { push: { tags: ['tool-v*'] } }\n${job(
      `${meta(['type=semver,pattern={{version}},match=tool-v(\\d+\\.\\d+\\.\\d+)$', "type=raw,value=latest,enable=${{ startsWith(github.ref, 'refs/tags/tool-v') }}"], 'flavor: latest=false')}\n${build()}`,
    )}`,
    gitTags: ['tool-v0.9.0', 'other-v3.0.0', 'tool-v0.10.0'],
    steps: [
      {
        tags: lines('type=semver,pattern={{version}},match=tool-v(\\d+\\.\\d+\\.\\d+)$', 'type=raw,value=latest'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'git tags with a prefix of their own',
    name: 'with a slash, which a tag cannot have',
    workflow: `on: { push: { tags: ['server/v*'] } }\n${job(`${meta(['type=ref,event=tag'], 'flavor: latest=false')}\n${build()}`)}`,
    gitTags: ['server/v1.0.0', 'server/v1.1.0'],
    steps: [{ tags: 'type=ref,event=tag', flavor: 'latest=false', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'git tags with a prefix of their own',
    name: 'type=match with a group, and type=semver that reads none of them',
    workflow: `on: { push: { tags: ['api-*'] } }\n${job(`${meta(['type=match,pattern=api-(\\d+.\\d+.\\d+),group=1', 'type=semver,pattern={{major}}'])}\n${build()}`)}`,
    gitTags: ['api-1.0.0', 'api-1.1.0'],
    steps: [
      {
        tags: lines('type=match,pattern=api-(\\d+.\\d+.\\d+),group=1', 'type=semver,pattern={{major}}'),
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
    holds: ['type=semver,pattern={{major}}: git tags begin with api-, which type=semver does not read'],
  },
  // After rclone/rclone's, and Docker's own page on several platforms.
  {
    kind: 'jobs that build and a job that merges',
    name: 'a job for each platform',
    workflow: `${onTags}jobs:\n  part:\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { platform: [linux/amd64, linux/arm64] } }\n    steps:\n      - id: l\n        uses: docker/metadata-action@v5\n        with: { images: acme/app }\n      - uses: docker/build-push-action@v6\n        with:\n          file: docker/app.Dockerfile\n          platforms: \${{ matrix.platform }}\n          labels: \${{ steps.l.outputs.labels }}\n          outputs: type=image,name=acme/app,push-by-digest=true,push=true\n  merge:\n    needs: [part]\n    runs-on: ubuntu-24.04\n    steps:\n      - id: m\n        uses: docker/metadata-action@v5\n        with:\n          images: acme/app\n          tags: |\n${semver3.map((line) => `            ${line}`).join('\n')}\n      - run: docker buildx imagetools create $(jq -r '.tags[]' <<< "$DOCKER_METADATA_OUTPUT_JSON") $(cat digests)\n`,
    gitTags: usual,
    steps: [{ tags: lines(...semver3), images: ['acme/app'] }],
    builds: { standard: `docker/app.Dockerfile ${both}` },
  },
  {
    kind: 'jobs that build and a job that merges',
    name: 'native runners, the platform from the name of an architecture, two flavors',
    workflow: `${onTags}jobs:\n  part:\n    runs-on: \${{ matrix.runner }}\n    strategy:\n      matrix:\n        edition: [full, lite]\n        arch: [amd64, arm64]\n        include: [{ arch: amd64, runner: ubuntu-24.04 }, { arch: arm64, runner: ubuntu-24.04-arm }]\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          file: Dockerfile.\${{ matrix.edition }}\n          platforms: linux/\${{ matrix.arch }}\n          outputs: type=image,name=acme/app,push-by-digest=true,push=true\n  merge:\n    needs: part\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { edition: [full, lite] } }\n    steps:\n      - id: m\n        uses: docker/metadata-action@v5\n        with:\n          images: acme/app\n          flavor: latest=false\n          tags: 'type=semver,pattern={{version}},suffix=-\${{ matrix.edition }}'\n      - run: docker buildx imagetools create \${{ steps.m.outputs.tags }}\n`,
    gitTags: usual,
    steps: [
      { tags: 'type=semver,pattern={{version}},suffix=-full', flavor: 'latest=false', images: ['acme/app'] },
      { tags: 'type=semver,pattern={{version}},suffix=-lite', flavor: 'latest=false', images: ['acme/app'] },
    ],
    builds: { full: `Dockerfile.full ${both}`, lite: `Dockerfile.lite ${both}` },
  },
  {
    kind: 'jobs that build and a job that merges',
    name: 'a job for the names, a matrix that is made while it runs for the platforms',
    workflow: `${onTags}jobs:\n  names:\n    runs-on: ubuntu-24.04\n    outputs: { tags: '\${{ steps.m.outputs.tags }}' }\n    steps:\n      - id: m\n        uses: docker/metadata-action@v5\n        with: { images: acme/app, tags: 'type=semver,pattern={{version}}' }\n  part:\n    needs: names\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { platform: '\${{ fromJSON(needs.names.outputs.platforms) }}' } }\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true, tags: '\${{ needs.names.outputs.tags }}', platforms: '\${{ matrix.platform }}' }\n`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: platforms: ${{ matrix.platform }}: only a run knows it'],
  },
  // After go-gitea/gitea's.
  {
    kind: 'several steps of one image',
    name: 'a suffix by flavor, with its own Dockerfile and fewer platforms',
    workflow: `${onTags}${job(
      `${meta(semver3).replace('id: m', 'id: plain')}\n${meta(semver3, 'flavor: suffix=-rootless,onlatest=true').replace('id: m', 'id: root')}\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.plain.outputs.tags }}', platforms: 'linux/amd64,linux/arm64' }\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.root.outputs.tags }}', file: Dockerfile.rootless, platforms: linux/amd64 }`,
    )}`,
    gitTags: usual,
    steps: [
      { tags: lines(...semver3), images: ['acme/app'] },
      { tags: lines(...semver3), flavor: 'suffix=-rootless,onlatest=true', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${both}`, rootless: `Dockerfile.rootless ${amd}` },
  },
  {
    kind: 'several steps of one image',
    name: 'in two jobs, the second with the suffix in its patterns and without latest',
    workflow: `${onTags}jobs:\n  debian:\n    runs-on: ubuntu-24.04\n    steps:\n      - { id: m, uses: docker/metadata-action@v5, with: { images: acme/app, tags: 'type=semver,pattern={{version}}' } }\n      - { uses: docker/build-push-action@v6, with: { push: true, tags: '\${{ steps.m.outputs.tags }}' } }\n  alpine:\n    runs-on: ubuntu-24.04\n    steps:\n      - { id: m, uses: docker/metadata-action@v5, with: { images: acme/app, flavor: latest=false, tags: "type=semver,pattern={{version}}-alpine\\ntype=raw,value=alpine" } }\n      - { uses: docker/build-push-action@v6, with: { push: true, file: alpine/Dockerfile, tags: '\${{ steps.m.outputs.tags }}' } }\n`,
    gitTags: usual,
    steps: [
      { tags: 'type=semver,pattern={{version}}', images: ['acme/app'] },
      {
        tags: lines('type=semver,pattern={{version}},suffix=-alpine', 'type=raw,value=alpine'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}`, alpine: `alpine/Dockerfile ${amd}` },
  },
  {
    kind: 'several steps of one image',
    name: 'two images, and a third step that a release does not run',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'], 'flavor: latest=false').replace('id: m', 'id: a')}\n${meta(['type=ref,event=tag'], '', 'acme/tool').replace('id: m', 'id: b')}\n- id: c\n  if: github.ref == 'refs/heads/main'\n  uses: docker/metadata-action@v5\n  with: { images: acme/nightly }\n- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.a.outputs.tags }}' }\n- uses: docker/build-push-action@v6\n  with: { push: true, context: tool, tags: '\${{ steps.b.outputs.tags }}' }`,
    )}`,
    gitTags: usual,
    steps: [
      { tags: 'type=semver,pattern={{version}}', flavor: 'latest=false', images: ['acme/app'] },
      { tags: 'type=ref,event=tag', images: ['acme/tool'] },
    ],
    builds: { 'app standard': `Dockerfile ${amd}`, 'tool standard': `tool/Dockerfile ${amd}` },
    holds: ['the step c (acme/nightly) is not run for a final release'],
  },
  // After bank-vaults' and dex's.
  {
    kind: 'which git tags are releases',
    name: "the workflow's own filter counts, whatever most old tags look like",
    workflow: `on: { push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } }\n${job(`${meta(['type=semver,pattern={{raw}}', 'type=raw,value=latest'], 'flavor: latest=false')}\n${build()}`)}`,
    gitTags: ['1.0.0', '1.1.0', '1.2.0', 'v2.0.0', 'v2.1.0'],
    steps: [
      {
        tags: lines('type=semver,pattern={{raw}}', 'type=raw,value=latest'),
        flavor: 'latest=false',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'which git tags are releases',
    name: 'the newest counts where nothing filters them',
    event: 'release',
    workflow: `on: release\n${job(`${meta(['type=ref,event=tag'])}\n${build()}`)}`,
    gitTags: ['1.0.0', '1.1.0', '1.2.0', 'v2.0.0'],
    steps: [{ tags: 'type=ref,event=tag', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'which git tags are releases',
    name: 'zero-padded, which semver does not read',
    event: 'release',
    workflow: `on: { release: { types: [published] } }\n${job(
      `${meta(['type=ref,event=tag', 'type=semver,pattern={{major}}'], "flavor: latest=${{ startsWith(github.ref, 'refs/tags/') }}")}\n${build(", platforms: 'linux/amd64,linux/arm64'")}`,
    )}`,
    gitTags: ['2025.11.1', '2026.02.0', '2026.07.2'],
    steps: [
      {
        tags: lines('type=ref,event=tag', 'type=semver,pattern={{major}}'),
        flavor: 'latest=true',
        images: ['acme/app'],
      },
    ],
    builds: { standard: `Dockerfile ${both}` },
    holds: ['the git tags are no versions that type=semver reads, so it gives no tag'],
  },
  {
    kind: 'which git tags are releases',
    name: 'two numbers',
    workflow: `on: { push: { tags: ['*'] } }\n${job(`${meta(['type=ref,event=tag'])}\n${build()}`)}`,
    gitTags: ['1.9', '1.10'],
    steps: [{ tags: 'type=ref,event=tag', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
  },
  {
    kind: 'conditions on the ref',
    name: 'the default branch, by name and by its ref',
    workflow: `on: { push: { branches: [main], tags: ['v*'] } }\n${job(
      `${meta(
        [
          'type=semver,pattern={{version}}',
          'type=raw,value=latest,enable=${{ github.ref_name == github.event.repository.default_branch }}',
          "type=raw,value=edge,enable=${{ github.ref == format('refs/heads/{0}', github.event.repository.default_branch) }}",
          "type=raw,value=stable,enable=${{ github.ref_type == 'tag' }}",
        ],
        'flavor: latest=false',
      )}\n${build()}`,
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
    kind: 'maps in a matrix',
    name: 'a map for each image',
    workflow: `${onTags}${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with: { images: 'acme/\${{ matrix.part.name }}', tags: 'type=semver,pattern={{version}}' }\n${build(", file: '${{ matrix.part.file }}', platforms: \"${{ join(matrix.part.on, ',') }}\"")}`,
      'strategy:\n  matrix:\n    part:\n      - { name: web, file: web/Dockerfile, on: [linux/amd64, linux/arm64] }\n      - { name: job, file: job/Dockerfile, on: [linux/amd64] }',
    )}`,
    gitTags: usual,
    steps: [
      { tags: 'type=semver,pattern={{version}}', images: ['acme/web'] },
      { tags: 'type=semver,pattern={{version}}', images: ['acme/job'] },
    ],
    builds: { 'web standard': `web/Dockerfile ${both}`, 'job standard': `job/Dockerfile ${amd}` },
  },
  {
    kind: 'maps in a matrix',
    name: 'a map for each flavor, beside a Python',
    workflow: `${onTags}${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with:\n    images: acme/app\n    flavor: latest=false\n    tags: type=semver,pattern={{version}},suffix=-py\${{ matrix.python }}\${{ matrix.kind.end }}\n${build(", file: '${{ matrix.kind.file }}'")}`,
      "strategy:\n  matrix:\n    python: ['3.12', '3.13']\n    kind:\n      - { end: '', file: Dockerfile }\n      - { end: -slim, file: slim.Dockerfile }",
    )}`,
    gitTags: usual,
    steps: [
      {
        tags: 'type=semver,pattern={{version}},suffix=-py${{ matrix.python }}${{ matrix.end }}',
        flavor: 'latest=false',
        images: ['acme/app'],
        jobs: ['3.12', '3.13'].flatMap((python) => ['', '-slim'].map((end) => ({ matrix: { python, end } }))),
      },
    ],
    builds: { standard: `Dockerfile ${amd}`, slim: `slim.Dockerfile ${amd}` },
  },
  {
    kind: 'maps in a matrix',
    name: 'a matrix that another job writes out',
    workflow: `${onTags}jobs:\n  list:\n    runs-on: ubuntu-24.04\n    outputs: { kinds: '\${{ steps.k.outputs.kinds }}' }\n    steps:\n      - id: k\n        run: echo 'kinds=["a", "b"]' >> "$GITHUB_OUTPUT"\n  ship:\n    needs: list\n    runs-on: ubuntu-24.04\n    strategy: { matrix: { kind: '\${{ fromJSON(needs.list.outputs.kinds) }}' } }\n    steps:\n      - { id: m, uses: docker/metadata-action@v5, with: { images: acme/app, flavor: latest=false, tags: 'type=semver,pattern={{version}},suffix=-\${{ matrix.kind }}' } }\n      - { uses: docker/build-push-action@v6, with: { push: true, tags: '\${{ steps.m.outputs.tags }}' } }\n`,
    gitTags: usual,
    steps: [
      { tags: lines('type=semver,pattern={{version}},suffix=-a'), flavor: 'latest=false', images: ['acme/app'] },
      { tags: lines('type=semver,pattern={{version}},suffix=-b'), flavor: 'latest=false', images: ['acme/app'] },
    ],
    builds: { a: `Dockerfile ${amd}`, b: `Dockerfile ${amd}` },
  },
  {
    kind: 'reusable workflows and composite actions',
    name: 'a job that calls a workflow, with an input and a default',
    workflow: `${onTags}jobs:\n  ship:\n    uses: ./.github/workflows/build.yml\n    with: { image: acme/app }\n`,
    files: {
      '.github/workflows/build.yml': `on:\n  workflow_call:\n    inputs:\n      image: { type: string, required: true }\n      platforms: { type: string, default: 'linux/amd64,linux/arm64' }\n      push: { type: boolean, default: true }\n${job(
        `- id: m\n  uses: docker/metadata-action@v5\n  with: { images: '\${{ inputs.image }}', tags: 'type=semver,pattern={{version}}' }\n- uses: docker/build-push-action@v6\n  with: { push: '\${{ inputs.push }}', platforms: '\${{ inputs.platforms }}', tags: '\${{ steps.m.outputs.tags }}' }`,
      )}`,
    },
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${both}` },
  },
  {
    kind: 'reusable workflows and composite actions',
    name: 'the workflow that is called, imported by itself: its caller says what a release gives it',
    workflow: `on: { workflow_call: { inputs: { image: { type: string, default: acme/other }, end: { type: string, default: '' } } } }\n${job(
      `- id: m\n  uses: docker/metadata-action@v5\n  with: { images: '\${{ inputs.image }}', flavor: 'latest=false', tags: 'type=semver,pattern={{version}},suffix=\${{ inputs.end }}' }\n${build()}`,
    )}`,
    files: {
      '.github/workflows/release.yml': `${onTags}jobs:\n  plain: { uses: ./.github/workflows/images.yml, with: { image: acme/app } }\n  slim: { uses: ./.github/workflows/images.yml, with: { image: acme/app, end: -slim } }\n`,
    },
    gitTags: usual,
    steps: [
      { tags: 'type=semver,pattern={{version}}', flavor: 'latest=false', images: ['acme/app'] },
      { tags: 'type=semver,pattern={{version}},suffix=-slim', flavor: 'latest=false', images: ['acme/app'] },
    ],
    builds: { standard: `Dockerfile ${amd}`, slim: `Dockerfile ${amd}` },
    holds: ['.github/workflows/release.yml calls it for a release: its inputs are taken from there'],
  },
  {
    kind: 'reusable workflows and composite actions',
    name: 'a composite action that names the tags and builds',
    workflow: `${onTags}${job('- uses: ./.github/actions/image\n  with: { name: acme/app, file: docker/Dockerfile }')}`,
    files: {
      '.github/actions/image/action.yml': `name: image\ninputs: { name: { required: true }, file: { default: Dockerfile } }\nruns:\n  using: composite\n  steps:\n    - { id: m, uses: docker/metadata-action@v5, with: { images: '\${{ inputs.name }}', tags: 'type=ref,event=tag' } }\n    - { uses: docker/build-push-action@v6, with: { push: true, file: '\${{ inputs.file }}', tags: '\${{ steps.m.outputs.tags }}' } }\n`,
    },
    gitTags: usual,
    steps: [{ tags: 'type=ref,event=tag', images: ['acme/app'] }],
    builds: { standard: `docker/Dockerfile ${amd}` },
  },
  {
    kind: 'bake',
    name: 'a target of a file in HCL',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/bake-action@v6\n  with:\n    push: true\n    targets: image\n    files: |\n      ./docker-bake.hcl\n      cwd://\${{ steps.m.outputs.bake-file }}`,
    )}`,
    files: {
      'docker-bake.hcl':
        'variable "X" { default = "1" }\ntarget "base" {\n  dockerfile = "build/Dockerfile"\n}\ntarget "image" {\n  inherits = ["base", "docker-metadata-action"]\n  platforms = ["linux/amd64", "linux/arm64"]\n}\n',
    },
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `build/Dockerfile ${both}` },
  },
  {
    kind: 'bake',
    name: 'a file in JSON, the platforms set by the step',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/bake-action@v6\n  with:\n    push: true\n    files: |\n      docker-bake.json\n      \${{ steps.m.outputs.bake-file }}\n    set: |\n      *.platform=linux/amd64,linux/arm64`,
    )}`,
    files: {
      'docker-bake.json': '{ "target": { "default": { "context": "app", "inherits": ["docker-metadata-action"] } } }',
    },
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `app/Dockerfile ${both}` },
  },
  {
    kind: 'bake',
    name: 'a file that is not there',
    workflow: `${onTags}${job(`${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/bake-action@v6\n  with: { push: true, targets: all, files: '\${{ steps.m.outputs.bake-file }}' }`)}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['CHECK THIS: its bake file says the Dockerfile and the platforms of all: write them here'],
  },
  {
    kind: 'what a build is given',
    name: 'secrets have no counterpart, named contexts have one',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: \${{ steps.m.outputs.tags }}\n    secrets: token=\${{ secrets.TOKEN }}\n    build-contexts: base=docker-image://debian:bookworm`,
    )}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: ['secrets of the build step has no counterpart: token=${{ secrets.TOKEN }}'],
    holds: ["base: 'docker-image://debian:bookworm'"],
  },
  {
    kind: 'what a build is given',
    name: 'tags that the build step names itself',
    workflow: `${onTags}${job(
      '- uses: docker/build-push-action@v6\n  with:\n    push: true\n    file: app/Dockerfile\n    tags: |\n      ghcr.io/acme/app:${{ github.ref_name }}\n      ghcr.io/acme/app:latest',
    )}`,
    gitTags: usual,
    steps: [{ tags: lines('type=raw,value=v1.10.0', 'type=raw,value=latest'), images: ['ghcr.io/acme/app'] }],
    builds: { standard: `app/Dockerfile ${amd}` },
  },
  {
    kind: 'what a build is given',
    name: 'a script with docker buildx build',
    workflow: `${onTags}${job(
      `${meta(['type=semver,pattern={{version}}'])}\n- run: |\n    docker buildx build --push \\\n      --platform linux/amd64,linux/arm64 -f build/Dockerfile \\\n      $(jq -cr '.tags | map("-t " + .) | join(" ")' <<< "$DOCKER_METADATA_OUTPUT_JSON") .`,
    )}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `build/Dockerfile ${both}` },
  },
  {
    kind: 'concurrency',
    name: 'a group that every release shares is pointed out, one with the ref is not',
    workflow: `${onTags}concurrency: { group: '\${{ github.workflow }}' }\n${job(`${meta(['type=semver,pattern={{version}}'])}\n${build()}`, "concurrency: 'ship-${{ github.ref }}'")}`,
    gitTags: usual,
    steps: [{ tags: 'type=semver,pattern={{version}}', images: ['acme/app'] }],
    builds: { standard: `Dockerfile ${amd}` },
    says: [
      'concurrency (.github/workflows/images.yml:2:14): every release shares the group ${{ github.workflow }}, and GitHub drops all but one waiting run: put ${{ github.ref_name }} into it',
    ],
  },
];

const canary = job(`${meta(['type=raw,value=canary'])}\n${build()}`);

export const refusals: readonly Refusal[] = [
  // After usememos/memos'.
  {
    name: 'a workflow of branches',
    workflow: `on: { push: { branches: [main, next] } }\n${canary}`,
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only pushes to branches main, next do',
  },
  {
    name: 'a workflow of a schedule',
    workflow: `on: { schedule: [{ cron: '0 0 * * *' }] }\n${canary}`,
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only schedule does',
  },
  {
    name: 'a workflow of pre-releases',
    workflow: `on: { release: { types: [prereleased] } }\n${canary}`,
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only release (prereleased) does',
  },
  {
    name: 'a workflow of one git tag that is no version',
    workflow: `on: { push: { tags: [nightly] } }\n${canary}`,
    gitTags: usual,
    message: 'no release and no git tag ever starts this workflow; only pushes of git tags nightly do',
  },
  {
    name: 'a build that pushes for branches alone',
    workflow: `on: { push: { branches: [main], tags: ['v*'] } }\n${job(`${meta(['type=semver,pattern={{version}}'])}\n- uses: docker/build-push-action@v6\n  with: { push: "\${{ github.ref == 'refs/heads/main' }}", tags: '\${{ steps.m.outputs.tags }}' }`)}`,
    gitTags: usual,
    message: 'no build of it pushes the tags of a release',
  },
  {
    name: 'a workflow of another repository',
    workflow: `${onTags}jobs: { ship: { uses: other/shared/.github/workflows/build.yml@v1 } }\n`,
    gitTags: usual,
    message:
      'no step of it uses docker/metadata-action, and job ship runs other/shared/.github/workflows/build.yml@v1, which is not read here',
  },
];
