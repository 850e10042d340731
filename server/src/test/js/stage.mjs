// What the stories of tidings.js are played on: a clock that moves when told, sockets whose other end
// is the test, and a little server that keeps logs. No real time, no network, no chance.

import { Tidings } from '../../main/resources/web/tidings.js';

/** Time stands still until `advance`; due timers run in the order of their moment. */
export class FakeClock {
  #nowMillis = 1_000_000;
  #timers = [];
  #made = 0;

  now() {
    return this.#nowMillis;
  }

  setTimeout(run, delayMillis) {
    const timer = { run, atMillis: this.#nowMillis + delayMillis, order: this.#made++ };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer) {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  get waiting() {
    return this.#timers.length;
  }

  advance(millis) {
    const untilMillis = this.#nowMillis + millis;
    for (let run = 0; run < 100_000; run++) {
      const [first] = this.#timers
        .filter((timer) => timer.atMillis <= untilMillis)
        .sort((a, b) => a.atMillis - b.atMillis || a.order - b.order);
      if (!first) {
        this.#nowMillis = untilMillis;
        return;
      }
      this.clearTimeout(first);
      this.#nowMillis = Math.max(this.#nowMillis, first.atMillis);
      first.run();
    }
    throw new Error('timers without end');
  }
}

/** The test's end of one connection. */
export class Peer {
  frames = [];
  #read = 0;
  closedByClient = false;

  constructor(url) {
    this.url = url;
  }

  // The client's half.
  send(text) {
    this.frames.push(text);
    this.onFrame?.(text);
  }

  close() {
    this.closedByClient = true;
  }

  // The server's half.
  opens() {
    this.onopen?.();
    return this;
  }

  /** All units in one frame. */
  says(...units) {
    this.onmessage?.({ data: units.map((unit) => JSON.stringify(unit)).join('\n') });
    return this;
  }

  ends(code) {
    this.onclose?.({ code });
  }

  /** Units that came since the last call, oldest first. */
  heard() {
    const fresh = this.frames.slice(this.#read);
    this.#read = this.frames.length;
    return fresh.flatMap((frame) => frame.split('\n')).map((line) => JSON.parse(line));
  }

  /** The one fresh unit with this op; the others are passed over. */
  heardOne(op) {
    const units = this.heard().filter((unit) => unit.op === op);
    if (units.length !== 1) throw new Error(`expected one ${op}: ${JSON.stringify(units)}`);
    return units[0];
  }
}

/** A client with everything recorded, and its peers in the order of connecting. */
export function stage(options = {}) {
  const clock = new FakeClock();
  const peers = [];
  let cids = 0;
  class WebSocket extends Peer {
    constructor(url) {
      super(url);
      peers.push(this);
    }
  }
  const client = new Tidings({
    url: 'ws://test/v1/ws',
    ...(options.token ? {} : { user: 'alice' }),
    WebSocket,
    transport: 'ws',
    clock,
    random: () => 0.5,
    newCid: () => `cid-${++cids}`,
    ...options,
  });
  const record = { entry: [], gap: [], presence: [], state: [], frame: [], fault: [] };
  for (const type of Object.keys(record)) client.on(type, (event) => record[type].push(event));
  return {
    clock,
    peers,
    client,
    record,
    get peer() {
      return peers[peers.length - 1];
    },
    /** `seq`s that the application saw of a conversation. */
    seqs(address) {
      return record.entry.filter((entry) => entry.in === address).map((entry) => entry.seq);
    },
    states() {
      return record.state.map(({ state }) => state);
    },
    /** From nothing to live, with these rows in the answer to `sync`. */
    goLive(convs = [], welcome = {}) {
      client.start();
      return this.comeLive(convs, welcome);
    },
    /** The newest connection is let in. */
    comeLive(convs = [], welcome = {}) {
      const peer = this.peer;
      peer.opens();
      const sync = peer.heardOne('sync');
      peer.says(hello(welcome));
      peer.says({ op: 'ok', id: sync.id, cursor: `c${peers.length}`, convs });
      return peer;
    },
    /** The connection breaks and the client is back on a new one, not yet opened. */
    comeBack(code = 1006) {
      this.peer.ends(code);
      clock.advance(client.state.retryInMillis);
      return this.peer;
    },
  };
}

export function hello(more = {}) {
  return {
    op: 'welcome',
    v: 1,
    user: 'alice',
    conn: 'n1-1',
    ping: 0,
    ts: 1,
    max: { frame: 65536, data: 32768, inflight: 64, dedupe: 172800 },
    ...more,
  };
}

export function msg(address, seq, more = {}) {
  return { op: 'msg', in: address, seq, from: 'bob', data: `m${seq}`, ts: seq, ...more };
}

export function item(seq, more = {}) {
  return { seq, from: 'bob', data: `m${seq}`, ts: seq, ...more };
}

export function items(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => item(first + i));
}

export function row(address, head, more = {}) {
  return { in: address, epoch: 'e1', low: 1, head, ...more };
}

/** Lets promises run that are already decided. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
