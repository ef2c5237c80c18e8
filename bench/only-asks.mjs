/**
 * The honest limit of an audit: a Node process that reads a list of tags, asks a registry where each points, by one HEAD
 * over kept-alive connections, and does nothing else. `node bench/only-asks.mjs http://host:port/v2/path TAGS.txt`
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { argv } from 'node:process';

const [, , base = '', list = ''] = argv;
const connections = 32;
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const tags = readFileSync(list, 'utf8').split('\n').filter(Boolean);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const digests = new Map();
let next = 0;

/** @param {string} tag @returns {Promise<string>} */
function digestOf(tag) {
  return new Promise((resolve, reject) => {
    const asked = request(`${base}/manifests/${tag}`, { method: 'HEAD', agent, headers: { accept } }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        const digest = answer.headers['docker-content-digest'];
        if (answer.statusCode === 200 && typeof digest === 'string') resolve(digest);
        else reject(new Error(`${tag}: ${answer.statusCode}`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function work() {
  for (let tag = tags[next++]; tag !== undefined; tag = tags[next++]) digests.set(tag, await digestOf(tag));
}

await Promise.all(Array.from({ length: connections }, work));
agent.destroy();
console.log(digests.size);
