/** Errors and warnings as annotations, on the line of the config they are about where that is known. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { readTextFile } from '../adapters/files/text-file.ts';
import { isQuiet } from '../audit/kinds.ts';
import type { AuditReport } from '../audit/types.ts';
import { locateKey } from '../config/locate-key.ts';
import { count } from '../domain/count.ts';
import { InputError, OutsideError, type Problem } from '../domain/errors.ts';
import { redact } from '../domain/secrets.ts';
import { showHiddenInLines } from '../domain/text.ts';
import { failureOf } from '../entry/exit.ts';
import type { ReportDocument } from '../report/document.ts';
import { failures } from '../report/parts.ts';
import { markdownTable } from '../report/table.ts';
import type { Annotation } from './workflow-commands.ts';

/** What was thrown, as annotations. */
export async function errorAnnotations(error: unknown): Promise<Annotation[]> {
  if (error instanceof InputError) return Promise.all(error.problems.map(problemAnnotation));
  const [title = '', ...words] = failureOf(error, false).text.split('  ');
  if (error instanceof OutsideError) return [{ level: 'error', title, message: words.join('  ') }];
  return [{ level: 'error', title: 'tagwright', message: failureOf(error, false).text }];
}

/** What was thrown, as Markdown for the job summary. */
export function errorMarkdown(command: string, error: unknown): string {
  const head = `### tagwright ${command} stopped`;
  if (!(error instanceof InputError)) return `${head}\n\n${quoted(failureOf(error, false).text)}\n`;
  const rows = error.problems.map(({ code, where, message, fix }) => [code, where, redact(message), fix ?? '']);
  return `${head}\n\n${markdownTable(['code', 'where', 'what', 'what to do'], rows)}\n`;
}

/** What is not as planned, and what the facts or the config made somebody warn of. */
export function outcomeAnnotations(document: ReportDocument, result: string): Annotation[] {
  return [...notAsPlanned(document, result), ...warningsOf(document)];
}

function notAsPlanned(document: ReportDocument, result: string): Annotation[] {
  if (document.kind === 'publish') {
    return document.report.repositories.flatMap(({ repository, lags }) =>
      lags.map((message) => ({ level: 'error' as const, title: `${repository} lags`, message: redact(message) })),
    );
  }
  if (document.kind === 'build') {
    return failures(document.report).map((message) => ({
      level: 'error' as const,
      title: `${document.report.release.version} lags`,
      message: redact(message),
    }));
  }
  if (document.kind !== 'audit' || result === 'as-planned') return [];
  return document.reports.flatMap(auditAnnotation);
}

function auditAnnotation({ repository, findings, summary }: AuditReport): Annotation[] {
  if (findings.every(({ kind }) => isQuiet(kind))) return [];
  const counts = Object.entries(summary).filter(([kind, number]) => number > 0 && kind !== 'ok' && kind !== 'frozen');
  const message = `${counts.map(([kind, number]) => `${number} ${kind}`).join(', ')}; of ${count(findings.length, 'finding')} the first is ${findings[0]?.tag ?? ''}: ${findings[0]?.because ?? ''}`;
  return [{ level: 'error', title: `audit of ${repository}`, message: redact(message) }];
}

function warningsOf(document: ReportDocument): Annotation[] {
  const isReport = document.kind === 'publish' || document.kind === 'build';
  const warnings = document.kind === 'plan' ? document.plans[0].warnings : isReport ? document.report.warnings : [];
  return warnings.map(({ code, message, fix }) => ({
    level: 'warning',
    title: code,
    message: fix === undefined ? message : `${message}\nfix: ${fix}`,
  }));
}

async function problemAnnotation({ code, where, message, fix }: Problem): Promise<Annotation> {
  const place = await placeOf(where);
  const about = place.file === undefined ? `${where}: ` : '';
  return {
    level: 'error',
    title: code,
    message: showHiddenInLines(redact(`${about}${message}${fix === undefined ? '' : `\n${fix}`}`)),
    ...place,
  };
}

type Place = Pick<Annotation, 'file' | 'line' | 'column'>;

/** `matrix.config.ts pythons[2]`, `matrix.config.ts:4:12`, `dockerfiles/a.Dockerfile`: a file of the workspace, or nothing. */
async function placeOf(where: string): Promise<Place> {
  const numbered = /^(?<file>[^\s:]+):(?<line>\d+)(?::(?<column>\d+))?$/.exec(where)?.groups;
  const numberedFile = inWorkspace(numbered?.['file']);
  if (numberedFile !== null) {
    const { line, column } = numbered ?? {};
    return { file: numberedFile, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
  }
  const [name, path] = where.split(' ');
  const file = inWorkspace(name);
  if (file === null) return {};
  const line = path === undefined ? null : locateKey(await textOf(file), file, path);
  return line === null ? { file } : { file, line };
}

/** The path from the workspace, which is the working directory; `null` where it is not a file in there. */
function inWorkspace(file: string | undefined): string | null {
  if (file === undefined || file === '') return null;
  const near = relative('.', file);
  return near !== '' && !near.startsWith('..') && existsSync(near) ? near : null;
}

/** Its text; empty where it cannot be read, which the problem itself then says. */
async function textOf(file: string): Promise<string> {
  const missing = { code: 'CONFIG_NOT_FOUND', fix: '' } as const;
  try {
    return await readTextFile(file, { where: file, code: 'CONFIG_INVALID', maxBytes: 1024 * 1024, missing });
  } catch (error) {
    if (error instanceof InputError || error instanceof OutsideError) return '';
    throw error;
  }
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line.replaceAll('<', '&lt;')}`)
    .join('\n');
}
