/**
 * An audit as SARIF 2.1.0, for GitHub code scanning: one result a finding, at the config that expects the tag;
 * tags that were not seen for one reason are one.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
import { findingKinds, isQuiet, kinds, type FindingKind } from '../audit/kinds.ts';
import type { AuditReport } from '../audit/types.ts';
import { entriesOf, maxNamed, type Entry } from './causes.ts';
import { findingText, pathInside } from './finding-text.ts';
import { jsonText } from './plan-json.ts';

const schemaUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const helpUri = 'https://github.com/tagwright/tagwright/blob/main/docs/incidents.md';
/** What GitHub takes of one run; findings come by kind, those that most people meet first. */
const maxResults = 25_000;

/** @param configFile where results are placed, relative to the root of the git repository; one run a repository */
export function auditSarif(reports: readonly AuditReport[], configFile: string, version: string): string {
  return jsonText({
    $schema: schemaUri,
    version: '2.1.0',
    runs: reports.map((report) => runOf(report, configFile, version)),
  });
}

function runOf(report: AuditReport, configFile: string, version: string): object {
  const shown = findingKinds.filter((kind) => !isQuiet(kind));
  const alarming = entriesOf(report.findings.filter(({ kind }) => !isQuiet(kind)));
  const notes = [...report.notes, ...leftOut(alarming.length)];
  const informationUri = 'https://github.com/tagwright/tagwright';
  return {
    tool: { driver: { name: 'tagwright', version, informationUri, rules: shown.map(ruleOf) } },
    automationDetails: { id: `tagwright/${report.repository}/` },
    invocations: [
      {
        executionSuccessful: report.summary.unknown === 0,
        endTimeUtc: report.checkedAt,
        toolExecutionNotifications: notes.map((text) => ({ level: 'note', message: { text: plainText(text) } })),
      },
    ],
    results: alarming.slice(0, maxResults).map((entry) => resultOf(entry, report, configFile, shown)),
    columnKind: 'utf16CodeUnits',
  };
}

function leftOut(findings: number): string[] {
  if (findings <= maxResults) return [];
  return [`${findings - maxResults} of ${findings} findings are left out: GitHub takes ${maxResults} of one run`];
}

function ruleOf(kind: FindingKind): object {
  const { meaning, details, remedy } = kinds[kind];
  return {
    id: kind,
    name: `${capital(kind)}Tag`,
    shortDescription: { text: `${capital(kind)}: ${meaning}` },
    fullDescription: { text: `${capital(details)}.`.replaceAll('`', '') },
    helpUri,
    help: { text: `${capital(details)}. Fix: ${remedy}.`.replaceAll('`', '') },
    defaultConfiguration: { level: kinds[kind].sarif ?? 'note' },
  };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function resultOf(
  entry: Entry,
  { repository }: AuditReport,
  configFile: string,
  shown: readonly FindingKind[],
): object {
  const { kind, tag, excused } = entry.finding;
  const named = entry.tags.slice(0, maxNamed);
  return {
    ruleId: kind,
    ruleIndex: shown.indexOf(kind),
    level: excused === null ? (kinds[kind].sarif ?? 'note') : 'note',
    message: { text: plainText(findingText(entry, repository)) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(configFile) }, region: { startLine: 1 } },
        logicalLocations: named.map((name) => ({
          name,
          fullyQualifiedName: `${repository}:${name}`,
          kind: 'resource',
        })),
      },
    ],
    // All results are at one line; without its own fingerprint each would be taken for the one before it.
    partialFingerprints: { primaryLocationLineHash: `${kind}:${repository}:${tag}:1` },
  };
}

/** Brackets would be an embedded link (SARIF 2.1.0, 3.11.6). */
function plainText(text: string): string {
  return text.replaceAll(/[\\[\]]/g, String.raw`\$&`);
}

/** A relative reference. */
function uriOf(file: string): string {
  return pathInside(file).split('/').map(encodeURIComponent).join('/');
}
