// The promise as a whole: whatever is cut, delayed or refused, and whenever, the application sees each
// log from its start to its head without a gap and without a repeat, and what it sent stands in the
// log once and in the order of sending. A seed names each run and replays it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, seeded, settled, stage } from './stage.mjs';

const RUNS = 150;
const STEPS = 400;
const PAGE = 3;

/** Logs, deduplication and one reader; what it writes to the reader waits in `pipe` until carried. */
class ModelServer {
  logs = new Map();
  commits = 0;
  cids = new Map();
  refusesUntilMillis = 0;

  constructor(clock, random) {
    this.clock = clock;
    this.random = random;
  }

  log(address) {
    const log = this.logs.get(address) ?? { epoch: `e-${address}`, entries: [], commit: 0 };
    this.logs.set(address, log);
    return log;
  }

  append(address, from, fields) {
    const log = this.log(address);
    const entry = { seq: log.entries.length + 1, from, ...fields, ts: this.clock.now() };
    log.entries.push(entry);
    log.commit = ++this.commits;
    const reader = this.reader;
    if (reader?.welcomed) {
      if (this.random() < 0.1) {
        // Fell out on the way; the server noticed.
        const gap = { op: 'gap', in: address, epoch: log.epoch, after: entry.seq - 1 };
        reader.pipe.push({ ...gap, head: entry.seq });
      } else reader.pipe.push({ op: 'msg', in: address, ...entry });
    }
    return entry;
  }

  connected(peer) {
    this.reader = { peer, pipe: [], late: [], inbox: [], welcomed: false };
    peer.onFrame = (frame) => this.reader?.peer === peer && this.reader.inbox.push(frame);
  }

  /** The oldest frame of the client arrives. */
  readOne() {
    const frame = this.reader?.inbox.shift();
    for (const line of frame?.split('\n') ?? []) this.on(this.reader, JSON.parse(line));
  }

  on(reader, unit) {
    const reply = (fields) => ({ op: 'ok', id: unit.id, ...fields });
    switch (unit.op) {
      case 'auth':
        reader.welcomed = true;
        reader.pipe.push(hello({ ping: 0 }));
        break;
      case 'sync': {
        const since = Number(unit.since ?? 0);
        const from = Number(unit.next ?? 0);
        const cursor = unit.next === undefined ? this.commits : reader.syncCursor;
        reader.syncCursor = cursor;
        const moved = [...this.logs].filter(([, log]) => log.commit > since);
        const convs = moved.slice(from, from + PAGE).map(([address, log]) => ({
          in: address,
          epoch: log.epoch,
          low: 1,
          head: log.entries.length,
          tail: log.entries.slice(-unit.tail),
        }));
        const more = moved.length > from + PAGE;
        const end = more ? { next: String(from + PAGE) } : { cursor: String(cursor) };
        reader.late.push(reply({ ...end, convs }));
        break;
      }
      case 'history': {
        const log = this.log(unit.in);
        const items = log.entries.slice(unit.after, unit.after + PAGE);
        const head = log.entries.length;
        reader.late.push(reply({ in: unit.in, epoch: log.epoch, low: 1, head, items }));
        break;
      }
      case 'send':
        reader.pipe.push(this.sent(unit, reply));
        break;
    }
  }

  sent(unit, reply) {
    const nowMillis = this.clock.now();
    if (nowMillis < this.refusesUntilMillis || this.random() < 0.1) {
      this.refusesUntilMillis = Math.max(this.refusesUntilMillis, nowMillis + 200);
      const retry = this.refusesUntilMillis - nowMillis;
      return { op: 'err', id: unit.id, code: 'rate', retry };
    }
    const { epoch } = this.log(unit.to);
    const known = this.cids.get(unit.cid);
    if (known) return reply({ in: unit.to, epoch, seq: known.seq, dup: true });
    const entry = this.append(unit.to, 'alice', { cid: unit.cid, data: unit.data });
    this.cids.set(unit.cid, entry);
    return reply({ in: unit.to, epoch, seq: entry.seq });
  }

  /** Replies may overtake one another and be overtaken by live entries. */
  releaseOne() {
    const { reader } = this;
    if (!reader?.welcomed || reader.late.length === 0) return;
    const [reply] = reader.late.splice(Math.floor(this.random() * reader.late.length), 1);
    reader.pipe.push(reply);
  }

