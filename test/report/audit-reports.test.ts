import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/audit/select.ts';
import type { AuditReport } from '../../src/audit/types.ts';
import { absent, type Seen } from '../../src/domain/snapshot.ts';
import { auditJson } from '../../src/report/audit-json.ts';
import { auditMarkdown, auditsMarkdown } from '../../src/report/audit-markdown.ts';
import { auditSarif } from '../../src/report/audit-sarif.ts';
import { auditTable, auditTables } from '../../src/report/audit-table.ts';
import { audit, auditCase, cellDigest, cellOf, digestFor, healthy, on, type AuditCase } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { renderedLines } from '../support/rendered-lines.ts';

const small = auditCase(
  { ...smallConfig, defaults: { python: { '1': '3.10' } }, exclude: [{ version: '1.9.0', reason: 'a typo' }] },
  daily('1.0.0', '1.1.0', '1.9.0'),
);

function reportOf(made: AuditCase, seen: ReadonlyMap<string, Seen>, more: Partial<AuditReport> = {}): AuditReport {
  const audited = audit(made, seen);
  return {
    schema: 1,
    repository: 'registry.example/acme/app',
    checkedAt: '2026-11-24T12:00:00Z',
    requests: 1234,
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes: [],
    ...more,
  };
}

const troubled = ((): AuditReport => {
  const seen = healthy(small);
  seen.set('1-latest', on(cellDigest(cellOf(small, '1.0.0-python3.10'))));
  seen.set('1.1.0-python3.9', absent);
  seen.set('1-python3.9', { kind: 'unknown', reason: 'REGISTRY_THROTTLED 429' });
  seen.set('v1.1.0-python3.9', on(digestFor('v')));
  seen.set('1.9.0-python3.9', on(digestFor('typo')));
  seen.set('nightly', on(digestFor('nightly')));
  return reportOf(small, seen, {
    notes: ['one thing that a reader should know, and that is rather longer than a line of eighty characters'],
    bases: [
      {
        base: 'docker.io/library/python:3.10-slim',
        builtOn: digestFor('old base'),
        now: digestFor('new base'),
        tags: ['1-latest', '1-python3.10'],
        version: '1.1.0',
        fix: 'tagwright publish 1.1.0 --rebuild',
      },
    ],
    strays: [
      {
        tag: 'v1.1.0-python3.9',
        kind: 'orphan',
        at: '2024-02-03T04:05:06Z',
        sizeBytes: 123_456_789,
        choices: [
          {
            do: 'run',
            command: 'regctl tag delete registry.example/acme/app:v1.1.0-python3.9',
            because: 'if nobody needs it',
          },
        ],
      },
      { tag: 'nightly', kind: 'unmanaged', at: null, sizeBytes: null, choices: [] },
    ],
  });
})();

const everythingMissing = ((): AuditReport => {
  const prefect = auditCase(prefectConfig, prefectFacts());
  return reportOf(prefect, new Map([...healthy(prefect).keys()].map((tag) => [tag, absent])));
})();

/** No tag was seen, all but one of them for one reason. */
const unseen = ((): AuditReport => {
  const seen = healthy(small);
  for (const [index, tag] of [...seen.keys()].entries()) {
    const denied = `REGISTRY_DENIED HEAD registry.example/acme/app:${tag}: 401. log in`;
    seen.set(tag, { kind: 'unknown', reason: index === 0 ? 'REGISTRY_THROTTLED 429' : denied });
  }
  return reportOf(small, seen);
})();

