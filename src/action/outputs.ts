/** What a command came to, as outputs of the step. */
import type { AuditReport } from '../audit/types.ts';
import type { RecordedBuild } from '../build/record.ts';
import { renderBake } from '../render/bake.ts';
import { findingJson } from '../report/audit-json.ts';
import { eventPlanJson } from '../report/event-plan.ts';
import type { ReportDocument } from '../report/document.ts';
import { matrixJson } from '../report/matrix-json.ts';
import {
  handedCell,
  handedEvent,
  metadataOutputs,
  type HandedCell,
  type MetadataWishes,
} from '../report/metadata-action.ts';
import { planDiffJson } from '../report/plan-diff.ts';
import { plansJson } from '../report/plan-json.ts';
import type { PublishReport } from '../report/publish.ts';

export interface StepOutputs {
  /** By name, in the order of action.yml. */
  readonly values: ReadonlyMap<string, string>;
  /** Files to write, by the output that holds their path. */
  readonly files: ReadonlyMap<string, string>;
}

export function documentOutputs(document: ReportDocument, wishes: MetadataWishes): StepOutputs {
  const values = new Map<string, string>();
  const files = new Map<string, string>();
  switch (document.kind) {
    case 'plan': {
      const { plans, cells, build } = document;
      const [plan] = plans;
      values.set('plan', oneLine(plansJson(plans)));
      if (plan.release === null) break;
      values.set('release', plan.release);
      values.set('revision', plan.cells[0]?.revision ?? '');
      const [cell, ...others] = cells;
      if (cell !== undefined && others.length === 0) addCell(handedCell(cell, wishes.tags), wishes, values, files);
      else {
        values.set('version', plan.release);
        const targets = cells.map(({ target }) => target);
        files.set('bake-file', renderBake(targets, { push: true, ...build }));
      }
      break;
    }
    case 'event':
      addEvent(document, wishes, values, files);
      break;
    case 'plan-diff': {
      const { appears, goes, changes } = document.diff;
      values.set('plan', oneLine(planDiffJson(document.diff)));
      values.set('changed', String(appears.length + goes.length + changes.length > 0));
      break;
    }
    case 'matrix': {
      const [job] = document.matrix.include;
      values.set('version', job?.version ?? '');
      values.set('release', job?.version ?? '');
      values.set('revision', job?.revision ?? '');
      values.set('matrix', oneLine(matrixJson(document.matrix)));
      break;
    }
    case 'publish':
      values.set('version', document.report.version ?? document.report.release);
      values.set('release', document.report.release);
      values.set('digests', JSON.stringify(digestsOf(document.report)));
      if (document.report.plan !== null) {
        values.set('plan-file', document.report.plan.file);
        values.set('plan-hash', document.report.plan.hash);
      }
      break;
    case 'build': {
      const { release, builds } = document.report;
      values.set('version', release.version);
      values.set('release', release.version);
      values.set('revision', release.revision ?? '');
      values.set('digests', JSON.stringify(partDigests(builds)));
      break;
    }
    case 'audit':
      values.set('findings', JSON.stringify(document.reports.flatMap(findingsOf)));
      break;
  }
  return { values, files };
}

/** Of several repositories each finding names its own. */
function findingsOf(report: AuditReport, _index: number, all: readonly AuditReport[]): object[] {
  return report.findings.map((finding) =>
    all.length === 1 ? findingJson(finding) : { repository: report.repository, ...findingJson(finding) },
  );
}

/** Of a build that is not a release. */
function addEvent(
  { plan, cells, build }: Extract<ReportDocument, { kind: 'event' }>,
  wishes: MetadataWishes,
  values: Map<string, string>,
  files: Map<string, string>,
): void {
  const { push } = plan;
  values.set('plan', oneLine(eventPlanJson(plan)));
  values.set('revision', plan.event.revision);
  values.set('push', String(push));
  const handed = cells.map((cell) => handedEvent(cell, wishes.tags));
  const [cell, ...others] = handed;
  if (cell !== undefined && others.length === 0) addCell(cell, wishes, values, files);
  else {
    const targets = handed.map(({ target }) => target);
    files.set('bake-file', renderBake(targets, { push, ...build }));
  }
}

/** The outputs of docker/metadata-action, under its names. */
function addCell(
  cell: HandedCell,
  wishes: MetadataWishes,
  values: Map<string, string>,
  files: Map<string, string>,
): void {
  const outputs = metadataOutputs(cell, wishes);
  values.set('version', outputs.version);
  values.set('tags', outputs.tags.join('\n'));
  values.set('tag-names', outputs.tagNames.join('\n'));
  values.set('labels', outputs.labels.join('\n'));
  values.set('annotations', outputs.annotations.join('\n'));
  values.set('json', outputs.json);
  const { target } = cell;
  values.set(
    'build-args',
    Object.entries(target.args)
      .map((pair) => pair.join('='))
      .join('\n'),
  );
  values.set('platforms', target.platforms.join(','));
  values.set('dockerfile', target.dockerfile);
  files.set('bake-file', outputs.bakeFile);
  files.set('bake-file-tags', outputs.bakeFileTags);
  files.set('bake-file-labels', outputs.bakeFileLabels);
  files.set('bake-file-annotations', outputs.bakeFileAnnotations);
}

/** Tag to digest, of every tag that stands where it should after a publish; the same in every repository. */
function digestsOf(report: PublishReport): Readonly<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { cells, moves } of report.repositories) {
    for (const { tags, digest } of cells) for (const tag of tags) if (digest !== null) digests[tag] = digest;
    for (const { move, state } of moves) {
      if (move.to.digest !== null && (state === 'moved' || state === 'already')) digests[move.tag] = move.to.digest;
    }
  }
  return digests;
}

/** Cell and platforms to digest, of what a job built or found published; the same in every repository. */
function partDigests(builds: readonly RecordedBuild[]): Readonly<Record<string, string>> {
  return Object.fromEntries(builds.map(({ cell, platforms, digest }) => [[cell, ...platforms].join(' '), digest]));
}

function oneLine(json: string): string {
  return JSON.stringify(JSON.parse(json));
}
