/**
 * An audit as SARIF 2.1.0, for GitHub code scanning: one result a finding, at the config that expects the tag.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
import { findingKinds, type AuditReport, type Finding, type FindingKind } from '../audit/types.ts';
import { isQuiet, kindMeanings, standWords } from './audit-words.ts';
import { jsonText } from './plan-json.ts';

const schemaUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const helpUri = 'https://github.com/tagwright/tagwright/blob/main/docs/incidents.md';
/** What GitHub takes of one run; findings come by kind, those that most people meet first. */
const maxResults = 25_000;

/** @param configFile where results are placed, relative to the root of the git repository */
export function auditSarif(report: AuditReport, configFile: string, version: string): string {
  const kinds = findingKinds.filter((kind) => !isQuiet(kind));
  const alarming = report.findings.filter(({ kind }) => !isQuiet(kind));
  return jsonText({
    $schema: schemaUri,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tagwright',
            version,
            informationUri: 'https://github.com/tagwright/tagwright',
            rules: kinds.map(ruleOf),
          },
        },
        automationDetails: { id: `tagwright/${report.repository}/` },
        invocations: [
          {
            executionSuccessful: report.summary.unknown === 0,
            endTimeUtc: report.checkedAt,
            toolExecutionNotifications: [...report.notes, ...leftOut(alarming.length)].map((text) => ({
              level: 'note',
              message: { text },
            })),
          },
        ],
        results: alarming.slice(0, maxResults).map((finding) => resultOf(finding, report, configFile, kinds)),
        columnKind: 'utf16CodeUnits',
      },
    ],
  });
}

function leftOut(findings: number): string[] {
  if (findings <= maxResults) return [];
  return [`${findings - maxResults} of ${findings} findings are left out: GitHub takes ${maxResults} of one run`];
}

function ruleOf(kind: FindingKind): object {
  return {
    id: kind,
    name: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Tag`,
    shortDescription: { text: `A tag is ${kind}` },
    fullDescription: { text: `A tag is ${kind}: ${kindMeanings[kind]}.` },
    helpUri,
    help: { text: `A tag is ${kind}: ${kindMeanings[kind]}. The result names the command that fixes it.` },
    defaultConfiguration: { level: levelOf(kind) },
  };
}

function levelOf(kind: FindingKind): 'error' | 'warning' {
  return kind === 'unknown' || kind === 'orphan' ? 'warning' : 'error';
}

function resultOf(
  finding: Finding,
  { repository }: AuditReport,
  configFile: string,
  kinds: readonly FindingKind[],
): object {
  const { kind, tag, because, fix, excused } = finding;
  const stands =
    kind === 'orphan' || kind === 'unknown'
      ? ''
      : ` It stands on ${standWords(finding.actual)} and should be ${standWords(finding.expected)}.`;
  const fixing = fix === null ? '' : ` To fix it: ${fix}`;
  return {
    ruleId: kind,
    ruleIndex: kinds.indexOf(kind),
    level: excused === null ? levelOf(kind) : 'note',
    message: { text: `${repository}:${tag} is ${kind}.${stands} Because ${because}.${fixing}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(configFile) }, region: { startLine: 1 } },
        logicalLocations: [{ name: tag, fullyQualifiedName: `${repository}:${tag}`, kind: 'resource' }],
      },
    ],
    // All results are at one line; without a fingerprint of its own each would be taken for the one before it.
    partialFingerprints: { primaryLocationLineHash: `${kind}:${repository}:${tag}:1` },
  };
}

/** A relative reference; a config elsewhere is named by its file alone. */
function uriOf(file: string): string {
  const isInside = !file.startsWith('/') && !file.split('/').includes('..');
  const path = isInside ? file.replace(/^(?:\.\/)+/, '') : (file.split('/').at(-1) ?? file);
  return path.split('/').map(encodeURIComponent).join('/');
}
