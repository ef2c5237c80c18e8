import { describe, expect, test } from 'vitest';
import type { AuditInput } from '../../src/audit/input.ts';
import { summarize } from '../../src/audit/select.ts';
import type { Finding } from '../../src/audit/types.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { absent, type Seen } from '../../src/domain/snapshot.ts';
import {
  alarms,
  audit,
  auditCase,
  cellDigest,
  cellOf,
  contentOf,
  digestFor,
  healthy,
  on,
} from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

test('a registry that equals the plan of all releases has no finding but the six tags that no longer move', () => {
  const prefect = auditCase(prefectConfig, prefectFacts());
  const audited = audit(prefect, healthy(prefect));
  expect(summarize(audited)).toEqual({ ...nothing, frozen: 6, ok: 4288 });
  expect(audited.findings.map(({ finding }) => finding.tag).toSorted()).toEqual([
    '2-python3.7',
    '2-python3.7-conda',
    '2-python3.7-kubernetes',
    '2.10-python3.7',
    '2.10-python3.7-conda',
    '2.10-python3.7-kubernetes',
  ]);
});

const nothing = {
  unknown: 0,
  missing: 0,
  crossed: 0,
  ahead: 0,
  stale: 0,
  incomplete: 0,
  mislabelled: 0,
  drift: 0,
  misattested: 0,
  unattested: 0,
  behind: 0,
  overdue: 0,
  closed: 0,
  unexplained: 0,
  altered: 0,
  foreign: 0,
  orphan: 0,
  excluded: 0,
  frozen: 0,
  event: 0,
  unmanaged: 0,
  ok: 0,
};

// 1.0.0 came out on 2024-01-01, and one release a day after it.
const small = auditCase(
  {
    ...smallConfig,
    platforms: ['linux/amd64', 'linux/arm64'],
    defaults: { python: { '1': '3.10', '2': '3.10' } },
    exclude: [{ version: '1.90.0', reason: 'a typo of 1.9.0' }],
    yanked: [{ version: '1.1.2', reason: 'it loses data', since: '2024-01-05T09:00:00Z' }],
  },
  daily('1.0.0', '1.1.0', '1.1.1', '1.1.2', '1.90.0', '2.0.0rc1', '2.0.0'),
);

/** Where a tag stands, in a row of the table: on a cell (by its full tag) or something else, or it is `absent` or `unseen`. */
type Place = string | { readonly other: string; readonly mediaType?: string };

interface Row {
  readonly name: string;
  readonly registry: Readonly<Record<string, Place>>;
  readonly also?: () => Partial<AuditInput>;
  readonly findings: readonly Brief[];
}

interface Brief {
  readonly kind: Finding['kind'];
  readonly tag: string;
  readonly expected: string;
  readonly actual: string;
  readonly because: string;
  readonly since?: string;
  readonly fix?: string;
  readonly choices?: readonly string[];
  readonly excused?: string;
}

const sha = (version: string, python: string): string =>
  `sha-${cellOf(small, `${version}-python3.9`).release.revision ?? ''}-python${python}`;
const at = (fullTag: string): string => cellDigest(cellOf(small, fullTag));
const cut = (digest: string): string => digest.slice(0, 19);

