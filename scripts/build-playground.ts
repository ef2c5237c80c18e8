/** `npm run build:playground`: writes the page to where the site of the documents takes it from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildPlayground } from './playground.ts';

const folder = new URL('../docs/.vitepress/public/', import.meta.url);
const html = await buildPlayground();
mkdirSync(folder, { recursive: true });
const file = fileURLToPath(new URL('playground.html', folder));
writeFileSync(file, html);
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
console.log(`${file}: ${kilobytes(Buffer.byteLength(html))}, ${kilobytes(gzipSync(html).length)} compressed`);