  /** One frame with up to three units reaches the client. */
  writeOne() {
    const units = this.reader?.pipe.splice(0, 1 + Math.floor(this.random() * 3)) ?? [];
    if (units.length > 0) this.reader.peer.says(...units);
  }

  ping() {
    const { reader } = this;
    if (reader?.welcomed) reader.pipe.push({ op: 'ping', cursor: String(this.commits) });
  }

  get quiet() {
    const { inbox, late, pipe } = this.reader ?? { inbox: [], late: [], pipe: [] };
    return inbox.length + late.length + pipe.length === 0;
  }
}

async function play(seed) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const alice = stage({ random, limits: { heldEntries: pick([2, 1_000]) }, tail: pick([0, 1, 5]) });
  const server = new ModelServer(alice.clock, random);
  const addresses = ['u:bob', 'g:a', 'g:b', 'g:c', 'g:d', 'u:carol'];
  for (let i = 0; i < 8; i++) server.append(pick(addresses.slice(0, 2)), 'bob', { data: i });
  // What was there before the first sync is shown as far as its tail goes, the rest entirely.
  let headsAtFirst;
  alice.client.on('state', ({ state }) => {
    if (state !== 'live') return;
    headsAtFirst ??= new Map([...server.logs].map(([name, log]) => [name, log.entries.length]));
  });

  const sent = [];
  let connected;
  const connect = () => {
    if (alice.peer === connected || alice.peer === undefined) return;
    connected = alice.peer;
    server.connected(connected);
    connected.opens();
  };
  const lose = (how) => {
    server.reader = undefined;
    how();
  };
  const actions = [
    [8, () => server.readOne()],
    [8, () => server.releaseOne()],
    [10, () => server.writeOne()],
    [6, () => server.append(pick(addresses), 'bob', { data: random() })],
    [4, () => {
      const to = pick(addresses);
      sent.push({ to, data: sent.length, answer: alice.client.send(to, sent.length) });
    }],
    [1, () => server.ping()],
    [1, () => alice.clock.advance(random() * 2_000)],
    [0.5, () => lose(() => alice.client.cut())],
    [0.5, () => lose(() => alice.peer.ends(pick([1006, 4002, 4004])))],
    [0.2, () => lose(() => alice.client.stop())],
    [0.5, () => alice.client.start()],
  ];
  const weights = actions.reduce((sum, [weight]) => sum + weight, 0);

  alice.client.start();
  for (let step = 0; step < STEPS; step++) {
    connect();
    let at = random() * weights;
    const [, act] = actions.find(([weight]) => (at -= weight) < 0) ?? actions[0];
    act();
  }
  // The weather clears.
  alice.client.start();
  for (let round = 0; round < 5_000; round++) {
    connect();
    server.readOne();
    server.releaseOne();
    server.writeOne();
    if (server.quiet) {
      if (alice.client.state.state === 'live' && alice.client.unanswered === 0) break;
      alice.clock.advance(500);
    }
  }

  assert.equal(alice.client.unanswered, 0, 'sends left unanswered');
  for (const [address, log] of server.logs) {
    const seen = alice.seqs(address);
    const head = log.entries.length;
    const headAtFirst = headsAtFirst.get(address) ?? 0;
    const oldest = headAtFirst > 0 ? (seen[0] ?? head + 1) : 1;
    assert.ok(oldest <= headAtFirst + 1, `${address} begins late, at ${oldest}`);
    const whole = Array.from({ length: head - oldest + 1 }, (_, i) => oldest + i);
    assert.deepEqual(seen, whole, `${address}, head ${head}`);
    const mine = log.entries.filter((entry) => entry.from === 'alice').map((entry) => entry.data);
    const asSent = sent.filter(({ to }) => to === address).map(({ data }) => data);
    assert.deepEqual(mine, asSent, `${address} has what alice sent, once and in order`);
  }
  assert.deepEqual(alice.record.gap, []);
  for (const { to, answer, data } of sent) {
    const { seq } = await answer;
    assert.equal(server.log(to).entries[seq - 1].data, data);
  }
}

test(`each entry once and in order, ${RUNS} random days`, async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    try {
      await play(seed);
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
  await settled();
});