const rows: readonly Row[] = [
  {
    name: 'a convenience tag that stayed behind is stale, since the first release it missed',
    registry: { '1-latest': '1.0.0-python3.10' },
    findings: [
      {
        kind: 'stale',
        tag: '1-latest',
        expected: '1.1.1 3.10 standard',
        actual: '1.0.0 3.10 standard',
        because:
          'it points to 1.0.0 (python 3.10, flavor standard); it should have moved when 1.1.0 came out on 2024-01-02, and 1 more since; 1.1.1 (python 3.10, flavor standard) owns it by rule latest; 1.1-python3.10, 1-python3.10 of the same owner are right',
        since: '2024-01-02T12:00:00Z',
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'one whose owner is not published yet is stale too, and the publish is what fixes it',
    registry: {
      '2.0.0-python3.9': 'absent',
      [sha('2.0.0', '3.9')]: 'absent',
      '2.0-python3.9': 'absent',
      '2-python3.9': '2.0.0rc1-python3.9',
    },
    findings: [
      {
        kind: 'missing',
        tag: '2.0-python3.9',
        expected: '2.0.0 3.9 standard',
        actual: '-',
        because: 'it is absent; 2.0.0 (python 3.9, flavor standard) owns it by rule minor, and is not published yet',
        fix: 'tagwright publish 2.0.0',
      },
      {
        kind: 'missing',
        tag: '2.0.0-python3.9',
        expected: '2.0.0 3.9 standard',
        actual: '-',
        because: 'it is absent; the full tag of 2.0.0 (python 3.9, flavor standard)',
        fix: 'tagwright publish 2.0.0',
      },
      {
        kind: 'missing',
        tag: sha('2.0.0', '3.9'),
        expected: '2.0.0 3.9 standard',
        actual: '-',
        because: 'it is absent; the sha tag of 2.0.0 (python 3.9, flavor standard)',
        fix: 'tagwright publish 2.0.0',
      },
      {
        kind: 'ahead',
        tag: '2-python3.9',
        expected: '2.0.0 3.9 standard',
        actual: '2.0.0rc1 3.9 standard',
        because: `it points to 2.0.0rc1 (python 3.9, flavor standard), which may not own it: a pre-release owns nothing; 2.0.0 (python 3.9, flavor standard) owns it by rule major; the owner is not published yet: 2.0.0-python3.9, ${sha('2.0.0', '3.9')} absent`,
        fix: 'tagwright publish 2.0.0',
      },
    ],
  },
  {
    name: 'a tag on a yanked release is ahead, since the yank, and goes back without being asked twice',
    registry: { '1.1-python3.10': '1.1.2-python3.10' },
    findings: [
      {
        kind: 'ahead',
        tag: '1.1-python3.10',
        expected: '1.1.1 3.10 standard',
        actual: '1.1.2 3.10 standard',
        because:
          'it points to 1.1.2 (python 3.10, flavor standard), which is yanked: it loses data (matrix.config.ts yanked[0]); 1.1.1 (python 3.10, flavor standard) owns it by rule minor; 1-python3.10, 1-latest of the same owner are right',
        since: '2024-01-05T09:00:00Z',
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'a tag on an excluded release is ahead, and the tags of that release are listed',
    registry: { '1.90.0-python3.10': { other: 'typo' }, '1-python3.10': { other: 'typo' } },
    findings: [
      {
        kind: 'ahead',
        tag: '1-python3.10',
        expected: '1.1.1 3.10 standard',
        actual: '1.90.0 3.10 standard',
        because:
          'it points to 1.90.0 (python 3.10, flavor standard), which is not in the plan: excluded: a typo of 1.9.0; 1.1.1 (python 3.10, flavor standard) owns it by rule major; 1.1-python3.10, 1-latest of the same owner are right',
        fix: 'tagwright apply',
      },
      {
        kind: 'excluded',
        tag: '1.90.0-python3.10',
        expected: '-',
        actual: '1.90.0 3.10 standard',
        because: 'the full tag of 1.90.0 (python 3.10, flavor standard), excluded: a typo of 1.9.0',
        choices: [
          'edit: remove the exclusion of 1.90.0',
          'run: regctl tag delete registry.example/acme/app:1.90.0-python3.10',
        ],
      },
    ],
  },
  {
    name: 'a tag on a release that no source knows is ahead, and that release is an orphan',
    registry: { '2.5.0-python3.10': { other: 'foreign' }, '2-python3.10': { other: 'foreign' } },
    findings: [
      {
        kind: 'ahead',
        tag: '2-python3.10',
        expected: '2.0.0 3.10 standard',
        actual: '2.5.0 3.10 standard',
        because:
          'it points to 2.5.0 (python 3.10, flavor standard), which is not in the plan: no source knows that release; 2.0.0 (python 3.10, flavor standard) owns it by rule major; 2.0-python3.10, 2-latest of the same owner are right',
        choices: [
          'edit: add the release 2.5.0 to the source',
          "edit: exclude: [{ version: '2.5.0', reason: '…' }]",
          'run: tagwright apply --allow-backward',
        ],
      },
      {
        kind: 'orphan',
        tag: '2.5.0-python3.10',
        expected: '-',
        actual: '2.5.0 3.10 standard',
        because: 'it looks like a full tag of 2.5.0 for python 3.10, flavor standard, a release that no source knows',
        choices: [
          'edit: add the release 2.5.0 to the source',
          "edit: exclude: [{ version: '2.5.0', reason: '…' }]",
          'run: regctl tag delete registry.example/acme/app:2.5.0-python3.10',
        ],
      },
    ],
  },
  {
    name: "a tag on another Python's, flavor's or series' cell is crossed",
    registry: {
      '1-python3.9': '1.1.1-python3.10',
      '1-python3.9-conda': '1.1.1-python3.9',
      '1.1-python3.9': '1.0.0-python3.9',
      '2-latest': '2.0.0-python3.9',
    },
    findings: [
      {
        kind: 'crossed',
        tag: '2-latest',
        expected: '2.0.0 3.10 standard',
        actual: '2.0.0 3.9 standard',
        because:
          'it points to 2.0.0 (python 3.9, flavor standard); 2.0.0 (python 3.10, flavor standard) owns it by rule latest; 2.0-python3.10, 2-python3.10 of the same owner are right',
        fix: 'tagwright apply',
      },
      {
        kind: 'crossed',
        tag: '1-python3.9',
        expected: '1.1.1 3.9 standard',
        actual: '1.1.1 3.10 standard',
        because:
          'it points to 1.1.1 (python 3.10, flavor standard); 1.1.1 (python 3.9, flavor standard) owns it by rule major',
        fix: 'tagwright apply',
      },
      {
        kind: 'crossed',
        tag: '1-python3.9-conda',
        expected: '1.1.1 3.9 conda',
        actual: '1.1.1 3.9 standard',
        because:
          'it points to 1.1.1 (python 3.9, flavor standard); 1.1.1 (python 3.9, flavor conda) owns it by rule major; 1.1-python3.9-conda of the same owner is right',
        fix: 'tagwright apply',
      },
      {
        kind: 'crossed',
        tag: '1.1-python3.9',
        expected: '1.1.1 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because:
          'it points to 1.0.0 (python 3.9, flavor standard); 1.1.1 (python 3.9, flavor standard) owns it by rule minor',
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'a convenience tag on a digest that nothing explains is drift',
    registry: { '2-latest-conda': { other: 'built by hand' } },
    findings: [
      {
        kind: 'drift',
        tag: '2-latest-conda',
        expected: '2.0.0 3.10 conda',
        actual: '?',
        because: `it points to ${cut(digestFor('built by hand'))}, which no pinned tag has; 2.0.0 (python 3.10, flavor conda) owns it`,
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'a full tag whose sha tag differs: each image may be the cell, and nothing on either of them is right',
    registry: { '1.0.0-python3.9': { other: 'pushed again' } },
    findings: ['1.0-python3.9', '1.0.0-python3.9', sha('1.0.0', '3.9')].map((tag) => ({
      kind: 'drift' as const,
      tag,
      expected: '1.0.0 3.9 standard',
      actual: '1.0.0 3.9 standard',
      because: `it points to ${{ '1.0-python3.9': cut(at('1.0.0-python3.9')), '1.0.0-python3.9': digestFor('pushed again') }[tag] ?? at('1.0.0-python3.9')}; two images claim to be 1.0.0 (python 3.9, flavor standard): ${digestFor('pushed again')} (1.0.0-python3.9) and ${at('1.0.0-python3.9')} (${sha('1.0.0', '3.9')})`,
      choices: [
        `run: ${[sha('1.0.0', '3.9'), '1.0-python3.9'].map((other) => `crane tag registry.example/acme/app@${digestFor('pushed again')} ${other}`).join(' && ')}`,
        `run: crane tag registry.example/acme/app@${at('1.0.0-python3.9')} 1.0.0-python3.9`,
      ],
    })),
  },
  {
    name: 'and with the lock it is known which of the two is wrong, and what it should be',
    registry: { '1.0.0-python3.9': { other: 'pushed again' } },
    also: () => ({ lock: lockOf('1.0.0-python3.9') }),
    findings: [
      {
        kind: 'drift',
        tag: '1.0.0-python3.9',
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because: `it points to ${digestFor('pushed again')}, and its image is ${at('1.0.0-python3.9')}: the lock file records it`,
        fix: `crane tag registry.example/acme/app@${at('1.0.0-python3.9')} 1.0.0-python3.9`,
      },
    ],
  },
  {
    name: 'the lock can find the sha tag to be the wrong one',
    registry: { [sha('1.0.0', '3.9')]: { other: 'pushed again' } },
    also: () => ({ lock: lockOf('1.0.0-python3.9') }),
    findings: [
      {
        kind: 'drift',
        tag: sha('1.0.0', '3.9'),
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because: `it points to ${digestFor('pushed again')}, and its image is ${at('1.0.0-python3.9')}: the lock file records it`,
        fix: `crane tag registry.example/acme/app@${at('1.0.0-python3.9')} ${sha('1.0.0', '3.9')}`,
      },
    ],
  },
  {
    name: 'and so can labels: the sha tag was given to another image, which says so',
    registry: { [sha('1.0.0', '3.9')]: { other: 'mine' } },
    also: () => ({
      contents: new Map([
        [digestFor('mine'), contentOf(small, cellOf(small, '1.1.0-python3.9'))],
        [cellDigest(cellOf(small, '1.0.0-python3.9')), contentOf(small, cellOf(small, '1.0.0-python3.9'))],
      ]),
    }),
    findings: [
      {
        kind: 'mislabelled',
        tag: sha('1.0.0', '3.9'),
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because: `org.opencontainers.image.version says 1.1.0, expected 1.0.0; org.opencontainers.image.revision says ${revision('1.1.0')}, expected ${revision('1.0.0')}; also drift: it points to ${digestFor('mine')}, and its image is ${at('1.0.0-python3.9')}: 1.0.0-python3.9 points to it`,
        fix: `crane tag registry.example/acme/app@${at('1.0.0-python3.9')} ${sha('1.0.0', '3.9')}`,
      },
    ],
  },
  {
    name: "a pinned tag on another cell's image is crossed; labels of ours show whose it is",
    registry: { '1.0.0-python3.9': '1.0.0-python3.10' },
    also: () => ({
      contents: new Map(
        ['1.0.0-python3.9', '1.0.0-python3.10'].map((tag) => {
          const cell = cellOf(small, tag);
          return [cellDigest(cell), contentOf(small, cell)];
        }),
      ),
    }),
    findings: [
      {
        kind: 'crossed',
        tag: '1.0.0-python3.9',
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.10 standard',
        because: `it points to ${cut(at('1.0.0-python3.10'))}, as 1.0.0-python3.10 does, the image of 1.0.0 (python 3.10, flavor standard); also mislabelled: io.tagwright.python says 3.10, expected 3.9; also drift: it points to ${at('1.0.0-python3.10')}, and its image is ${at('1.0.0-python3.9')}: ${sha('1.0.0', '3.9')} points to it`,
        fix: `crane tag registry.example/acme/app@${at('1.0.0-python3.9')} 1.0.0-python3.9`,
      },
    ],
  },
  {
    name: 'an image of one platform where there should be two is incomplete, by its media type alone, and no tag is moved to it',
    registry: {
      '1.0.0-python3.9': { other: 'one platform', mediaType: mediaTypes.ociManifest },
      [sha('1.0.0', '3.9')]: { other: 'one platform', mediaType: mediaTypes.ociManifest },
    },
    findings: [
      ...['1.0.0-python3.9', sha('1.0.0', '3.9')].map((tag) => ({
        kind: 'incomplete' as const,
        tag,
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because: 'it points to the manifest of one platform, and should have linux/amd64, linux/arm64',
        fix: 'tagwright publish 1.0.0 --replace-partial',
      })),
      {
        kind: 'drift',
        tag: '1.0-python3.9',
        expected: '1.0.0 3.9 standard',
        actual: '?',
        because: `it points to ${cut(at('1.0.0-python3.9'))}, which no pinned tag has; 1.0.0 (python 3.9, flavor standard) owns it`,
        fix: 'tagwright publish 1.0.0 --replace-partial',
      },
    ],
  },
  {
    name: 'an index that lost a platform is incomplete',
    registry: {},
    also: () => ({
      contents: new Map([
        [
          cellDigest(cellOf(small, '2.0.0-python3.9-conda')),
          contentOf(small, cellOf(small, '2.0.0-python3.9-conda'), { platforms: ['linux/arm64'] }),
        ],
      ]),
      inScope: (tag) => tag === '2.0.0-python3.9-conda' || tag === '2-python3.9-conda',
    }),
    findings: ['2-python3.9-conda', '2.0.0-python3.9-conda'].map((tag) => ({
      kind: 'incomplete',
      tag,
      expected: '2.0.0 3.9 conda',
      actual: '2.0.0 3.9 conda',
      because: 'it lacks linux/amd64 and has linux/arm64',
      fix: 'tagwright publish 2.0.0 --replace-partial',
    })),
  },
  {
    name: 'a tag on one of the images of its own index is incomplete',
    registry: { '2-latest': { other: `${at('2.0.0-python3.10')} linux/amd64`, mediaType: mediaTypes.ociManifest } },
    also: () => ({
      contents: new Map([
        [cellDigest(cellOf(small, '2.0.0-python3.10')), contentOf(small, cellOf(small, '2.0.0-python3.10'))],
      ]),
    }),
    findings: [
      {
        kind: 'incomplete',
        tag: '2-latest',
        expected: '2.0.0 3.10 standard',
        actual: '?',
        because: `it points to a part of 2.0-python3.10; also drift: it points to ${cut(digestFor(`${at('2.0.0-python3.10')} linux/amd64`))}, which no pinned tag has; 2.0.0 (python 3.10, flavor standard) owns it`,
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'an image that says another Python is mislabelled, also by the PYTHON_VERSION of its base',
    registry: {},
    also: () => ({
      contents: new Map([
        [
          cellDigest(cellOf(small, '1.0.0-python3.9')),
          contentOf(small, cellOf(small, '1.0.0-python3.9'), { python: '3.8.20' }),
        ],
      ]),
      inScope: (tag) => tag === '1.0.0-python3.9',
    }),
    findings: [
      {
        kind: 'mislabelled',
        tag: '1.0.0-python3.9',
        expected: '1.0.0 3.9 standard',
        actual: '1.0.0 3.9 standard',
        because: 'PYTHON_VERSION says 3.8.20, expected 3.9',
        choices: [
          `run: regctl tag delete registry.example/acme/app:1.0.0-python3.9 && regctl tag delete registry.example/acme/app:${sha('1.0.0', '3.9')} && tagwright publish 1.0.0`,
        ],
      },
    ],
  },
  {
    name: 'a tag that could not be seen is unknown; where its owner could not be seen, a digest nothing explains is, too',
    registry: { '1-python3.9': 'unseen', '2.0.0-python3.9': 'unseen', [sha('2.0.0', '3.9')]: 'unseen' },
    findings: [
      ['1-python3.9', 'the registry did not answer: 503', '1.1.1 3.9 standard', '-'],
      [
        '2-python3.9',
        `whether ${cut(at('2.0.0-python3.9'))} is right is not known: the registry did not answer for the pinned tags of its owner 2.0.0 (python 3.9, flavor standard)`,
        '2.0.0 3.9 standard',
        '?',
      ],
      [
        '2.0-python3.9',
        `whether ${cut(at('2.0.0-python3.9'))} is right is not known: the registry did not answer for the pinned tags of its owner 2.0.0 (python 3.9, flavor standard)`,
        '2.0.0 3.9 standard',
        '?',
      ],
      ['2.0.0-python3.9', 'the registry did not answer: 503', '2.0.0 3.9 standard', '-'],
      [sha('2.0.0', '3.9'), 'the registry did not answer: 503', '2.0.0 3.9 standard', '-'],
    ].map(([tag = '', because = '', expected = '', actual = '']) => ({
      kind: 'unknown',
      tag,
      expected,
      actual,
      because,
    })),
  },
  {
    name: 'an absent tag of a published owner is missing; that of a yanked release is not',
    registry: { '1.1-python3.9': 'absent', '1.1.2-python3.9': 'absent', [sha('1.1.2', '3.9')]: 'absent' },
    findings: [
      {
        kind: 'missing',
        tag: '1.1-python3.9',
        expected: '1.1.1 3.9 standard',
        actual: '-',
        because:
          'it is absent; 1.1.1 (python 3.9, flavor standard) owns it by rule minor, and 1.1.1-python3.9 points to its image',
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'a release within its grace time is told, and excused',
    registry: { '2.0.0-python3.9': 'absent', '2-latest': 'absent', '1-latest': '1.0.0-python3.10' },
    also: () => ({
      now: Date.parse('2024-01-07T12:40:00Z'),
      graceMs: 7_200_000,
      inScope: (tag) => ['2.0.0-python3.9', '2-latest', '1-latest'].includes(tag),
    }),
    findings: [
      {
        kind: 'missing',
        tag: '2-latest',
        expected: '2.0.0 3.10 standard',
        actual: '-',
        because:
          'it is absent; 2.0.0 (python 3.10, flavor standard) owns it by rule latest, and 2.0.0-python3.10 points to its image',
        fix: 'tagwright apply',
        excused: '2.0.0 came out 40 min ago and may still be on its way',
      },
      {
        kind: 'missing',
        tag: '2.0.0-python3.9',
        expected: '2.0.0 3.9 standard',
        actual: '-',
        because: `it is absent; the full tag of 2.0.0 (python 3.9, flavor standard); ${sha('2.0.0', '3.9')} points to it, so nothing needs to be built`,
        fix: 'tagwright publish 2.0.0',
        excused: '2.0.0 came out 40 min ago and may still be on its way',
      },
      {
        kind: 'stale',
        tag: '1-latest',
        expected: '1.1.1 3.10 standard',
        actual: '1.0.0 3.10 standard',
        because:
          'it points to 1.0.0 (python 3.10, flavor standard); it should have moved when 1.1.0 came out on 2024-01-02, and 1 more since; 1.1.1 (python 3.10, flavor standard) owns it by rule latest; 1.1-python3.10, 1-python3.10 of the same owner are right',
        since: '2024-01-02T12:00:00Z',
        fix: 'tagwright apply',
      },
    ],
  },
  {
    name: 'tags that read like ours and are in no plan are orphans',
    registry: {
      'v1.0.0-python3.9': '1.0.0-python3.9',
      '1.0.0-python3.8': { other: 'a' },
      '9-python3.9': { other: 'b' },
      '1.0.0-python3.9-conda': '1.0.0-python3.9-conda',
    },
    findings: [
      [
        '1.0.0-python3.8',
        '?',
        'it looks like a full tag of 1.0.0 for python 3.8, flavor standard, which was not built; 1.0.0 has 4 cells',
      ],
      ['9-python3.9', '?', 'it looks like a major tag for python 3.9, flavor standard, and no release has it'],
      [
        'v1.0.0-python3.9',
        '1.0.0 3.9 standard',
        'it looks like a full tag with a v before the version, which no rule writes; without it, it would be 1.0.0-python3.9',
      ],
    ].map(([tag = '', actual = '', because = '']) => ({
      kind: 'orphan',
      tag,
      expected: '-',
      actual: tag === '1.0.0-python3.8' ? '1.0.0 3.8 standard' : actual,
      because,
      choices: [
        // What would explain it comes first.
        ...(tag === '1.0.0-python3.8' ? ['edit: give 1.0.0 a cell of python 3.8, flavor standard in the config'] : []),
        `run: regctl tag delete registry.example/acme/app:${tag}`,
      ],
    })),
  },
  {
    name: 'a tag of the commit of a release that has no such tag is not a tag of nobody',
    registry: {
      [`sha-${revision('1.0.0')}-python3.8`]: { other: 'a' },
      [`sha-${'c'.repeat(40)}-python3.9`]: { other: 'b' },
    },
    findings: [
      [
        `sha-${revision('1.0.0')}-python3.8`,
        'it looks like a sha tag for python 3.8, flavor standard of the commit of 1.0.0, which has no such tag',
        'give 1.0.0 a cell of python 3.8, flavor standard in the config',
      ],
      [
        `sha-${'c'.repeat(40)}-python3.9`,
        `it looks like a sha tag of revision ${'c'.repeat(40)} for python 3.9, flavor standard, and no release has it`,
        `add the release of commit ${'c'.repeat(40)} to the source`,
      ],
    ].map(([tag = '', because = '', line = '']) => ({
      kind: 'orphan',
      tag,
      expected: '-',
      actual: '?',
      because,
      choices: [`edit: ${line}`, `run: regctl tag delete registry.example/acme/app:${tag}`],
    })),
  },
];

function revision(version: string): string {
  return cellOf(small, `${version}-python3.9`).release.revision ?? '';
}

function lockOf(fullTag: string): AuditInput['lock'] {
  const { release, shape } = cellOf(small, fullTag);
  return {
    repository: 'registry.example/acme/app',
    entries: [
      { version: release.version.text, axes: shape.axes, digest: cellDigest(cellOf(small, fullTag)), platforms: null },
    ],
  };
}

function place(where: Place): Seen {
  if (where === 'absent') return absent;
  if (where === 'unseen') return { kind: 'unknown', reason: '503' };
  if (typeof where === 'string') return on(cellDigest(cellOf(small, where)));
  return on(digestFor(where.other), where.mediaType);
}

function brief({ kind, tag, expected, actual, because, since, fix, choices, excused }: Finding): Brief {
  const stand = ({ owner, digest }: Finding['actual']): string =>
    owner === null ? (digest === null ? '-' : '?') : [owner.version, ...Object.values(owner.axes)].join(' ');
  return {
    kind,
    tag,
    expected: stand(expected),
    actual: stand(actual),
    because,
    ...(since === null ? {} : { since }),
    ...(fix === null ? {} : { fix }),
    ...(choices.length === 0 ? {} : { choices: choices.map((choice) => `${choice.do}: ${choice.command}`) }),
    ...(excused === null ? {} : { excused }),
  };
}

describe('every kind, and what is said of it', () => {
  test.each(rows)('$name', ({ registry, also, findings }) => {
    const seen = healthy(small);
    for (const [tag, where] of Object.entries(registry)) seen.set(tag, place(where));
    expect(alarms(audit(small, seen, also?.())).map(brief)).toEqual(findings);
  });
});

test('the digest of expected and actual are whole', () => {
  const seen = healthy(small);
  seen.set('2-latest', on(cellDigest(cellOf(small, '2.0.0-python3.9'))));
  const [finding] = alarms(audit(small, seen));
  expect([finding?.expected.digest, finding?.actual.digest]).toEqual([at('2.0.0-python3.10'), at('2.0.0-python3.9')]);
});

test('N-latest of the former default is kept: the fix is the line that makes it, never a deletion', () => {
  const plain = auditCase({ ...smallConfig, rules: {} }, daily('1.0.0', '2.0.0'));
  const seen = healthy(plain);
  const image = on(cellDigest(cellOf(plain, '1.0.0-python3.10')));
  for (const tag of ['1-latest', '2-latest-conda', '9-latest', '1-latest-slim']) seen.set(tag, image);
  const found = audit(plain, seen).findings.map(({ finding }) => finding);
  const line = "rules: { latest: { template: '{{major}}-latest{{suffix}}' } }";
  expect(
    found.filter(({ kind }) => kind !== 'unmanaged').map(({ kind, tag, fix, choices }) => [kind, tag, fix, choices]),
  ).toEqual(
    ['1-latest', '2-latest-conda'].map((tag) => [
      'orphan',
      tag,
      null,
      [{ do: 'edit', command: line, because: 'to keep it moving: the config then has a tag for each series' }],
    ]),
  );
  const written = auditCase(smallConfig, daily('1.0.0', '2.0.0'));
  expect([...written.expected.tags.keys()]).toEqual(expect.arrayContaining(['1-latest', '2-latest-conda']));
});

test('a tag that a build which is no release may have is said to be that, and a release comes first', () => {
  const events = { branch: 'branch-{{branch}}', schedule: 'nightly' };
  const seenTags = (made: typeof small): unknown => {
    const seen = healthy(made);
    for (const tag of ['branch-main', 'nightly', 'other', '1.7-python3.9']) seen.set(tag, on(digestFor(tag)));
    const found = audit(made, seen).findings.map(({ finding }) => finding);
    return found.flatMap(({ kind, tag, rule, because }) =>
      kind === 'event' || kind === 'unmanaged' ? [[kind, tag, rule, because]] : [],
    );
  };
  const ofEvent = (rule: string): string =>
    `no release has such a tag; it may be of a build that is not a release, by the rule ${rule} of events`;
  const none = 'no rule makes such a tag';
  expect(seenTags(auditCase({ ...smallConfig, events }, daily('1.0.0')))).toEqual([
    ['event', 'branch-main', 'branch', ofEvent('branch')],
    ['event', 'nightly', 'schedule', ofEvent('schedule')],
    ['unmanaged', 'other', null, none],
  ]);
  expect(seenTags(auditCase(smallConfig, daily('1.0.0')))).toEqual([
    ['unmanaged', 'branch-main', null, none],
    ['unmanaged', 'nightly', null, none],
    ['unmanaged', 'other', null, none],
  ]);
});
