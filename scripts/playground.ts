/** Builds the playground: one HTML file that makes no requests, with the planner, the examples and every license in it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { stringify } from 'yaml';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface PlaygroundExample {
  /** In the address of the page. */
  readonly name: string;
  readonly title: string;
  /** Of its config and facts, from the root. */
  readonly folder: string;
  readonly facts?: string;
}

/** The first is the one that the page begins with. */
export const playgroundExamples: readonly PlaygroundExample[] = [
  { name: 'prefect', title: 'Prefect: Pythons and flavors, 167 git tags', folder: 'examples/prefect' },
  { name: 'postgres', title: 'PostgreSQL: Debians and Alpines', folder: 'test/schemes/postgres' },
  { name: 'node', title: 'Node.js: codenames and long-term support', folder: 'test/schemes/node' },
  { name: 'cuda', title: 'A model server with CUDA', folder: 'examples/cuda' },
  { name: 'cuda-wheels', title: 'CUDA and cuDNN, wheel by wheel', folder: 'examples/cuda-wheels' },
  { name: 'airflow', title: 'Airflow: Pythons, slim images', folder: 'test/schemes/airflow' },
  {
    name: 'gateway',
    title: 'A service: semantic versions, a withdrawn release',
    folder: 'examples/semver-debian-alpine',
  },
  { name: 'home', title: 'Calendar versions: beta and nightly channels', folder: 'examples/calver' },
  { name: 'monorepo', title: 'Two images of one git repository', folder: 'examples/monorepo', facts: 'api.json' },
];

/** A config in TypeScript as the data that it exports: a pattern becomes its text. */
export async function configData(path: string): Promise<unknown> {
  const loaded = await loadConfigModule(path, { virtualModules: { tagwright: { defineConfig } } });
  return JSON.parse(
    JSON.stringify(loaded, (_key, value: unknown) => (value instanceof RegExp ? value.source : value)),
  ) as unknown;
}

/** The same in YAML, as the page shows it. */
export async function configYaml(path: string): Promise<string> {
  return stringify(await configData(path), { lineWidth: 0 });
}

/** @returns the text of the page */
export async function buildPlayground(): Promise<string> {
  const [page, planner] = [await bundled('playground/page.ts'), await bundled('playground/worker.ts')];
  const styles = readFileSync(`${root}playground/page.css`, 'utf8');
  const script = page.code;
  const parts: Readonly<Record<string, string>> = {
    policy: [
      "default-src 'none'",
      `script-src '${hashOf(script)}'`,
      `style-src '${hashOf(styles)}'`,
      'worker-src blob:',
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    styles: `<style>${styles}</style>`,
    planner: `<script type="text/plain" id="planner">${planner.code}</script>`,
    examples: `<script type="application/json" id="examples">${await examplesJson()}</script>`,
    script: `<script>${script}</script>`,
    licenses: escaped(planner.licenses),
  };
  const template = readFileSync(`${root}playground/page.html`, 'utf8');
  return template.replaceAll(/(?:<!-- )?\{\{(?<name>\w+)\}\}(?: -->)?/g, (whole, name: string) => parts[name] ?? whole);
}

async function examplesJson(): Promise<string> {
  const all = playgroundExamples.map(async ({ name, title, folder, facts = 'releases.json' }) => ({
    name,
    title,
    config: await configYaml(`${root}${folder}/matrix.config.ts`),
    releases: readFileSync(`${root}${folder}/${facts}`, 'utf8'),
  }));
  return JSON.stringify(await Promise.all(all)).replaceAll('<', String.raw`\u003c`);
}

interface Bundle {
  readonly code: string;
  readonly licenses: string;
}

async function bundled(entry: string): Promise<Bundle> {
  const [output] = await build({
    cwd: root,
    config: false,
    entry: { script: entry },
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    dts: false,
    write: false,
    // What is in dist/ is somebody else's.
    clean: false,
    logLevel: 'error',
    minify: true,
    deps: { alwaysBundle: [/.*/], onlyBundle: false },
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js', handlebars: 'handlebars/dist/handlebars.js' },
    outputOptions: { codeSplitting: false },
    plugins: [thirdPartyLicenses('licenses.txt')],
  });
  const chunks = output?.chunks ?? [];
  const script = chunks.find(({ type }) => type === 'chunk');
  const licenses = chunks.find(({ fileName }) => fileName === 'licenses.txt');
  if (script?.type !== 'chunk' || licenses?.type !== 'asset') throw new Error(`${entry} gave no script`);
  return { code: inElement(script.code.trim()), licenses: String(licenses.source) };
}

/** A script inside of HTML ends where the letters of its end tag are, wherever they are. */
function inElement(code: string): string {
  return code.replaceAll(/<(?=\/script|!--|script)/gi, String.raw`\x3c`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