describe('a hundred stale tags in Markdown', () => {
  const made = auditCase(
    { ...smallConfig, pythons: Array.from({ length: 25 }, (_, minor) => `3.${minor + 3}`) },
    daily('1.0.0', '1.0.1'),
  );
  const seen = healthy(made);
  // As in an incident: the release is there, and nothing moved to it.
  for (const tag of made.expected.tags.values()) {
    if (tag.kind !== 'convenience' || tag.owner === null) continue;
    const before = made.expected.cell('1.0.0', tag.owner.shape.axes);
    if (before !== null) seen.set(tag.tag, on(cellDigest(before)));
  }
  const report = reportOf(made, seen);
  const markdown = auditMarkdown(report);

  test('are a grid of three rows, with each tag and its reason behind a fold', () => {
    expect(report.summary.stale).toBe(102);
    const lines = renderedLines(markdown);
    expect(lines.slice(0, 2)).toEqual([
      '### Audit of `registry.example/acme/app`: 102 findings',
      expect.stringMatching(/^200 tags right, /),
    ]);
    expect(lines.filter((line) => line.startsWith('| '))).toEqual([
      '| tags | standard | conda |',
      '| `1-latest` and 1 more | 1.0.0 → 1.0.1 | 1.0.0 → 1.0.1 |',
      '| `1-python3.3` to `1-python3.27` and 25 more | 1.0.0 → 1.0.1 | 1.0.0 → 1.0.1 |',
      '| `1.0-python3.3` to `1.0-python3.27` and 25 more | 1.0.0 → 1.0.1 | 1.0.0 → 1.0.1 |',
    ]);
    expect(lines).toContain('▸ 102 tags, and why');
    expect(lines.length).toBeLessThan(20);
    for (const { tag } of report.findings) expect(markdown).toContain(`\`${tag}\``);
  });
});

describe('the table', () => {
  test('says what is wrong first and what fixes it last, in 80 columns', () => {
    expect(auditTable(troubled, false)).toBe(`registry.example/acme/app: 27 tags right, 3 findings, 1 not seen
checked 2026-11-24T12:00:00Z with 1,234 requests

unknown 1  the registry did not answer
  1-python3.9
    points to  –
    should be  1.1.0 python 3.9, flavor standard
    the registry did not answer: REGISTRY_THROTTLED 429

missing 1  not there
  1.1.0-python3.9
    points to  –
    should be  1.1.0 python 3.9, flavor standard
    it is absent; the full tag of 1.1.0 (python 3.9, flavor standard);
    sha-312e312e30000000000000000000000000000000-python3.9 points to it, so
    nothing needs to be built

stale 1  points to an earlier release
  1-latest
    points to  1.0.0 python 3.10, flavor standard
    should be  1.1.0 python 3.10, flavor standard
    since      2024-01-02
    it points to 1.0.0 (python 3.10, flavor standard); it should have moved when
    1.1.0 came out on 2024-01-02; 1.1.0 (python 3.10, flavor standard) owns it
    by rule latest; 1.1-python3.10, 1-python3.10 of the same owner are right

orphan 1  looks like one of this image's tags but is not in the plan
  v1.1.0-python3.9
    it looks like a full tag with a v before the version, which no rule writes;
    without it, it would be 1.1.0-python3.9

excluded 1  of a release that is left out on purpose: 1.9.0-python3.9
unmanaged 1  not made by tagwright; --unmanaged lists them

To fix, in this order:
  tagwright publish 1.1.0  (1 tag)
  tagwright apply  (1 tag)
  regctl tag delete registry.example/acme/app:v1.1.0-python3.9  (1 tag)
    if nobody needs it
  regctl, from regclient/regclient on GitHub, deletes a tag and leaves its image

Base images that changed since their owners were built:
  docker.io/library/python:3.10-slim has moved on
    under 1.1.0: 1-latest, 1-python3.10
A pinned tag is never overwritten. The next release of the series uses the new
base. To rebuild one before that, under a new pinned tag, add it to rebuilds in
the config, then run:
  tagwright publish 1.1.0 --rebuild

Tags that are not in the plan:
  tag               kind       from          size
  v1.1.0-python3.9  orphan     2024-02-03  123 MB
  nightly           unmanaged  –                –

Nothing is deleted here. Tags that nobody needs go with these commands:
  regctl tag delete registry.example/acme/app:v1.1.0-python3.9

note: one thing that a reader should know, and that is rather longer than a line
  of eighty characters
`);
  });

  test('one reason for many tags is said once, with their number and what to do', () => {
    const seen = healthy(small);
    const fix = 'log in with a token that may pull: docker login registry.example';
    for (const tag of seen.keys())
      seen.set(tag, { kind: 'unknown', reason: `REGISTRY_DENIED HEAD registry.example/acme/app:${tag}: 401. ${fix}` });
    const report = reportOf(small, seen);
    const text = auditTable(report, false);
    expect(text.split('docker login')).toHaveLength(2);
    expect(text).toContain('\n  30 tags: ');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(', and 18 more the registry did not answer: REGISTRY_DENIED HEAD');
    const markdown = auditMarkdown(report);
    expect(markdown.split('docker login')).toHaveLength(2);
    expect(markdown).toContain(', and 18 more | 30 | the registry did not answer');
  });

  test('two reasons are two', () => {
    const seen = healthy(small);
    for (const [index, tag] of [...seen.keys()].slice(0, 3).entries())
      seen.set(tag, { kind: 'unknown', reason: index === 0 ? 'REGISTRY_THROTTLED 429' : 'REGISTRY_DENIED 401' });
    const text = auditTable(reportOf(small, seen), false);
    expect(text).toContain('\n  2 tags: ');
    expect(text).toContain('REGISTRY_DENIED 401');
    expect(text).toContain('REGISTRY_THROTTLED 429');
  });

  test('a healthy registry is two lines', () => {
    expect(auditTable(reportOf(small, healthy(small)), false)).toBe(`registry.example/acme/app: 30 tags right
checked 2026-11-24T12:00:00Z with 1,234 requests
`);
  });

  test('has colour where it is asked for, and the same words', () => {
    const coloured = auditTable(troubled, true);
    expect(coloured).toContain('\u001b[31m');
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(auditTable(troubled, false));
  });

  test('of very many findings it lists some and counts the rest', () => {
    const lines = auditTable(everythingMissing, false).split('\n');
    expect(lines.slice(0, 7)).toEqual([
      'registry.example/acme/app: 0 tags right, 4,294 findings',
      'checked 2026-11-24T12:00:00Z with 1,234 requests',
      '',
      'missing 4,294  not there',
      '  2-latest  – → 2.20.25',
      '  2-latest-conda  – → 2.20.25',
      '  2-latest-kubernetes  – → 2.20.25',
    ]);
    expect(lines[44]).toBe('  and 4,254 more; --format json and html list them all');
    expect(lines.length).toBeLessThan(70);
  });
});

