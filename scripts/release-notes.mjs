// Prints the changelog's section of one version: `node scripts/release-notes.mjs v0.1.0`. Ends with 1 if package.json or
// the changelog does not have that version. Only Node's own modules: it runs before anything is installed.
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const version = (process.argv[2] ?? '').replace(/^v/, '');
const notes = notesOf(readFileSync(new URL('CHANGELOG.md', root), 'utf8'), version);
const { version: own } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

if (version !== own) fail(`package.json has the version ${own}, and the git tag says ${version}`);
else if (notes === null) fail(`CHANGELOG.md has no section "## ${version}" with text in it`);
else console.log(notes);

/** @returns {string | null} the text under the heading, without it */
function notesOf(changelog, wanted) {
  const sections = changelog.replaceAll('\r\n', '\n').split(/^## /m);
  const section = sections.find((text) => /^\[?(?<version>[^\]\s]+)/.exec(text)?.groups?.version === wanted);
  const text = section?.slice(section.indexOf('\n')).trim() ?? '';
  return text === '' ? null : text;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
