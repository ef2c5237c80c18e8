/** The playground as it ships: its page, built once for each process of tests, and its planner in a thread of Node. */
import { readdirSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildPlayground } from '../../scripts/playground.ts';
import type { Answer, Question } from '../../src/playground/question.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let built: Promise<string> | undefined;

export function playgroundPage(): Promise<string> {
  return (built ??= buildPlayground());
}

/** What stands in an element of the page. */
export function elementText(html: string, id: string): string {
  const found = new RegExp(`<script type="[^"]+" id="${id}">(?<text>[^]*?)</script>`).exec(html);
  if (found?.groups?.['text'] === undefined) throw new Error(`the page has no script #${id}`);
  return found.groups['text'];
}

export interface NodePlanner {
  ask(question: Partial<Question>): Promise<Answer>;
  close(): Promise<void>;
}

const nothing: Question = { config: '', releases: '', image: null, release: null, tag: null, wantsJson: false };

/** What a worker of a browser has and a thread of Node has not. */
const shim = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.addEventListener = (_type, listener) => parentPort.on('message', (data) => listener({ data }));
// Nothing of Node is there in a browser.
for (const name of ['process', 'Buffer', 'global', 'require', 'setImmediate']) delete globalThis[name];
`;

export async function nodePlanner(): Promise<NodePlanner> {
  const script = elementText(await playgroundPage(), 'planner');
  const worker = new Worker(`{${shim}}\n((require, module, exports) => {${script}\n})();`, { eval: true });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        worker.removeAllListeners();
        worker.once('message', resolve).once('error', reject);
        worker.postMessage({ ...nothing, ...question });
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

interface PlannedFolder {
  readonly folder: string;
  readonly facts: string;
  /** `null` where the config has one. */
  readonly image: string | null;
}

/** Every folder with a config and its facts: all examples, incidents and schemes. */
export function plannedFolders(): readonly PlannedFolder[] {
  const found = ['examples', 'test/schemes'].flatMap((top) =>
    readdirSync(`${root}${top}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('/matrix.config.ts'))
      .map((name) => `${top}/${name.slice(0, -'/matrix.config.ts'.length)}`),
  );
  return found
    .toSorted()
    .flatMap((folder): PlannedFolder[] =>
      existsSync(`${root}${folder}/releases.json`)
        ? [{ folder, facts: 'releases.json', image: null }]
        : ['api', 'worker'].map((image) => ({ folder, facts: `${image}.json`, image })),
    );
}
