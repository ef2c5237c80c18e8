/** What a yank or unyank changes in the config and in every repository, and the text for the release. */
import { assertNever } from '../domain/errors.ts';
import type { Several } from '../domain/several.ts';
import type { PlanDiff } from '../plan/plan-diff.ts';
import { applyReportsJson, applyTable, type ApplyReport } from './apply.ts';
import { changesJson, changesTable } from './plan-diff.ts';
import { jsonText } from './plan-json.ts';
import { count } from './words.ts';

interface YankFacts {
  readonly kind: 'yank' | 'unyank';
  readonly version: string;
  /** Of a withdrawn release. */
  readonly reason: string | null;
  readonly diff: PlanDiff;
}

/** What becomes of the config. */
export type YankConfig =
  | { readonly kind: 'there' | 'write'; readonly file: string }
  | { readonly kind: 'by-hand'; readonly file: string; readonly line: string | null; readonly place: string };

export interface YankReport extends YankFacts {
  /** `registry/path` of each. */
  readonly names: Several<string>;
  readonly config: YankConfig;
  /** The config was written and tags were moved. */
  readonly isWritten: boolean;
  readonly dryRun: boolean;
  readonly reports: readonly ApplyReport[];
  /** For the text of the release on its forge; `null` if there is none. */
  readonly page: string | null;
}

/** Who owns what before and after, in every repository, before anything is changed. */
export function yankPreview(facts: YankFacts & { readonly repositories: Several<string> }): string {
  const { diff, repositories } = facts;
  const { changes } = diff;
  const head = headline(facts);
  if (changes.length === 0) return `${head}\nIt owns no convenience tag: none changes its owner.\n`;
  const where = repositories.join(' and ');
  return `${head}\n${count(changes.length, 'tag')} of ${where}:\n${changesTable(changes)}\n`;
}

function headline({ kind, version, reason }: YankFacts): string {
  return kind === 'yank' ? `Withdraw ${version}: ${reason ?? ''}` : `Take back the withdrawal of ${version}`;
}

export function yankText(report: YankReport): string {
  const { dryRun, reports, page, version, names } = report;
  const parts = [
    dryRun ? yankPreview({ ...report, repositories: names }).trimEnd() : headline(report),
    configText(report),
    applyTable(reports, 'every tag of this release points where it should').trimEnd(),
    page === null ? '' : `${pageHead(version)}\n\n${page.trimEnd()}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function pageHead(version: string): string {
  return `For the text of the release on its forge, where \`tagwright docs --release ${version}\` puts it:`;
}

function configText({ config, isWritten, kind }: YankReport): string {
  switch (config.kind) {
    case 'there':
      return `${config.file} ${kind === 'yank' ? 'says so already' : 'has no such line'}`;
    case 'write':
      return `${config.file} ${isWritten ? 'is written: commit it' : 'would be written'}`;
    case 'by-hand': {
      const todo =
        config.line === null ? 'Delete the entry' : `Write this line, and run the command again:\n  ${config.line}`;
      return `${config.file} is not edited by tagwright, and nothing was moved. ${todo}\n  at ${config.place}`;
    }
    default:
      return assertNever(config);
  }
}

export function yankJson({
  kind,
  version,
  reason,
  config,
  isWritten,
  diff,
  reports,
  page,
  dryRun,
}: YankReport): string {
  const { kind: how, file, ...more } = config.kind === 'by-hand' ? config : { kind: config.kind, file: config.file };
  return jsonText({
    schema: 1,
    change: kind,
    version,
    reason,
    dryRun,
    config: { file, state: how === 'write' ? (isWritten ? 'written' : 'to write') : how, ...more },
    tags: changesJson(diff.changes),
    repositories: applyReportsJson(reports),
    releaseText: page,
  });
}