describe('Markdown', () => {
  test('fits a job summary however much was found', () => {
    const text = auditMarkdown(everythingMissing);
    expect(new TextEncoder().encode(text).byteLength).toBeLessThan(1024 * 1024);
    expect(text).toContain('`--format json` lists them all');
  });

  test('has a table a kind, and the commands', () => {
    const text = auditMarkdown(troubled);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '### Audit of `registry.example/acme/app`: 4 findings',
      '#### unknown 1',
      '#### missing 1',
      '#### stale 1',
      '#### orphan 1',
      '#### To fix, in this order',
      '# if so:',
      '#   regctl tag delete registry.example/acme/app:v1.1.0-python3.9 (if nobody needs it)',
      '#### Outdated base images',
    ]);
    expect(text).toContain(
      '| `1-latest` | 1.0.0 python 3.10, flavor standard | 1.1.0 python 3.10, flavor standard | it points to',
    );
    expect(text).toContain(
      '```sh\ntagwright publish 1.1.0\ntagwright apply\n# if so:\n#   regctl tag delete registry.example/acme/app:v1.1.0-python3.9 (if nobody needs it)',
    );
  });

  test('text from outside stays text', () => {
    const seen = healthy(small);
    seen.set('1-latest', { kind: 'unknown', reason: 'a | bar, <b>HTML</b>\nand a line' });
    const text = auditMarkdown(reportOf(small, seen, { notes: ['<script>'] }));
    expect(text).toContain(String.raw`a \| bar, &lt;b>HTML&lt;/b> and a line`);
    expect(text).toContain('> &lt;script>');
  });
});

