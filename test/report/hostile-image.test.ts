/** One image for each trick that its labels, environment and platforms can play, in every format of a report. */
import { expect, test } from 'vitest';
import { annotationLine } from '../../src/action/workflow-commands.ts';
import { drawPicture } from '../../src/audit/picture.ts';
import { summarize } from '../../src/audit/select.ts';
import type { AuditReport } from '../../src/audit/types.ts';
import { labelNames } from '../../src/domain/labels.ts';
import { parseImageConfig } from '../../src/domain/image.ts';
import { auditHtml } from '../../src/report/page/audit.ts';
import { auditJson } from '../../src/report/audit-json.ts';
import { auditMarkdown } from '../../src/report/audit-markdown.ts';
import { auditSarif } from '../../src/report/audit-sarif.ts';
import { auditTable } from '../../src/report/audit-table.ts';
import { audit, auditCase, cellDigest, cellOf, contentOf, digestFor, healthy } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

const tricks = {
  'an escape sequence': '\u001B[2J\u001B]8;;http://evil.example\u0007x',
  'controls of the second block': '\u009B31m\u0090x',
  'a bidi override': '1.0.0\u202Egnp.',
  'zero width and tag characters': '1\u200B.0\u{E0041}',
  'a lone carriage return': 'wrong\rright',
  'a command on a line of its own': 'x\n::error::pwned\n::add-mask::a',
  'a command behind many words': `${'word '.repeat(12)} ::error::pwned ##[error]pwned`,
  'Markdown: emphasis, code, formula, heading': '# **bold** `code` $x$ ~~s~~',
  'Markdown: a link and an image': '[click](http://evil.example) ![x](https://evil.example/p.png)',
  'Markdown: bare links': 'http://evil.example www.evil.example mailto:a@evil.example',
  'a table cell of its own': 'a | b |\n| c |',
  'a mention and a reference': '@octocat please see #1 and GH-2',
  HTML: '</script><img src=x onerror=alert(1)><!--',
  'a closed code block': 'x\n```\n@octocat',
  'a very long text': 'A'.repeat(5000),
};

const made = auditCase(smallConfig, daily('1.0.0', '1.0.1'));

/** An audit of a registry in which the image of one cell says this wherever it can say something. */
function reportOn(text: string): { report: AuditReport; html: string } {
  const [first] = [...made.expected.tags.values()].flatMap((tag) => (tag.kind === 'pinned' ? [tag.tag] : []));
  const cell = cellOf(made, first ?? '');
  const says = {
    os: text,
    architecture: text,
    config: {
      Labels: { [labelNames.version]: text, 'io.tagwright.python': text, [text]: text },
      Env: [`PYTHON_VERSION=${text}`],
    },
  };
  const facts = parseImageConfig(new TextEncoder().encode(JSON.stringify(says)), digestFor('config'));
  if (facts === null) throw new Error('the config was not read');
  const { labels, platform, pythonVersion } = facts;
  const content = contentOf(made, cell, { labels, platforms: [platform], python: pythonVersion ?? '' });
  const audited = audit(made, healthy(made), { contents: new Map([[cellDigest(cell), content]]) });
  const report: AuditReport = {
    schema: 1,
    repository: 'registry.example/acme/app',
    checkedAt: '2026-11-24T12:00:00Z',
    requests: 1,
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes: audited.notes,
  };
  return { report, html: auditHtml([{ report, picture: drawPicture(made.expected, audited, made.known.releases) }]) };
}

const hidden = /[^\P{C}\n]/u;
const commandLine = /^\s*::(?!error title=audit::)|##\[/m;

test.each(Object.entries(tricks))('%s', (_name, text) => {
  const { report, html } = reportOn(text);
  const because = report.findings.map((finding) => finding.because).join('\n');
  expect(because).toContain('says');
  const outputs = {
    table: auditTable(report, false),
    markdown: auditMarkdown(report),
    json: auditJson([report]),
    sarif: auditSarif([report], 'matrix.config.ts', '1.0.0'),
    html,
    annotation: annotationLine({ level: 'error', title: 'audit', message: because }),
  };
  for (const [format, output] of Object.entries(outputs)) {
    expect({ format, hidden: hidden.exec(output)?.[0] }).toEqual({ format, hidden: undefined });
    expect({ format, command: commandLine.exec(output)?.[0] }).toEqual({ format, command: undefined });
    expect({ format, long: output.includes('A'.repeat(500)) }).toEqual({ format, long: false });
  }
  const live = /[[\]*`~$]|https?:\/\/|www\.|@\w|(?<!&)#\d|GH-\d|<(?!\/?(?:details|summary))/;
  const prose = outputs.markdown
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/\\./g, '')
    .replaceAll(/`[^`\n]*`/g, '');
  expect(live.exec(prose)?.[0]).toBe(undefined);
  // The page has the config's own mark-up, and none of the image's.
  expect(html).not.toMatch(/<img|<\/script><img|<\w[^>]*onerror/);
  const messages: { text: string }[] = JSON.parse(outputs.sarif).runs[0].results.map(
    (result: { message: { text: string } }) => result.message,
  );
  expect(messages.filter(({ text: said }) => /(?<!\\)\[[^\]]*(?<!\\)\]\(/.test(said))).toEqual([]);
});
