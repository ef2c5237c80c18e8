/** `explain` where the registry lets nobody in: that is not to say that a tag is not there. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** @returns its host */
async function deny(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : ''}`;
}

test.each([
  { tag: 'latest', says: 'where it points is not known' },
  { tag: 'nope', says: 'where it points is not known: REGISTRY_DENIED HEAD' },
])('$tag is not known, and nothing says that it does not exist', async ({ tag, says }) => {
  const host = await deny();
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      repository: `${host}/acme/app`,
      source: { file: 'releases.json' },
      dockerfile: 'Dockerfile',
      rules: { sha: false },
    }),
    'releases.json': '[{ "version": "1.0.0" }]',
  });
  const { code, stdout } = await runCli(['explain', tag, '--config', `${folder}/matrix.config.json`]);
  expect(code).toBe(3);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(says);
  expect(stdout).not.toContain('does not exist');
});