describe('SARIF', () => {
  // Draft 4 by its name, and nothing in it that draft 7 reads otherwise but the name itself.
  const { id: _id, ...schema }: { readonly id: string } = JSON.parse(
    readFileSync(
      new URL('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url),
      'utf8',
    ),
  );
  const ajv = new Ajv({ strict: false, validateSchema: false, unicodeRegExp: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });

  test.each([
    { name: 'findings', report: troubled },
    { name: 'nothing found', report: reportOf(small, healthy(small)) },
    { name: 'everything missing', report: everythingMissing },
  ])('is valid by the official schema: $name', ({ report }) => {
    validate(JSON.parse(auditSarif([report], 'matrix.config.ts', '1.2.3')));
    expect(validate.errors).toBeNull();
  });

  test('a result a finding, each with a fingerprint of its own, at the config', () => {
    const log: SarifLog = JSON.parse(auditSarif([troubled], './configs/matrix.config.ts', '1.2.3'));
    const results = log.runs[0]?.results ?? [];
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['unknown', 'warning'],
      ['missing', 'error'],
      ['stale', 'error'],
      ['orphan', 'warning'],
    ]);
    expect(new Set(results.map((result) => result.partialFingerprints.primaryLocationLineHash)).size).toBe(4);
    expect(results[2]).toEqual({
      ruleId: 'stale',
      ruleIndex: 4,
      level: 'error',
      message: {
        text: 'registry.example/acme/app:1-latest is stale. It points to 1.0.0 python 3.10, flavor standard and should be 1.1.0 python 3.10, flavor standard. Because it points to 1.0.0 (python 3.10, flavor standard); it should have moved when 1.1.0 came out on 2024-01-02; 1.1.0 (python 3.10, flavor standard) owns it by rule latest; 1.1-python3.10, 1-python3.10 of the same owner are right. To fix it: tagwright apply',
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'configs/matrix.config.ts' }, region: { startLine: 1 } },
          logicalLocations: [
            { name: '1-latest', fullyQualifiedName: 'registry.example/acme/app:1-latest', kind: 'resource' },
          ],
        },
      ],
      partialFingerprints: { primaryLocationLineHash: 'stale:registry.example/acme/app:1-latest:1' },
    });
  });

  test('one result for all tags that were not seen for one reason, with their number and some names', () => {
    const log: SarifLog = JSON.parse(auditSarif([unseen], 'matrix.config.ts', '1.2.3'));
    validate(log);
    expect(validate.errors).toBeNull();
    const [many, alone, ...more] = log.runs[0]?.results ?? [];
    const tags = unseen.findings.filter(({ because }) => because.includes('DENIED')).map(({ tag }) => tag);
    expect([tags.length, more]).toEqual([29, []]);
    expect(many?.message.text).toBe(
      `registry.example/acme/app: 29 tags are unknown: ${tags.slice(0, 12).join(', ')}, and 17 more. Because the registry did not answer: REGISTRY_DENIED HEAD registry.example/acme/app: 401. log in.`,
    );
    expect(many?.locations[0]?.logicalLocations.map(({ name }) => name)).toEqual(tags.slice(0, 12));
    expect(many?.partialFingerprints.primaryLocationLineHash).toBe(`unknown:registry.example/acme/app:${tags[0]}:1`);
    expect(alone?.message.text).toMatch(/^registry\.example\/acme\/app:\S+ is unknown\. Because .*THROTTLED 429\.$/);
  });

  test("keeps to GitHub's limits: 25,000 results, each with a place and a fingerprint, and the rest is told", () => {
    const [, finding] = troubled.findings;
    if (finding?.kind !== 'missing') throw new Error('nothing is missing');
    const findings = Array.from({ length: 25_007 }, (_, index) => ({ ...finding, tag: `1-python3.9-x${index}` }));
    const text = auditSarif([{ ...troubled, findings }], 'matrix.config.ts', '1.2.3');
    const log: SarifLog = JSON.parse(text);
    const { results, invocations } = log.runs[0] ?? { results: [], invocations: [] };
    expect([results.length, results.every(({ locations }) => locations.length === 1)]).toEqual([25_000, true]);
    expect(new Set(results.map((result) => result.partialFingerprints.primaryLocationLineHash)).size).toBe(25_000);
    expect(invocations[0]?.toolExecutionNotifications.at(-1)?.message.text).toBe(
      '7 of 25007 findings are left out: GitHub takes 25000 of one run',
    );
    // The upload is compressed; 10 MB of that are taken.
    expect(gzipSync(text).byteLength).toBeLessThan(10 * 1024 * 1024);
    validate(log);
    expect(validate.errors).toBeNull();
  });

  test('a config outside the checkout is named by its file alone', () => {
    const log: SarifLog = JSON.parse(auditSarif([troubled], '/etc/tagwright/my config.ts', '1.2.3'));
    expect(log.runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('my%20config.ts');
  });
});

