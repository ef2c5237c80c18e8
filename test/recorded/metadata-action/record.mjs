/**
 * Writes what docker/metadata-action itself gives for each event of `events.json` back into that file: by hand, for a new
 * release of it. Nothing of it is kept here.
 *
 *     node record.mjs PATH_TO/docker-metadata-action/dist/index.cjs v6.2.0
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [program, version] = process.argv.slice(2);
const file = new URL('events.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8'));

/** The two questions that it asks GitHub: of the repository, and of the commit's date. */
const server = createServer((request, response) => {
  const commit = /^\/repos\/acme\/app\/commits\/(?<sha>\w+)$/.exec(request.url ?? '')?.groups?.sha;
  response.setHeader('content-type', 'application/json');
  const date = '2026-11-28T20:00:00Z';
  response.end(JSON.stringify(commit ? { sha: commit, commit: { committer: { date } } } : recorded.repository));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

for (const entry of recorded.events) {
  recorded.repository.default_branch = entry.payload.repository.default_branch;
  entry.observed = await run(entry);
}
recorded.version = version;
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
server.close();

async function run({ event, ref, sha, payload, env = {}, inputs }) {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-action-'));
  for (const name of ['output', 'env', 'summary']) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'event.json'), JSON.stringify(payload));
  const { port } = server.address();
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env.PATH,
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
      GITHUB_REF: ref,
      GITHUB_SHA: sha,
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_ENV: join(folder, 'env'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      RUNNER_TEMP: folder,
      'INPUT_GITHUB-TOKEN': 'none',
      INPUT_CONTEXT: 'workflow',
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    },
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`metadata-action ended with ${code}`);
  const text = readFileSync(join(folder, 'output'), 'utf8');
  const outputs = {};
  for (const { groups } of text.matchAll(/^(?<name>[\w-]+)<<(?<end>ghadelimiter_\S+)\n(?<value>[^]*?)\n\k<end>$/gm))
    outputs[groups.name] = groups.value;
  const lines = (name) => outputs[name].split('\n').filter((line) => line !== '');
  return {
    version: outputs.version,
    tags: lines('tags'),
    labels: lines('labels'),
    annotations: lines('annotations'),
    json: JSON.parse(outputs.json),
    bake: JSON.parse(readFileSync(outputs['bake-file'], 'utf8')),
  };
}
