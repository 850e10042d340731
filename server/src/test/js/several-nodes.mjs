// A client of several nodes that writes notes to itself all the time, in a process of its own: node
// several-nodes.mjs ws://…/v1/ws ws://…/v1/ws. Says `begun` once it is live. When standard input ends
// it waits for what is still on its way, and says as one line of JSON what it saw.

import { Tidings } from '../../main/resources/web/tidings.js';

const PAUSE_MILLIS = 20;
const PATIENCE_MILLIS = 60_000;

const seen = { sent: 0, answered: 0, seqs: [], texts: [], gaps: [], failures: [], welcomes: 0 };
const tidings = new Tidings({ url: process.argv.slice(2), user: 'script', device: 'd' });
const unanswered = new Set();
let ending = false;

tidings.on('entry', ({ in: address, seq, data }) => {
  if (address !== 'u:script') return;
  seen.seqs.push(seq);
  seen.texts.push(data);
});
tidings.on('gap', (gap) => seen.gaps.push(gap));
tidings.on('fault', ({ message }) => seen.failures.push(message));
tidings.on('state', ({ state }) => {
  if (state !== 'live') return;
  if (seen.welcomes === 0) {
    console.log('begun');
    write();
  }
  seen.welcomes++;
});

function write() {
  if (ending) return;
  const answer = tidings.send('u:script', seen.sent++).then(
    () => seen.answered++,
    (error) => seen.failures.push(String(error)),
  );
  unanswered.add(answer);
  answer.finally(() => unanswered.delete(answer));
  setTimeout(write, PAUSE_MILLIS);
}

async function end() {
  ending = true;
  await Promise.all(unanswered);
  const until = Date.now() + PATIENCE_MILLIS;
  while (seen.seqs.length < seen.sent && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
  }
  console.log(JSON.stringify(seen));
  process.exit(0);
}

process.stdin.on('end', end).resume();
tidings.start();