interface SarifLog {
  readonly runs: readonly {
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: { readonly primaryLocationLineHash: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        readonly logicalLocations: readonly { readonly name: string }[];
      }[];
    }[];
  }[];
}

test('a hundred thousand tags of one reason take no longer than their number', () => {
  const [finding] = unseen.findings;
  if (finding === undefined) throw new Error('everything was seen');
  const findings = Array.from({ length: 100_000 }, (_, index) => ({ ...finding, tag: `x${index}`, because: 'down' }));
  const { runs }: SarifLog = JSON.parse(auditSarif([{ ...unseen, findings }], 'matrix.config.ts', '1.2.3'));
  expect(runs[0]?.results.map(({ message }) => message.text.slice(0, 60))).toEqual([
    'registry.example/acme/app: 100,000 tags are unknown: x0, x1,',
  ]);
}, 5000);

test('the JSON has a finding for every tag, whatever the reason', () => {
  const json: { findings: { tag: string }[]; summary: { unknown: number } } = JSON.parse(auditJson([unseen]));
  expect(new Set(json.findings.map(({ tag }) => tag)).size).toBe(30);
  expect(json.summary.unknown).toBe(30);
});

test('the JSON has the axes under their own names, and what is known beyond the tags', () => {
  const json: Record<string, unknown> = JSON.parse(auditJson([troubled]));
  expect(Object.keys(json)).toEqual([
    'schema',
    'repository',
    'checkedAt',
    'requests',
    'summary',
    'findings',
    'notes',
    'bases',
    'strays',
  ]);
  const listed: unknown = json['findings'];
  expect(Array.isArray(listed) ? listed[1] : null).toEqual({
    kind: 'missing',
    tag: '1.1.0-python3.9',
    expected: {
      owner: { version: '1.1.0', python: '3.9', flavor: 'standard' },
      digest: cellDigest(cellOf(small, '1.1.0-python3.9')),
    },
    actual: { owner: null, digest: null },
    because: `it is absent; the full tag of 1.1.0 (python 3.9, flavor standard); sha-312e312e30000000000000000000000000000000-python3.9 points to it, so nothing needs to be built`,
    choices: [],
    rule: 'full',
    since: null,
    fix: 'tagwright publish 1.1.0',
    excused: null,
  });
});

test('several repositories have one list of what fixes them, in one order', () => {
  const choice = { do: 'edit', command: 'decide', because: 'one of two', after: 'tagwright publish 1.1.0' } as const;
  const first = reportOf(small, healthy(small).set('1.1.0-python3.9', absent));
  const second = { ...reportOf(small, healthy(small).set('1-latest', absent)), repository: 'quay.io/acme/app' };
  const [finding, ...others] = second.findings;
  if (finding === undefined) throw new Error('nothing is missing');
  const torn = { ...finding, kind: 'drift' as const, fix: null, choices: [choice] };
  const doubtful = { ...second, findings: [torn, finding, ...others] };
  const list = [
    'To fix, in this order:',
    '  decide  (1 tag)',
    '    then tagwright publish 1.1.0',
    '    one of two',
    '  tagwright publish 1.1.0  (1 tag)',
    '  tagwright apply  (1 tag)',
    '',
  ];
  const table = auditTables([first, doubtful], false);
  expect(table.split('\n').slice(-list.length)).toEqual(list);
  expect(table.match(/To fix/g)).toHaveLength(1);
  expect(auditsMarkdown([first, doubtful]).match(/To fix/g)).toHaveLength(1);
});
