/** Documents that are made from the program itself, so that they cannot say anything else than it does. */
import { CommanderError, type Command } from 'commander';
import { z } from 'zod';
import { findingKinds, kinds } from '../../src/audit/kinds.ts';
import { createProgram } from '../../src/cli/program.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { runCli } from './run-cli.ts';

/** A line a key, nested keys with their path. */
export function configReference(): string {
  const rows = keysOf(configJsonSchema(), '').map(({ path, type, text }) => `| \`${path}\` | ${type} | ${text} |`);
  return [
    '# Config keys',
    '',
    'Generated from the schema by `npm run generate`. The same keys can be set next to `images`, as defaults of every image.',
    '',
    '| key | type | what |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

interface Key {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

const node = z.looseObject({
  type: z
    .union([z.string(), z.array(z.string()).transform((types) => types.join(' or ').replace('string', 'text'))])
    .optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});
type Node = z.output<typeof node>;

function keysOf(schema: unknown, prefix: string): Key[] {
  const properties = node.parse(schema).properties ?? {};
  return Object.entries(properties).flatMap(([name, value]) => {
    const parsed = node.parse(value);
    if (prefix === 'images.NAME' || /^(?:pythons|flavors)\.NAME$/.test(prefix)) return [];
    if (/^(?:aliases|defaults)\..*\[\]$/.test(prefix)) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [
      { path, type: typeText(parsed), text: (parsed.description ?? '').replaceAll('|', '\\|') },
      ...below(parsed, path),
    ];
  });
}

/** Keys of what a key holds: an object, the values of a record, the items of a list, the object among alternatives. */
function below(schema: Node, path: string): Key[] {
  if (path === 'images') return [];
  const inner = [
    ...(schema.properties === undefined ? [] : keysOf(schema, path)),
    ...(typeof schema.additionalProperties === 'object' ? belowValue(schema.additionalProperties, `${path}.NAME`) : []),
    ...(schema.items === undefined ? [] : belowValue(schema.items, `${path}[]`)),
    ...(schema.anyOf ?? []).flatMap((option) => below(node.parse(option), path)),
  ];
  return [...new Map(inner.map((key) => [key.path, key])).values()];
}

function belowValue(schema: unknown, path: string): Key[] {
  return below(node.parse(schema), path);
}

function typeText(schema: Node): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((option) => typeText(node.parse(option))))].join(' or ');
  if (schema.type === 'array') return `list of ${typeText(node.parse(schema.items ?? {}))}`;
  if (schema.type === 'object') return schema.properties === undefined ? 'object by name' : 'object';
  return schema.type === 'string' || schema.type === undefined ? 'text' : schema.type;
}

/** Every command with its help, as the terminal shows it. */
export function cliReference(): string {
  const program = createProgram({ version: '', color: () => false }, () => Promise.resolve());
  const parts = [program, ...program.commands].map(helpOf);
  return `# Commands\n\nGenerated from the program by \`npm run generate\`.\n\n${parts.join('\n')}`;
}

function helpOf(command: Command): string {
  const title = command.parent === null ? 'tagwright' : `tagwright ${command.name()}`;
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return `## ${title}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

const kindsTable = /(?<start><!-- kinds -->\n)[^]*?(?<end><!-- \/kinds -->)/;

/** docs/audit.md with a row for each kind of finding, between its two markers. */
export function withKinds(document: string): string {
  if (!kindsTable.test(document)) throw new Error('docs/audit.md has no markers for the table of kinds');
  const rows = findingKinds
    .filter((kind) => kind !== 'ok')
    .map((kind) => `| \`${kind}\` | ${kinds[kind].details} | ${kinds[kind].remedy} |`);
  const text = ['', '| kind | means | fix |', '| --- | --- | --- |', ...rows, '', ''].join('\n');
  return document.replace(kindsTable, (_, start: string, end: string) => `${start}${text}${end}`);
}

const shownCommand = /(?<start>```console\n\$ tagwright (?<command>[^\n]+)\n)(?<output>[^]*?)(?<end>```)/g;

/** A document with the output of each `$ tagwright …` that stands alone at the head of a console block put in anew. */
export async function withOutputs(document: string): Promise<string> {
  const outputs = new Map<string, string>();
  for (const match of document.matchAll(shownCommand)) {
    const command = match.groups?.['command'] ?? '';
    const run = await runCli(wordsOf(command));
    // No document is of one version.
    outputs.set(command, `${run.stdout}${run.stderr}`.replaceAll('tagwright@0.0.0', 'tagwright@…'));
  }
  return document.replaceAll(shownCommand, (...match) => {
    const groups = z.record(z.string(), z.string()).parse(match.at(-1));
    return `${groups['start'] ?? ''}${outputs.get(groups['command'] ?? '') ?? ''}${groups['end'] ?? ''}`;
  });
}

/** Command lines after a `$`, with what follows a `#` or a `>` left out. */
export function shownCommands(document: string): readonly string[] {
  return [...document.matchAll(/^\$ (?:npx )?tagwright (?<command>[^\n#>]+)/gm)].map((match) =>
    (match[1] ?? '').trim(),
  );
}

/** As a shell takes them: what is in single or double quotes is one. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) =>
    word.replace(/^(['"])(?<text>.*)\1$/, '$<text>'),
  );
}

/** Those that the program does not take; none of them runs. */
export async function refusedCommands(commands: readonly string[]): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const command of commands) {
    const program = createProgram({ version: '', color: () => false }, () => Promise.resolve());
    for (const each of [program, ...program.commands])
      each.exitOverride().configureOutput({ writeErr: () => undefined });
    try {
      await program.parseAsync(wordsOf(command), { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      refused.push(`${command}: ${error.message}`);
    }
  }
  return refused;
}
