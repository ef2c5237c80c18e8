/** Tells the time over HTTP. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

if (process.argv[2] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  createServer((_request, response) => response.end(`${new Date().toISOString()}\n`)).listen(8080);
}
