/** The action in this process, with the environment and the files a runner gives a step. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAction } from '../../src/action/run-action.ts';
import { tempFolder } from './temp-folder.ts';

export interface ActionInput {
  readonly event: string;
  readonly payload?: unknown;
  readonly ref?: string;
  readonly sha?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ActionRun {
  readonly code: number;
  /** What the runner reads on stdout. */
  readonly log: string;
  /** As the runner reads GITHUB_OUTPUT; paths of files are replaced by what is in them. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs a step; what differs from run to run (delimiters, folders) is taken out. */
export async function runStep(input: ActionInput): Promise<ActionRun> {
  const folder = await tempFolder({
    'event.json': JSON.stringify(input.payload ?? {}),
    output: '',
    env: '',
    summary: '',
  });
  await mkdir(join(folder, 'temp'));
  const lines: string[] = [];
  const code = await runAction({
    version: '0.0.0',
    env: stepEnv(input, folder),
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
  });
  return { code, log: steady(lines.join('\n')), ...(await readCommandFiles(folder)) };
}

/** What a runner sets for a step, and the little of this process that programs need. */
export function stepEnv({ event, ref, sha, inputs, env }: ActionInput, folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_REF: ref ?? 'refs/heads/main',
    GITHUB_SHA: sha ?? 'f'.repeat(40),
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_ENV: join(folder, 'env'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    RUNNER_TEMP: join(folder, 'temp'),
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...env,
  };
}

export async function readCommandFiles(folder: string): Promise<Pick<ActionRun, 'outputs' | 'variables' | 'summary'>> {
  const outputs = readValues(await readFile(join(folder, 'output'), 'utf8'));
  for (const [name, value] of Object.entries(outputs)) {
    if (value.startsWith(`${join(folder, 'temp')}/`)) outputs[name] = await readFile(value, 'utf8');
  }
  return {
    outputs,
    variables: readValues(await readFile(join(folder, 'env'), 'utf8')),
    summary: steady(await readFile(join(folder, 'summary'), 'utf8')),
  };
}

/** The runner's own reading of a command file: `NAME<<DELIMITER`, lines, `DELIMITER`. */
export function readValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length - 1; at += 1) {
    const head = /^(?<name>[^<=]+)<<(?<delimiter>.+)$/.exec(lines[at] ?? '')?.groups;
    if (head === undefined) throw new Error(`the runner cannot read ${JSON.stringify(lines[at])}`);
    const end = lines.indexOf(head['delimiter'] ?? '', at + 1);
    if (end === -1) throw new Error(`${head['name']} has no end`);
    values[head['name'] ?? ''] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return values;
}

/**
 * Ports, folders, random names and times taken out, so that a text can be compared with a file. Digests are numbered: what
 * is compressed differs from one Node to the next, and which of them are the same is what matters.
 */
export function steady(text: string): string {
  const digests = new Map<string, number>();
  return (
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<random>')
      .replaceAll(/(?<host>127\.0\.0\.1(?::|%3A|_))\d+/g, '$<host><port>')
      .replaceAll(/\/\S*tagwright-test-[A-Za-z0-9]+/g, '<folder>')
      .replaceAll(/[\w.-]+\.jsonl/g, '<run>.jsonl')
      .replaceAll(/\b\d+\.\d s\b/g, '<time> s')
      .replaceAll(/\d+ ms\b/g, '<time> ms')
      .replaceAll(/\b[\d.]+ [kM]?B\b/g, '<size>')
      // Whether the engine still has the layers of an earlier run.
      .replaceAll('| cached |', '| built |')
      .replaceAll(/(?<=<size> in [\d.]+), [-+][\d.]+ %/g, ', <growth>')
      .replaceAll(/sha256:(?<start>[0-9a-f]{12})(?:[0-9a-f]{52})?/g, (_, start: string) => {
        digests.set(start, digests.get(start) ?? digests.size + 1);
        return `<digest ${digests.get(start)}>`;
      })
  );
}
