/**
 * Release order against the moves it must give: what is out, in the order it came out, what happens next, and every
 * convenience tag that changes. Each row is a real history or a documented situation; `source` says which.
 */
import type { MatrixConfig } from '../../src/config/matrix-config.ts';

export interface MoveCase {
  readonly name: string;
  readonly source: string;
  readonly world: keyof typeof worlds;
  /** As the source writes them, in the order they came out; `flagged` marks a pre-release by its source alone. */
  readonly out: readonly string[];
  readonly next:
    | { readonly release: string }
    | { readonly yank: string }
    | { readonly exclude: string }
    /** A release that is out is published once more. */
    | { readonly again: string };
  /** `tag: from -> to`, `new` for a tag that was absent and `nobody` for one without an owner. */
  readonly moves: readonly string[];
}

const one = { repository: 'registry.example/acme/app', flavors: { standard: { dockerfile: 'Dockerfile' } } } as const;
const latest = { template: '{{major}}-latest{{suffix}}' } as const;
const acrossMajors = { kind: 'convenience', template: 'latest{{suffix}}' } as const;

export const worlds = {
  /** `2.20` and `2`. */
  plain: { ...one, rules: { sha: false, latest: false } },
  /** `2` and `latest`, for those who have a tag across majors. */
  majors: { ...one, rules: { sha: false, minor: false, latest: false, newest: acrossMajors } },
  /** `2-python3.10` and `2-latest`, with a Python that ends and two that begin inside 2.x. */
  pythons: {
    ...one,
    pythons: { '3.7': '<2.10.20', '3.10': '*', '3.11': '>=2.6.5', '3.12': '>=2.14.14' },
    defaults: { python: { '1': '3.10', '2': '3.10', '3': '3.12' } },
    rules: { sha: false, minor: false, latest },
  },
  /** `2` and `2-kubernetes`; the flavor begins at 2.9.0 and conda ends before 3. */
  flavors: {
    ...one,
    flavors: {
      standard: { dockerfile: 'Dockerfile' },
      conda: { dockerfile: 'Dockerfile', suffix: '-conda', range: '<3.dev0' },
      kubernetes: { dockerfile: 'Dockerfile', suffix: '-kubernetes', since: '2.9.0' },
    },
    rules: { sha: false, minor: false, latest: false },
  },
  /** git tags with a v, semver, `2.20` and `2`. */
  semver: {
    ...one,
    scheme: 'semver',
    tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$`,
    rules: { sha: false, latest: false },
  },
  /** Post releases may own. */
  promote: {
    ...one,
    tagPattern: String.raw`^(?<version>\d+\.\d+\.\d+.*)$`,
    postReleases: 'promote',
    rules: { sha: false, latest: false },
  },
  /** `latest` is on the highest Python there is. */
  highest: {
    ...one,
    pythons: { '3.10': '*', '3.11': '>=2.6.5' },
    defaults: { python: 'highest' },
    rules: { sha: false, minor: false, major: false, latest },
  },
  /** The default Python changes inside a series. */
  changed: {
    ...one,
    pythons: ['3.10', '3.11'],
    defaults: {
      python: {
        '2': [
          { value: '3.10', range: '<2.12' },
          { value: '3.11', range: '>=2.12' },
        ],
      },
    },
    rules: { sha: false, minor: false, major: false, latest },
  },
  /** One tag a month, and one across majors. */
  dates: {
    ...one,
    rules: {
      sha: false,
      minor: false,
      major: false,
      latest: false,
      month: { kind: 'convenience', template: '{{year}}-{{month}}' },
      newest: acrossMajors,
    },
  },
  /** Versions that are dates. */
  calendar: { ...one, rules: { sha: false, latest: false } },
} as const satisfies Record<string, MatrixConfig>;

const metadataAction = 'https://github.com/docker/metadata-action/issues';
const prefect = 'https://github.com/PrefectHQ/prefect';

export const moveCases: readonly MoveCase[] = [
  // Ordinary releases
  {
    name: 'the first release of all',
    source: 'every project',
    world: 'majors',
    out: [],
    next: { release: '0.1.0' },
    moves: ['0: new -> 0.1.0', 'latest: new -> 0.1.0'],
  },
  {
    name: 'a patch',
    source: `${prefect}/releases/tag/2.11.5`,
    world: 'plain',
    out: ['2.11.3', '2.11.4'],
    next: { release: '2.11.5' },
    moves: ['2.11: 2.11.4 -> 2.11.5', '2: 2.11.4 -> 2.11.5'],
  },
  {
    name: 'a new minor leaves the former one where it is',
    source: `${prefect}/releases/tag/2.12.0`,
    world: 'plain',
    out: ['2.11.5'],
    next: { release: '2.12.0' },
    moves: ['2.12: new -> 2.12.0', '2: 2.11.5 -> 2.12.0'],
  },
  {
    name: 'a new major takes only what is across majors',
    source: `${prefect}/releases/tag/3.0.0`,
    world: 'majors',
    out: ['2.20.4', '2.20.5'],
    next: { release: '3.0.0' },
    moves: ['3: new -> 3.0.0', 'latest: 2.20.5 -> 3.0.0'],
  },
  {
    name: 'ten comes after nine',
    source: `${prefect}/releases/tag/2.10.0`,
    world: 'plain',
    out: ['2.9.0'],
    next: { release: '2.10.0' },
    moves: ['2.10: new -> 2.10.0', '2: 2.9.0 -> 2.10.0'],
  },
  {
    name: 'a patch that was skipped is missed by nobody',
    source: 'https://semver.org/#spec-item-6 (a patch number must rise, not by one)',
    world: 'plain',
    out: ['2.20.20'],
    next: { release: '2.20.22' },
    moves: ['2.20: 2.20.20 -> 2.20.22', '2: 2.20.20 -> 2.20.22'],
  },
  {
    name: 'a skipped patch that comes later moves nothing',
    source: 'a build that failed and was repaired after the next patch was out',
    world: 'plain',
    out: ['2.20.20', '2.20.22'],
    next: { release: '2.20.21' },
    moves: [],
  },

  // Backports
  {
    name: 'a backport after the next major moves its own series',
    source: `${prefect}/issues/19535`,
    world: 'majors',
    out: ['2.20.24', '3.0.0', '3.6.5'],
    next: { release: '2.20.25' },
    moves: ['2: 2.20.24 -> 2.20.25'],
  },
  {
    name: 'and the minor and major tags of it, both',
    source: `${prefect}/issues/19535 (2-latest moved at 2.20.25, 2-python3.10 did not)`,
    world: 'pythons',
    out: ['2.20.24', '3.6.5'],
    next: { release: '2.20.25' },
    moves: [
      '2-python3.10: 2.20.24 -> 2.20.25',
      '2-python3.11: 2.20.24 -> 2.20.25',
      '2-python3.12: 2.20.24 -> 2.20.25',
      '2-latest: 2.20.24 -> 2.20.25',
    ],
  },
  {
    name: 'a backport to an old minor leaves the major tag',
    source: `${metadataAction}/80`,
    world: 'plain',
    out: ['1.1.0', '1.1.1', '1.2.0'],
    next: { release: '1.1.2' },
    moves: ['1.1: 1.1.1 -> 1.1.2'],
  },
  {
    name: 'a backport to an old major leaves latest',
    source: 'https://github.com/fleetdm/fleet/issues/26988',
    world: 'majors',
    out: ['4.63.0', '4.64.0', '4.64.1'],
    next: { release: '4.63.2' },
    moves: [],
  },
  {
    name: 'a backport years later',
    source: `${prefect}/releases/tag/1.4.1 (after 2.7.0)`,
    world: 'majors',
    out: ['1.4.0', '2.0.0', '2.7.0'],
    next: { release: '1.4.1' },
    moves: ['1: 1.4.0 -> 1.4.1'],
  },
  {
    name: 'a backport to a series of which nothing was known',
    source: `${metadataAction}/326`,
    world: 'plain',
    out: ['2.0.0'],
    next: { release: '1.9.1' },
    moves: ['1.9: new -> 1.9.1', '1: new -> 1.9.1'],
  },
  {
    name: 'three lines patched on one day, highest first',
    source: `${metadataAction}/407`,
    world: 'majors',
    out: ['1.9.0', '2.4.0', '3.0.0', '3.0.1', '2.4.1'],
    next: { release: '1.9.1' },
    moves: ['1: 1.9.0 -> 1.9.1'],
  },
  {
    name: 'three lines patched on one day, lowest first',
    source: `${metadataAction}/407`,
    world: 'majors',
    out: ['1.9.0', '2.4.0', '3.0.0', '1.9.1', '2.4.1'],
    next: { release: '3.0.1' },
    moves: ['3: 3.0.0 -> 3.0.1', 'latest: 3.0.0 -> 3.0.1'],
  },
  {
    name: 'an older minor that comes out after a newer one for the first time',
    source: 'https://github.com/temporalio/docker-builds/issues/139',
    world: 'plain',
    out: ['1.21.0', '1.22.0'],
    next: { release: '1.21.1' },
    moves: ['1.21: 1.21.0 -> 1.21.1'],
  },

  // Pre-releases
  {
    name: 'a candidate of the next major moves nothing',
    source: `${prefect}/releases/tag/3.0.0rc1`,
    world: 'majors',
    out: ['2.19.0'],
    next: { release: '3.0.0rc1' },
    moves: [],
  },
  {
    name: 'the old major is patched while the next one has candidates',
    source: `${prefect}/releases (2.19 was patched while 3.0.0 had candidates)`,
    world: 'majors',
    out: ['2.19.8', '3.0.0rc9'],
    next: { release: '2.19.9' },
    moves: ['2: 2.19.8 -> 2.19.9', 'latest: 2.19.8 -> 2.19.9'],
  },
  {
    name: 'a final after its candidates takes what is free',
    source: `${prefect}/releases/tag/3.0.0`,
    world: 'plain',
    out: ['2.20.5', '3.0.0rc19', '3.0.0rc20'],
    next: { release: '3.0.0' },
    moves: ['3.0: new -> 3.0.0', '3: new -> 3.0.0'],
  },
  {
    name: 'a candidate of a patch blocks no patch below it',
    source: 'https://peps.python.org/pep-0440/#pre-releases',
    world: 'plain',
    out: ['1.0.0', '1.0.2rc1'],
    next: { release: '1.0.1' },
    moves: ['1.0: 1.0.0 -> 1.0.1', '1: 1.0.0 -> 1.0.1'],
  },
  {
    name: 'an alpha and a beta move nothing either',
    source: 'https://peps.python.org/pep-0440/#pre-releases',
    world: 'plain',
    out: ['1.0.0', '1.1.0a1'],
    next: { release: '1.1.0b1' },
    moves: [],
  },
  {
    name: 'a development release moves nothing',
    source: `${prefect}/releases: nightly 3.x.y.devN`,
    world: 'plain',
    out: ['3.1.0'],
    next: { release: '3.1.1.dev1' },
    moves: [],
  },
  {
    name: 'a final that its source flags as a pre-release moves nothing',
    source: 'https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases',
    world: 'plain',
    out: ['3.1.0'],
    next: { release: '3.1.1 flagged' },
    moves: [],
  },
  {
    name: 'a candidate that reads like a series of its own',
    source: 'https://semver.org/#spec-item-9',
    world: 'semver',
    out: ['v1.0.0'],
    next: { release: 'v2.0.0-rc.1' },
    moves: [],
  },
  {
    name: 'candidate ten comes after candidate nine, and both before the final',
    source: 'https://semver.org/#spec-item-11',
    world: 'semver',
    out: ['v1.0.0-rc.9', 'v1.0.0-rc.10'],
    next: { release: 'v1.0.0' },
    moves: ['1.0: new -> 1.0.0', '1: new -> 1.0.0'],
  },
  {
    name: 'the v of a git tag reaches no tag of an image',
    source: `${prefect}/issues/11259`,
    world: 'semver',
    out: ['v1.0.0'],
    next: { release: 'v1.0.1' },
    moves: ['1.0: 1.0.0 -> 1.0.1', '1: 1.0.0 -> 1.0.1'],
  },

  // Post releases
  {
    name: 'a post release has pinned tags only',
    source: 'https://github.com/docker/metadata-action#typepep440',
    world: 'plain',
    out: ['2.6.8', '2.6.9'],
    next: { release: '2.6.9.post1' },
    moves: [],
  },
  {
    name: 'a post release that is promoted takes its series',
    source: 'https://peps.python.org/pep-0440/#post-releases',
    world: 'promote',
    out: ['2.6.8', '2.6.9'],
    next: { release: '2.6.9.post1' },
    moves: ['2.6: 2.6.9 -> 2.6.9.post1', '2: 2.6.9 -> 2.6.9.post1'],
  },
  {
    name: 'a promoted post release of an old patch moves nothing',
    source: 'https://peps.python.org/pep-0440/#post-releases',
    world: 'promote',
    out: ['2.6.8', '2.6.9'],
    next: { release: '2.6.8.post1' },
    moves: [],
  },
  {
    name: 'the next patch comes after a promoted post release',
    source: 'https://peps.python.org/pep-0440/#summary-of-permitted-suffixes-and-relative-ordering',
    world: 'promote',
    out: ['2.6.9', '2.6.9.post1'],
    next: { release: '2.6.10' },
    moves: ['2.6: 2.6.9.post1 -> 2.6.10', '2: 2.6.9.post1 -> 2.6.10'],
  },
  {
    name: 'a development build of a post release moves nothing',
    source: 'https://peps.python.org/pep-0440/#developmental-releases',
    world: 'promote',
    out: ['2.6.9'],
    next: { release: '2.6.9.post1.dev1' },
    moves: [],
  },

  // Pythons and flavors that come and go
  {
    name: 'a Python that was dropped inside a series stays on the last release that built it',
    source: `${prefect}/releases/tag/2.10.20 (Python 3.7)`,
    world: 'pythons',
    out: ['2.10.18', '2.10.19'],
    next: { release: '2.10.20' },
    moves: ['2-python3.10: 2.10.19 -> 2.10.20', '2-python3.11: 2.10.19 -> 2.10.20', '2-latest: 2.10.19 -> 2.10.20'],
  },
  {
    name: 'a backport below the drop still moves the dropped Python',
    source: 'a security patch of an old minor',
    world: 'pythons',
    out: ['2.10.18', '2.10.20'],
    next: { release: '2.10.19' },
    moves: ['2-python3.7: 2.10.18 -> 2.10.19'],
  },
  {
    name: 'a Python that begins inside a series gets its tags from then on',
    source: `${prefect}/releases/tag/2.14.14 (Python 3.12)`,
    world: 'pythons',
    out: ['2.14.13'],
    next: { release: '2.14.14' },
    moves: [
      '2-python3.10: 2.14.13 -> 2.14.14',
      '2-python3.11: 2.14.13 -> 2.14.14',
      '2-python3.12: new -> 2.14.14',
      '2-latest: 2.14.13 -> 2.14.14',
    ],
  },
  {
    name: 'a Python that begins at a patch',
    source: `${prefect}/releases/tag/2.6.5 (Python 3.11)`,
    world: 'pythons',
    out: ['2.6.4'],
    next: { release: '2.6.5' },
    moves: [
      '2-python3.7: 2.6.4 -> 2.6.5',
      '2-python3.10: 2.6.4 -> 2.6.5',
      '2-python3.11: new -> 2.6.5',
      '2-latest: 2.6.4 -> 2.6.5',
    ],
  },
  {
    name: 'each major has its own default Python',
    source: `${prefect}: 2-latest is on 3.10, 3-latest on 3.12`,
    world: 'pythons',
    out: ['2.20.5'],
    next: { release: '3.0.0' },
    moves: [
      '3-python3.10: new -> 3.0.0',
      '3-python3.11: new -> 3.0.0',
      '3-python3.12: new -> 3.0.0',
      '3-latest: new -> 3.0.0 (3.12)',
    ],
  },
  {
    name: 'a flavor that starts late',
    source: `${prefect}/releases/tag/2.9.0 (kubernetes)`,
    world: 'flavors',
    out: ['2.8.7'],
    next: { release: '2.9.0' },
    moves: ['2: 2.8.7 -> 2.9.0', '2-conda: 2.8.7 -> 2.9.0', '2-kubernetes: new -> 2.9.0'],
  },
  {
    name: 'a backport from before a flavor leaves that flavor',
    source: `${prefect}/releases/tag/2.9.0 (kubernetes)`,
    world: 'flavors',
    out: ['2.8.6', '2.9.0'],
    next: { release: '2.8.7' },
    moves: [],
  },
  {
    name: 'a flavor that ended is in no tag of the next major',
    source: 'a flavor that is given up with a major version',
    world: 'flavors',
    out: ['2.20.5'],
    next: { release: '3.0.0' },
    moves: ['3: new -> 3.0.0', '3-kubernetes: new -> 3.0.0'],
  },
  {
    name: 'the highest Python moves latest when it comes',
    source: `${prefect}/releases/tag/2.6.5 (Python 3.11)`,
    world: 'highest',
    out: ['2.6.4'],
    next: { release: '2.6.5' },
    moves: ['2-latest: 2.6.4 (3.10) -> 2.6.5 (3.11)'],
  },
  {
    name: 'a default Python that changes inside a series',
    source: 'a default Python by range, as the config allows',
    world: 'changed',
    out: ['2.11.5'],
    next: { release: '2.12.0' },
    moves: ['2-latest: 2.11.5 (3.10) -> 2.12.0 (3.11)'],
  },
  {
    name: 'a backport from before the change leaves latest on the new one',
    source: 'a default Python by range, as the config allows',
    world: 'changed',
    out: ['2.11.4', '2.12.0'],
    next: { release: '2.11.5' },
    moves: [],
  },

  // Withdrawn
  {
    name: 'a yank of the newest gives its tags back',
    source: 'https://github.com/matrix-org/synapse/issues/9860',
    world: 'majors',
    out: ['1.32.0', '1.32.1', '1.32.2'],
    next: { yank: '1.32.2' },
    moves: ['1: 1.32.2 -> 1.32.1', 'latest: 1.32.2 -> 1.32.1'],
  },
  {
    name: 'a yank of the first release of a major gives latest back to the old one, and leaves a tag without owner',
    source: 'https://github.com/envoyproxy/envoy/issues/32301',
    world: 'majors',
    out: ['2.20.5', '3.0.0'],
    next: { yank: '3.0.0' },
    moves: ['3: 3.0.0 -> nobody', 'latest: 3.0.0 -> 2.20.5'],
  },
  {
    name: 'a yank in the middle moves nothing',
    source: 'https://peps.python.org/pep-0592/',
    world: 'plain',
    out: ['1.0.0', '1.0.1', '1.0.2'],
    next: { yank: '1.0.1' },
    moves: [],
  },
  {
    name: 'a yank of the last release of an old minor',
    source: 'https://peps.python.org/pep-0592/',
    world: 'plain',
    out: ['1.0.0', '1.0.1', '1.1.0'],
    next: { yank: '1.0.1' },
    moves: ['1.0: 1.0.1 -> 1.0.0'],
  },
  {
    name: 'a yank of a release whose Python nobody built before',
    source: 'https://peps.python.org/pep-0592/ (a release that was the first with a Python)',
    world: 'pythons',
    out: ['2.6.4', '2.6.5'],
    next: { yank: '2.6.5' },
    moves: [
      '2-python3.7: 2.6.5 -> 2.6.4',
      '2-python3.10: 2.6.5 -> 2.6.4',
      '2-python3.11: 2.6.5 -> nobody',
      '2-latest: 2.6.5 -> 2.6.4',
    ],
  },
  {
    name: 'a release that was yanked is skipped by the next one',
    source: 'https://peps.python.org/pep-0592/',
    world: 'plain',
    out: ['1.0.0', '1.0.1 yanked'],
    next: { release: '1.0.2' },
    moves: ['1.0: 1.0.0 -> 1.0.2', '1: 1.0.0 -> 1.0.2'],
  },
  {
    name: 'an exclusion takes a release out as if it had never been',
    source: `${prefect}/tree/2.82 (a typo of 2.8.2)`,
    world: 'plain',
    out: ['2.8.1', '2.82.0'],
    next: { exclude: '2.82.0' },
    moves: ['2: 2.82.0 -> 2.8.1', '2.82: 2.82.0 -> none'],
  },

  // Again, and dates
  {
    name: 'an old release that is published once more moves nothing',
    source: 'a re-run of the workflow of an old release',
    world: 'majors',
    out: ['2.20.24', '2.20.25', '3.6.5'],
    next: { again: '2.20.24' },
    moves: [],
  },
  {
    name: 'the newest release that is published once more moves nothing',
    source: 'a re-run of a workflow that failed half way',
    world: 'plain',
    out: ['2.11.4', '2.11.5'],
    next: { again: '2.11.5' },
    moves: [],
  },
  {
    name: 'a tag of the month is the highest release of that month',
    source: 'a rule of the config: {{year}}-{{month}}',
    world: 'dates',
    out: ['1.0.0', '1.1.0'],
    next: { release: '1.0.1' },
    moves: [],
  },
  {
    name: 'a new month has a new tag, whatever came out',
    source: 'a rule of the config: {{year}}-{{month}}',
    world: 'dates',
    out: ['1.0.0', '1.1.0'],
    next: { release: '1.0.1 in February' },
    moves: ['2024-02: new -> 1.0.1'],
  },
  {
    name: 'versions that are dates are versions',
    source: 'https://calver.org/',
    world: 'calendar',
    out: ['2023.12.1', '2024.1.0'],
    next: { release: '2024.10.0' },
    moves: ['2024.10: new -> 2024.10.0', '2024: 2024.1.0 -> 2024.10.0'],
  },
];
