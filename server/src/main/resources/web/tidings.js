// Tidings in the browser: one ES module without dependencies. The wire is docs/protocol.md; the
// paragraph signs below point into it.
//
// The story of a message, in the order of this file:
//   StreamSocket   looks like a WebSocket where none can be had: events in, POSTs out
//   Link           one WebSocket: frames, request ids, heartbeat; knows nothing of conversations
//   Outbox         what the application sends waits here, in order per address
//   Sender         puts it on the wire until it is answered
//   Asker          reads, and repeats them until they are answered
//   Positions      what is remembered over restarts
//   Conversation   how far one log has been handed over, and what waits for a gap
//   Reader         syncs, receives, repairs: each entry exactly once and in order
//   Subscriptions  topics and presence, kept over reconnects
//   Tidings        the client: connects, comes back, and is the only class to know
//
// Runs unchanged in a browser and in Node 22 or newer; elsewhere pass a WebSocket constructor.
// Nothing here is re-entered from outside: all callbacks come from one event loop.

/**
 * One JSON object of the wire.
 * @typedef {{op: string, [field: string]: any}} Unit
 */

/**
 * One line of a conversation's log as the application sees it (§6), with the conversation's
 * address and, where it is known, the epoch of its log. `seq` is absent for a topic without log.
 * @typedef {{in: string, epoch?: string, seq?: number, from?: string, data?: any, ts: number,
 *   kind?: string, ref?: number, who?: string[], rev?: number, cid?: string, mention?: string[],
 *   void?: string}} Entry
 */

/**
 * Something that could not be handed over in unbroken order.
 *
 * - `trimmed`: the entries after `after` and below `low` are no longer kept or lie before my membership
 * - `epoch`: another log took the place of the old one; what was shown of it is worthless. Entries
 *   go on after `after`; what lies between `low` and there can be read with `history`
 * - `lost`: `lost` messages of a topic without log were dropped
 * - `gone`: I am no longer in this group, or the server has lost the conversation
 * - `unreadable`: the server refuses to read what is missing after `after`; `code` says why
 * - `unsubscribed`: the server ended a subscription at a reconnect; `code` says why
 * - `forgotten`: this client knew too many conversations and let go of this one's position
 * @typedef {{in: string,
 *   reason: 'trimmed'|'epoch'|'lost'|'gone'|'unreadable'|'unsubscribed'|'forgotten',
 *   epoch?: string, after?: number, low?: number, head?: number, lost?: number,
 *   code?: string}} Gap
 */

/**
 * `user` and `on` for one user; for a whole group first `online`, or only `count` (§9).
 * @typedef {{in: string, user?: string, on?: boolean, online?: string[], count?: number,
 *   ts?: number}} Presence
 */

/**
 * How far `from` has got and read a conversation (§8): the other one, a member of a small group, or
 * I on another device. Marks only rise; `got` is at least `read`, and 0 what nobody has said.
 * @typedef {{in: string, from: string, got: number, read: number}} Mark
 */

/**
 * Something said for the moment, such as typing (§5): in no log, and perhaps dropped.
 * @typedef {{in: string, from: string, data: any}} Signal
 */

/**
 * What I wish of a conversation, said on another device of mine (§11). `mute`: whether I am not to
 * be disturbed, or until when.
 * @typedef {{in: string, mute: boolean|number, block?: boolean}} Pref
 */

/**
 * A row of `sync` without its tail (§8): each conversation once after the first connection, later
 * those that may have changed.
 * @typedef {{in: string, epoch: string, low: number, head: number, got?: number, read?: number,
 *   unread?: number, mentions?: number, peer?: {got?: number, read?: number},
 *   mute?: boolean|number, block?: boolean, role?: string, gone?: boolean}} Row
 */

/**
 * - `idle`: not started, or stopped by the application
 * - `connecting`, `syncing`, `live`: on the way, learning what was missed, up to date
 * - `waiting`: the connection is gone, the next attempt comes in `retryInMillis`
 * - `refused`: the server said to stay away (`close`, `code`); only `start()` tries again
 * @typedef {{state: 'idle'|'connecting'|'syncing'|'live'|'waiting'|'refused',
 *   retryInMillis?: number, close?: number, code?: string}} State
 */

/**
 * One WebSocket frame exactly as it travels; it may hold several units, one per line.
 * @typedef {{direction: 'in'|'out', text: string, atMillis: number}} Frame
 */

/**
 * A fault that does not concern one request: positions could not be stored, a token could not be had.
 * @typedef {{message: string, cause: unknown}} Fault
 */

/**
 * @typedef {{entry: Entry, gap: Gap, presence: Presence, mark: Mark, signal: Signal, pref: Pref,
 *   conversation: Row, state: State, frame: Frame, fault: Fault}} Events
 */

/**
 * What this file needs of a WebSocket.
 * @typedef {{send(text: string): void, close(code?: number, reason?: string): void,
 *   onopen: any, onmessage: any, onclose: any, onerror: any}} Socket
 */

/**
 * What this file needs of a clock; times in milliseconds.
 * @typedef {{now(): number, setTimeout(run: () => void, delayMillis: number): any,
 *   clearTimeout(timer: any): void}} Clock
 */

/**
 * What this file needs of a `localStorage`.
 * @typedef {{getItem(key: string): string|null, setItem(key: string, value: string): void,
 *   removeItem(key: string): void}} Storage
 */

/**
 * Answers of the client to "full". None of them loses anything that was promised.
 * @typedef {object} Limits
 * @property {number} queuedSends unanswered sends; one more is rejected with `full`
 * @property {number} queuedBytes their text in bytes; one more is rejected with `full`
 * @property {number} sendsInFlight sends on the wire at a time; the others wait
 * @property {number} queuedReads unanswered reads; one more is rejected with `full`
 * @property {number} repairsInFlight gaps being repaired at a time; the others wait
 * @property {number} heldEntries entries kept in all while gaps are repaired, and as many live ones
 *   until `sync` is answered; more are not kept but read from the log
 * @property {number} subscriptions one more is rejected with `too_many`
 * @property {number} conversations positions remembered; the one that is complete and at rest for
 *   longest is let go, see the `forgotten` gap
 */

/**
 * @typedef {object} Options
 * @property {string|string[]} [url] of the WebSocket; default: `/v1/ws` of the page's own host. Several
 *   are nodes of one server: it begins with one of them by chance, and goes on at another one when that
 *   one ends, cannot be reached or sends it away
 * @property {string} [user] name in development mode, instead of `token`
 * @property {string|((why: {expired: boolean}) => string|Promise<string>)} [token] a function is
 *   asked before every connection, so it may hand out short-lived tokens
 * @property {string} [device] stable name; a newer connection of the same device replaces the older
 * @property {string} [client] free text for the server's log
 * @property {number} [tail] newest entries to hand over of a conversation seen for the first time, 0–20
 * @property {Storage} [storage] keeps positions over restarts. An entry's position is stored when all
 *   `entry` listeners have returned
 * @property {string} [account] the user whose positions `storage` holds; default: `user`
 * @property {Partial<Limits>} [limits]
 * @property {'auto'|'ws'|'sse'} [transport] `sse`: server-sent events and POST, for networks that let
 *   no WebSocket pass. `auto`, the default: a WebSocket, and where it fails without a word the other
 * @property {new (url: string) => Socket} [WebSocket] default: the global one
 * @property {typeof fetch} [fetch] for `sse`; default: the global one
 * @property {Clock} [clock]
 * @property {() => number} [random] at least 0, below 1; spreads reconnects
 * @property {() => string} [newCid] unique over all devices of the user; default: 16 random bytes
 */

/**
 * What the parts of one client share.
 * @typedef {{limits: Limits, clock: Clock,
 *   emit: <T extends keyof Events>(type: T, event: Events[T]) => void}} Ground
 */

/** @type {Limits} */
const LIMITS = {
  queuedSends: 1_000,
  queuedBytes: 4_194_304,
  sendsInFlight: 32,
  queuedReads: 256,
  repairsInFlight: 4,
  heldEntries: 1_000,
  subscriptions: 256,
  conversations: 10_000,
};

const WELCOME_MILLIS_MAX = 15_000;
const BACKOFF_FIRST_MILLIS = 500;
const BACKOFF_MILLIS_MAX = 30_000;
const STEADY_LIFE_MILLIS = 60_000;
const RETRY_MILLIS_MIN = 20;
const TIMER_MILLIS_MAX = 2_147_483_647;
/** Until `welcome.max` says otherwise (§13). */
const FRAME_BYTES_MAX = 65_536;
const DEDUPE_SECONDS_MIN = 86_400;
const PAGE = 200;

const CLOSE_TOKEN_EXPIRED = 4005;
const CLOSE_AUTH_FAILED = 4500;
/** A POST holds no more of what waits; the server takes 1 MiB. */
const POST_CHARS_MAX = 262_144;

/** `code` is the server's (§12) or one of `full`, `unknown_outcome`, `closed`, `bad_request`. */
export class TidingsError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {Unit} [reply] the server's `err`, if it was the server who refused
   */
  constructor(code, message, reply) {
    super(message);
    this.name = 'TidingsError';
    this.code = code;
    this.reply = reply;
  }
}

/** @param {Unit} reply */
function refusal(reply) {
  return new TidingsError(reply.code, reply.msg ?? reply.code, reply);
}

const utf8 = new TextEncoder();

/** @param {string} text */
function bytesOf(text) {
  return utf8.encode(text).length;
}

/**
 * How long the server wants us to wait before a repeat, in milliseconds; undefined: for ever.
 * @param {Unit} reply
 * @returns {number|undefined}
 */
function retryMillis(reply) {
  if (reply.retry === undefined || reply.retry === null) return undefined;
  return Math.min(TIMER_MILLIS_MAX, Math.max(RETRY_MILLIS_MIN, Number(reply.retry) || 0));
}

/**
 * A stream of events that looks like a WebSocket (§2): what comes as events is received, what is sent
 * leaves by POST, one POST after the other so that it keeps its order. The stream is opened by the
 * `auth` that is sent first. Not an `EventSource`, which cannot show a token in a header nor tell why
 * it was refused.
 */
class StreamSocket {
  #base;
  #fetch;
  #abort = new AbortController();
  /** @type {{[name: string]: string}} */
  #headers = {};
  #user = '';
  #conn = '';
  /** @type {string[]} lines that wait for the stream, or for the POST before */
  #waiting = [];
  #posting = false;
  #ended = false;

  /** @type {any} */
  onopen;
  /** @type {any} */
  onmessage;
  /** @type {any} */
  onclose;
  /** @type {any} */
  onerror;

  /**
   * @param {string} url of the WebSocket that it stands for
   * @param {typeof fetch} fetch
   */
  constructor(url, fetch) {
    this.#base = url.replace(/^ws/, 'http').replace(/\/ws$/, '');
    this.#fetch = fetch;
    queueMicrotask(() => this.onopen?.());
  }

  /** @param {string} text */
  send(text) {
    for (const line of text.split('\n')) {
      const unit = parsed(line);
      if (unit?.op === 'auth') this.#open(unit);
      // Nobody expects a pong on a stream.
      else if (unit?.op !== 'pong') this.#waiting.push(line);
    }
    this.#post();
  }

  close() {
    this.#ended = true;
    this.#abort.abort();
  }

  /** @param {Unit} auth */
  async #open({ token, user, device, client, ping, v }) {
    if (token !== undefined) this.#headers = { Authorization: `Bearer ${token}` };
    else this.#user = `?${new URLSearchParams({ user })}`;
    /** @type {{[name: string]: any}} */
    const fields = { user: token === undefined ? user : undefined, device, client, ping, v };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) query.set(name, String(value));
    }
    try {
      const response = await this.#ask(`/stream?${query}`, { cache: 'no-store' });
      if (response.status !== 200 || !response.body) {
        this.#refused(response.status, await response.text());
        return;
      }
      await this.#read(response.body.getReader());
      this.#end(1006);
    } catch {
      this.#end(1006);
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} more
   */
  #ask(path, more) {
    const headers = { ...this.#headers, ...more.headers };
    return this.#fetch(this.#base + path, { ...more, headers, signal: this.#abort.signal });
  }

  /**
   * @param {number} status
   * @param {string} body
   */
  #refused(status, body) {
    if (body !== '' && parsed(body.split('\n')[0])) this.#receive(body);
    this.#end(status >= 400 && status < 500 && status !== 429 ? CLOSE_AUTH_FAILED : 1006);
  }

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  async #read(reader) {
    const decoder = new TextDecoder();
    let rest = '';
    while (!this.#ended) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = /** @type {string} */ (lines.pop());
      const units = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (units.length > 0) this.#receive(units.join('\n'));
    }
  }

  /** @param {string} text */
  #receive(text) {
    if (this.#ended) return;
    if (this.#conn === '') {
      for (const line of text.split('\n')) {
        const unit = parsed(line);
        if (unit?.op === 'welcome') this.#conn = unit.conn;
      }
    }
    this.onmessage?.({ data: text });
    this.#post();
  }

  async #post() {
    if (this.#posting || this.#conn === '' || this.#waiting.length === 0 || this.#ended) return;
    this.#posting = true;
    let count = 0;
    for (let chars = 0; count < this.#waiting.length; count++) {
      chars += this.#waiting[count].length;
      if (count > 0 && chars > POST_CHARS_MAX) break;
    }
    const body = this.#waiting.splice(0, count).join('\n');
    try {
      const headers = { 'X-Conn': this.#conn };
      const response = await this.#ask(`/rpc${this.#user}`, { method: 'POST', headers, body });
      const answers = await response.text();
      this.#posting = false;
      // An `err` alone has the status of its code; only this one is not the answer to a request.
      if (response.status === 401) this.#end(CLOSE_TOKEN_EXPIRED);
      else this.#receive(answers);
    } catch {
      this.#end(1006);
    }
  }

  /** @param {number} code */
  #end(code) {
    if (this.#ended) return;
    this.close();
    this.onclose?.({ code });
  }
}

/**
 * One WebSocket from opening to end. Gives ids to requests and brings each answer to its asker,
 * notices silence (§4), hides frames. Ends exactly once; whoever still waits for an answer then
 * gets `undefined`: the outcome is unknown.
 */
class Link {
  /** @type {Map<number, (reply: Unit|undefined) => void>} */
  #asked = new Map();
  /** @type {Map<any, (reply: Unit|undefined) => void>} by timer: refused for now */
  #askedLater = new Map();
  #nextId = 1;
  #heardAtMillis;
  #silenceMillisMax = WELCOME_MILLIS_MAX;
  /** @type {any} */
  #timer;

  /** @type {Unit|undefined} why the server is about to close */
  bye;
  /** @type {Unit|undefined} a refusal that names no request, as the one of `auth` */
  refused;
  closed = false;
  /** All of `sync` is answered: live entries need not be held back any longer. */
  synced = false;
  /** @type {Unit[]} */
  heldBack = [];
  /** @type {Map<string, {head: number, lost: number}>} what heldBack had no room for */
  overflow = new Map();
  /** @type {number|undefined} */
  welcomedAtMillis;
  /** @type {string|undefined} the address of the node that it goes to */
  node;
  syncNumber = 0;
  /** @type {Set<string>} what the rows of its `sync` have named so far */
  named = new Set();
  frameBytesMax = FRAME_BYTES_MAX;

  /**
   * @param {Socket} socket
   * @param {Clock} clock
   * @param {{opened: (link: Link) => void, unit: (link: Link, unit: Unit) => void,
   *   lost: (link: Link, close: number) => void, frame: (frame: Frame) => void}} owner
   */
  constructor(socket, clock, owner) {
    this.socket = socket;
    this.clock = clock;
    this.owner = owner;
    this.#heardAtMillis = clock.now();
    socket.onopen = () => owner.opened(this);
    socket.onmessage = (/** @type {{data: unknown}} */ event) => this.#received(event.data);
    socket.onclose = (/** @type {{code: number}} */ event) => this.end(event.code ?? 1006);
    // An error is always followed by close, which says as much as a browser tells.
    socket.onerror = () => {};
    this.#watch();
  }

  /** @param {number} millis */
  tolerateSilence(millis) {
    this.#silenceMillisMax = millis;
    this.clock.clearTimeout(this.#timer);
    if (millis > 0) this.#watch();
  }

  // One timer that looks at the time of the last frame, instead of a new timer per frame.
  #watch() {
    const silentMillis = this.clock.now() - this.#heardAtMillis;
    const leftMillis = this.#silenceMillisMax - silentMillis;
    if (leftMillis <= 0) {
      this.end(1006);
      return;
    }
    this.#timer = this.clock.setTimeout(() => this.#watch(), leftMillis);
  }

  /** @param {unknown} data */
  #received(data) {
    if (this.closed) return;
    this.#heardAtMillis = this.clock.now();
    if (typeof data !== 'string') {
      this.end(1003);
      return;
    }
    this.owner.frame({ direction: 'in', text: data, atMillis: this.#heardAtMillis });
    for (const line of data.split('\n')) {
      if (this.closed) return;
      if (line.trim() === '') continue;
      const unit = parsed(line);
      if (!unit) {
        this.end(1007);
        return;
      }
      this.#dispatch(unit);
    }
  }

  /** @param {Unit} unit */
  #dispatch(unit) {
    const answer = this.#asked.get(unit.id);
    if (answer && (unit.op === 'ok' || unit.op === 'err')) {
      this.#asked.delete(unit.id);
      answer(unit);
      return;
    }
    this.owner.unit(this, unit);
  }

  /** @param {Unit[]} units in one frame */
  tell(...units) {
    this.write(units.map((unit) => JSON.stringify(unit)).join('\n'));
  }

  /**
   * Asks what may be asked twice: a refusal for now is not an answer but a reason to ask again.
   * @param {Unit} unit
   * @param {(reply: Unit|undefined) => void} answer undefined: the link ended first
   */
  ask(unit, answer) {
    if (this.closed) {
      answer(undefined);
      return;
    }
    const { op, ...fields } = unit;
    const id = this.expect((reply) => {
      const waitMillis = reply && retryMillis(reply);
      if (waitMillis === undefined) {
        answer(reply);
        return;
      }
      const timer = this.clock.setTimeout(() => {
        this.#askedLater.delete(timer);
        this.ask(unit, answer);
      }, waitMillis);
      this.#askedLater.set(timer, answer);
    });
    this.tell({ op, id, ...fields });
  }

  /**
   * An id for a request that the caller writes himself.
   * @param {(reply: Unit|undefined) => void} answer
   */
  expect(answer) {
    const id = this.#nextId++;
    this.#asked.set(id, answer);
    return id;
  }

  /** @param {string} text one frame */
  write(text) {
    if (this.closed) return;
    this.socket.send(text);
    this.owner.frame({ direction: 'out', text, atMillis: this.clock.now() });
  }

  /**
   * Ends now, whatever the other side does: a socket without network would take minutes to close.
   * @param {number} close
   */
  end(close) {
    if (this.closed) return;
    this.closed = true;
    this.clock.clearTimeout(this.#timer);
    const { socket } = this;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    for (const timer of this.#askedLater.keys()) this.clock.clearTimeout(timer);
    const waiting = [...this.#asked.values(), ...this.#askedLater.values()];
    this.#asked.clear();
    this.#askedLater.clear();
    for (const answer of waiting) answer(undefined);
    this.owner.lost(this, close);
  }
}

/**
 * @param {string} line
 * @returns {Unit|undefined}
 */
function parsed(line) {
  try {
    const unit = JSON.parse(line);
    return typeof unit === 'object' && unit !== null && !Array.isArray(unit) ? unit : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A request that changes something and is therefore repeated under the same `cid` (§5). Its text is
 * made once: the server compares the bytes of `data`.
 * @typedef {object} Sending
 * @property {string} address
 * @property {string} op
 * @property {string} fields the members of the JSON object behind `id`, with the closing brace
 * @property {number} bytes
 * @property {boolean} alone leaves in a frame of its own
 * @property {boolean} inFlight
 * @property {number|undefined} firstTriedMillis
 * @property {(reply: Unit) => void} resolve
 * @property {(error: TidingsError) => void} reject
 */

/**
 * What waits to be sent or answered, in order per address.
 *
 * An address has one batch in flight at a time and a batch is one frame. Pipelining further would
 * allow a later send to overtake: the server refuses everything behind a refused send only while
 * its `retry` lasts, and on a long line that may be over before the refusal is heard here.
 *
 * A refusal makes batches short and every answer for good lengthens them again, so that a long
 * queue behind a rate limit does not offer the same sends over and over.
 */
class Outbox {
  /** @type {Map<string, Sending[]>} */
  #lines = new Map();
  #count = 0;
  #bytes = 0;
  #inFlight = 0;
  #batchMax;

  /** @param {Limits} limits */
  constructor(limits) {
    this.limits = limits;
    this.#batchMax = limits.sendsInFlight;
  }

  accepted() {
    this.#batchMax = Math.min(this.#batchMax + 1, this.limits.sendsInFlight);
  }

  refusedForNow() {
    this.#batchMax = 1;
  }

  /**
   * @param {Sending} sending
   * @returns {boolean} false: full, nothing was taken
   */
  offer(sending) {
    if (
      this.#count >= this.limits.queuedSends ||
      this.#bytes + sending.bytes > this.limits.queuedBytes
    ) {
      return false;
    }
    const line = this.#lines.get(sending.address);
    if (line) line.push(sending);
    else this.#lines.set(sending.address, [sending]);
    this.#count++;
    this.#bytes += sending.bytes;
    return true;
  }

  /**
   * The next sends that may leave together, marked as in flight; empty: nothing may leave now.
   * @param {number} frameBytesMax
   * @returns {Sending[]}
   */
  take(frameBytesMax) {
    const room = this.limits.sendsInFlight - this.#inFlight;
    if (room <= 0) return [];
    for (const [address, line] of this.#lines) {
      if (line.some((sending) => sending.inFlight)) continue;
      /** @type {Sending[]} */
      const batch = [];
      let bytes = 0;
      for (const sending of line) {
        bytes += sending.bytes;
        const fits = batch.length < Math.min(room, this.#batchMax) && bytes <= frameBytesMax;
        if (batch.length > 0 && (!fits || sending.alone)) break;
        batch.push(sending);
        if (sending.alone) break;
      }
      for (const sending of batch) sending.inFlight = true;
      this.#inFlight += batch.length;
      // To the end of the round, so that a busy address does not starve the others.
      this.#lines.delete(address);
      this.#lines.set(address, line);
      return batch;
    }
    return [];
  }

  /**
   * Keeps its place and may be taken again.
   * @param {Sending} sending
   */
  putBack(sending) {
    if (!sending.inFlight) return;
    sending.inFlight = false;
    this.#inFlight--;
  }

  /** @param {Sending} sending */
  remove(sending) {
    const line = this.#lines.get(sending.address);
    const place = line ? line.indexOf(sending) : -1;
    if (!line || place < 0) return;
    this.putBack(sending);
    line.splice(place, 1);
    if (line.length === 0) this.#lines.delete(sending.address);
    this.#count--;
    this.#bytes -= sending.bytes;
  }

  /**
   * Those whose outcome can no longer be learnt by a repeat, because the server may have forgotten
   * their `cid`.
   * @param {number} triedBeforeMillis
   */
  outdated(triedBeforeMillis) {
    return this.all().filter(
      (sending) =>
        !sending.inFlight &&
        sending.firstTriedMillis !== undefined &&
        sending.firstTriedMillis < triedBeforeMillis,
    );
  }

  /** @returns {Sending[]} */
  all() {
    return [...this.#lines.values()].flat();
  }

  get count() {
    return this.#count;
  }
}

/**
 * Puts what waits in the outbox on the wire, again and again under the same `cid`, until each has an
 * answer for good (§5).
 */
class Sender {
  #ground;
  #outbox;
  /** @type {Link|undefined} */
  #link;
  #dedupeSeconds = DEDUPE_SECONDS_MIN;
  #pausedUntilMillis = 0;
  /** @type {any} */
  #pauseTimer;

  /** @param {Ground} ground */
  constructor(ground) {
    this.#ground = ground;
    this.#outbox = new Outbox(ground.limits);
  }

  get unanswered() {
    return this.#outbox.count;
  }

  /**
   * @param {Link} link
   * @param {Unit} welcome
   */
  welcomed(link, welcome) {
    this.#link = link;
    this.#dedupeSeconds = welcome.max?.dedupe ?? DEDUPE_SECONDS_MIN;
    this.#retire();
    this.#pump();
  }

  /** What was in flight is back in the outbox: the link has told each that no answer will come. */
  lost() {
    this.#link = undefined;
    this.#ground.clock.clearTimeout(this.#pauseTimer);
    this.#pauseTimer = undefined;
  }

  /** @param {TidingsError} error */
  close(error) {
    for (const sending of this.#outbox.all()) {
      this.#outbox.remove(sending);
      sending.reject(error);
    }
  }

  /**
   * @param {string} op
   * @param {string} address
   * @param {{[field: string]: any}} fields
   * @param {boolean} alone
   * @returns {Promise<Unit>}
   */
  post(op, address, fields, alone) {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(fields).slice(1);
      const bytes = bytesOf(text) + 48; // room for op, a long id and the line feed
      const frameBytesMax = this.#link?.frameBytesMax ?? FRAME_BYTES_MAX;
      if (bytes > frameBytesMax) {
        // The server would close for good (4502), and take everything else that waits with it.
        const message = `${bytes} bytes do not fit a frame of ${frameBytesMax}`;
        reject(new TidingsError('too_large', message));
        return;
      }
      const sending = {
        address,
        op,
        fields: text,
        bytes,
        alone,
        inFlight: false,
        firstTriedMillis: undefined,
        resolve,
        reject,
      };
      if (this.#outbox.offer(sending)) this.#pump();
      else reject(new TidingsError('full', `${this.#outbox.count} sends are still unanswered`));
    });
  }

  #pump() {
    const link = this.#link;
    if (!link) return;
    const nowMillis = this.#ground.clock.now();
    if (nowMillis < this.#pausedUntilMillis) {
      this.#pauseTimer ??= this.#ground.clock.setTimeout(() => {
        this.#pauseTimer = undefined;
        this.#retire();
        this.#pump();
      }, this.#pausedUntilMillis - nowMillis);
      return;
    }
    while (!link.closed) {
      const batch = this.#outbox.take(link.frameBytesMax);
      if (batch.length === 0) return;
      const lines = batch.map((sending) => {
        sending.firstTriedMillis ??= nowMillis;
        const id = link.expect((reply) => this.#answered(sending, reply));
        return `{"op":"${sending.op}","id":${id},${sending.fields}`;
      });
      link.write(lines.join('\n'));
    }
  }

  // Before anything is repeated: what the server may have forgotten is not (§5).
  #retire() {
    const triedBeforeMillis = this.#ground.clock.now() - this.#dedupeSeconds * 1_000;
    for (const sending of this.#outbox.outdated(triedBeforeMillis)) {
      this.#outbox.remove(sending);
      const message = 'not repeated: the server may have forgotten its cid';
      sending.reject(new TidingsError('unknown_outcome', message));
    }
  }

  /**
   * @param {Sending} sending
   * @param {Unit|undefined} reply
   */
  #answered(sending, reply) {
    if (!reply) {
      this.#outbox.putBack(sending);
      return;
    }
    const waitMillis = retryMillis(reply);
    if (waitMillis !== undefined) {
      this.#outbox.putBack(sending);
      this.#outbox.refusedForNow();
      const untilMillis = this.#ground.clock.now() + waitMillis;
      this.#pausedUntilMillis = Math.max(this.#pausedUntilMillis, untilMillis);
    } else {
      this.#outbox.remove(sending);
      this.#outbox.accepted();
      if (reply.op === 'ok') sending.resolve(reply);
      else sending.reject(refusal(reply));
    }
    this.#pump();
  }
}

/** Reading twice does no harm, so a read is asked on every link until it is answered for good. */
class Asker {
  #ground;
  /** @type {Link|undefined} */
  #link;
  /** @type {Set<{unit: Unit, asked: boolean, resolve: (reply: Unit) => void,
   *   reject: (error: TidingsError) => void}>} */
  #reads = new Set();

  /** @param {Ground} ground */
  constructor(ground) {
    this.#ground = ground;
  }

  /** @param {Link} link */
  welcomed(link) {
    this.#link = link;
    this.#pump();
  }

  lost() {
    this.#link = undefined;
  }

  /** @param {TidingsError} error */
  close(error) {
    for (const read of this.#reads) read.reject(error);
    this.#reads.clear();
  }

  /**
   * @param {Unit} unit
   * @returns {Promise<Unit>}
   */
  read(unit) {
    if (this.#reads.size >= this.#ground.limits.queuedReads) {
      const message = `${this.#reads.size} reads are still unanswered`;
      return Promise.reject(new TidingsError('full', message));
    }
    return new Promise((resolve, reject) => {
      this.#reads.add({ unit, asked: false, resolve, reject });
      this.#pump();
    });
  }

  #pump() {
    const link = this.#link;
    if (!link) return;
    for (const read of this.#reads) {
      if (read.asked) continue;
      read.asked = true;
      link.ask(read.unit, (reply) => {
        if (!reply) {
          read.asked = false;
          return;
        }
        this.#reads.delete(read);
        if (reply.op === 'ok') read.resolve(reply);
        else read.reject(refusal(reply));
      });
    }
  }
}

/**
 * The cursor, and how far each log was handed over, in a storage like `localStorage`; without one,
 * nothing is remembered.
 */
class Positions {
  #emit;
  #account;
  #storage;

  /**
   * @param {Ground['emit']} emit
   * @param {string|undefined} account
   * @param {Storage|undefined} storage
   */
  constructor(emit, account, storage) {
    this.#emit = emit;
    this.#account = account;
    this.#storage = storage;
  }

  /** Whether a position that is not in memory may still be found here. */
  get lasting() {
    return this.#storage !== undefined;
  }

  /** @returns {string|undefined} */
  cursor() {
    return this.#stored('cursor') ?? undefined;
  }

  /** @param {string|undefined} cursor */
  keepCursor(cursor) {
    this.#store('cursor', cursor);
  }

  /**
   * @param {string} address
   * @returns {{epoch: string|undefined, applied: number}|undefined}
   */
  of(address) {
    const position = /^(\d+) (.*)$/.exec(this.#stored(`at:${address}`) ?? '');
    if (!position) return undefined;
    return { epoch: position[2] || undefined, applied: Number(position[1]) };
  }

  /** @param {Conversation} conversation */
  keep({ address, epoch, applied }) {
    if (this.#storage && applied !== undefined) {
      this.#store(`at:${address}`, `${applied} ${epoch ?? ''}`);
    }
  }

  /** @param {string} address */
  forget(address) {
    this.#store(`at:${address}`, undefined);
  }

  /** @returns {string[]} the conversations of which one is stored */
  all() {
    const storage = this.#storage;
    if (typeof storage?.key !== 'function') return [];
    const begin = this.#key('at:');
    return Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '')
      .filter((key) => key.startsWith(begin))
      .map((key) => key.slice(begin.length));
  }

  /** @param {string} name */
  #stored(name) {
    return this.#storage?.getItem(this.#key(name)) ?? null;
  }

  /**
   * @param {string} name
   * @param {string|undefined} value undefined: removed
   */
  #store(name, value) {
    if (!this.#storage) return;
    try {
      if (value === undefined) this.#storage.removeItem(this.#key(name));
      else this.#storage.setItem(this.#key(name), value);
    } catch (cause) {
      // A cursor stored beyond a position that was not would hide entries after a restart. What is
      // stored so far is consistent, so it stays as it is.
      this.#storage = undefined;
      this.#emit('fault', { message: 'positions are no longer stored', cause });
    }
  }

  /** @param {string} name */
  #key(name) {
    return `tidings:${this.#account}:${name}`;
  }
}

/**
 * How far one log has been handed to the application.
 *
 * `applied` is the `n` of the client rule in §6; undefined while only `history` can say where my
 * part of the log begins. `head` is the highest seq known to exist; the conversation is behind
 * until `applied` has reached it and the epoch of what was applied is known.
 */
class Conversation {
  /**
   * @param {string} address
   * @param {string|undefined} epoch
   * @param {number|undefined} applied
   * @param {{left: number}} room for held entries, shared by all conversations
   */
  constructor(address, epoch, applied, room) {
    this.address = address;
    this.epoch = epoch;
    this.applied = applied;
    this.head = applied ?? 0;
    this.room = room;
    /** @type {Map<number, any>} beyond a gap, by seq */
    this.held = new Map();
    this.gone = false;
    /** The sync (by number) during which `applied` last moved. */
    this.movedInSync = 0;
  }

  /**
   * Beyond a gap. Without room only its number is noted: the repair reads up to it.
   * @param {{seq: number}} item
   */
  hold(item) {
    this.head = Math.max(this.head, item.seq);
    if (this.room.left === 0 || this.held.has(item.seq)) return;
    this.held.set(item.seq, item);
    this.room.left--;
  }

  /** The held entry that comes next, if it is there. */
  next() {
    if (this.applied === undefined) return undefined;
    const item = this.held.get(this.applied + 1);
    if (item) this.release(this.applied + 1);
    return item;
  }

  /** @param {number} seq */
  release(seq) {
    if (this.held.delete(seq)) this.room.left++;
  }

  releaseAll() {
    this.room.left += this.held.size;
    this.held.clear();
  }

  get behind() {
    if (this.applied === undefined || this.applied < this.head) return true;
    return this.epoch === undefined && this.applied > 0; // an empty log has no epoch yet
  }
}

/**
 * Brings every log to the application: learns what was missed, holds back what comes too early, reads
 * what is missing. Each entry is handed over exactly once and in order (§4, §6, §8).
 */
class Reader {
  #ground;
  #positions;
  #live;
  /** @type {Link|undefined} */
  #link;
  /** @type {string|undefined} */
  #user;

  /** @type {Map<string, Conversation>} the one that moved last at the end */
  #conversations = new Map();
  /** @type {Set<Conversation>} */
  #behind = new Set();
  /** @type {Set<Conversation>} */
  #repairing = new Set();
  #room;
  /** A whole `sync` was answered: a conversation that is not known now is new. */
  #synced;
  #forgot = false;
  #cursor;
  /** @type {string|undefined} becomes the cursor when no conversation is behind */
  #nextCursor;
  #syncs = 0;
  #tail;

  /**
   * @param {Ground} ground
   * @param {Positions} positions
   * @param {number} tail newest entries of a conversation to ask for
   * @param {(link: Link) => void} live called when nothing that was missed is unknown any longer
   */
  constructor(ground, positions, tail, live) {
    this.#ground = ground;
    this.#positions = positions;
    this.#tail = tail;
    this.#live = live;
    this.#room = { left: ground.limits.heldEntries };
    this.#cursor = positions.cursor();
    this.#synced = this.#cursor !== undefined;
  }

  /** @param {Link} link where `auth` was just said */
  begin(link) {
    this.#sync(link, this.#cursor, undefined);
  }

  /**
   * @param {Link} link
   * @param {Unit} welcome
   */
  welcomed(link, welcome) {
    this.#link = link;
    this.#user = welcome.user;
    this.#repairing.clear(); // they were asked on the older link, if at all
  }

  /** What waited for a gap is in the log; the next sync tells again that it is missing. */
  lost() {
    this.#link = undefined;
    this.#nextCursor = undefined;
    this.#repairing.clear();
    for (const conversation of this.#behind) {
      conversation.releaseAll();
      conversation.head = conversation.applied ?? 0;
      if (conversation.applied === undefined) this.#dismiss(conversation);
    }
    this.#behind.clear();
  }

  /**
   * @param {Link} link
   * @param {Unit} unit a live `msg` or `gap`
   */
  heard(link, unit) {
    if (link.synced) this.#heard(unit);
    else this.#holdBack(link, unit);
  }

  /**
   * @param {Link} link
   * @param {string} cursor covers all that the server has written to this link so far
   */
  covered(link, cursor) {
    if (!link.synced) return; // it would cover what this client has not seen
    this.#nextCursor = cursor;
    this.#settle();
  }

  /**
   * @param {string} address
   * @returns {Conversation|undefined}
   */
  known(address) {
    const conversation = this.#conversations.get(address);
    if (conversation) return conversation;
    const position = this.#positions.of(address);
    return position && this.#remember(address, position.epoch, position.applied);
  }

  /** @param {string} address */
  forget(address) {
    const conversation = this.#conversations.get(address);
    if (conversation) this.#dismiss(conversation);
    this.#positions.forget(address);
  }

  /**
   * @param {string} address of a topic with a log
   * @param {number|undefined} after what was asked for
   * @param {Unit} reply
   */
  subscribed(address, after, reply) {
    const items = reply.items ?? [];
    const start = items.length > 0 ? items[0].seq - 1 : reply.head;
    const epoch = epochOf(reply);
    const conversation = this.known(address) ?? this.#remember(address, epoch, start);
    if (this.#differs(conversation, epoch) || (after ?? 0) > reply.head) {
      this.restart(conversation, epoch, start, undefined, reply.head);
    }
    conversation.epoch = epoch;
    conversation.head = Math.max(conversation.head, reply.head);
    this.#positions.keep(conversation);
    for (const item of items) this.#receive(conversation, item);
    this.#mend(conversation);
  }

  /**
   * Another log under the same address.
   * @param {Conversation} conversation
   * @param {string|undefined} epoch
   * @param {number} after
   * @param {number|undefined} low
   * @param {number} head
   */
  restart(conversation, epoch, after, low, head) {
    conversation.releaseAll();
    conversation.epoch = epoch;
    conversation.applied = after;
    conversation.head = after;
    const { address } = conversation;
    this.#ground.emit('gap', { in: address, reason: 'epoch', epoch, after, low, head });
    this.#positions.keep(conversation);
    this.#mend(conversation);
  }

  /**
   * Asks what moved since `since`, page by page; live entries are held back meanwhile (§4).
   * @param {Link} link
   * @param {string|undefined} since
   * @param {string|undefined} next
   */
  #sync(link, since, next) {
    if (next === undefined) {
      link.syncNumber = ++this.#syncs;
      link.named.clear();
    }
    const tail = this.#tail;
    link.ask({ op: 'sync', since, tail, limit: PAGE, next }, (reply) => {
      if (!reply) return;
      if (reply.op === 'err') {
        this.#syncRefused(link, reply, since);
        return;
      }
      for (const row of reply.convs ?? []) this.#row(link, row);
      if (link.closed) return;
      if (reply.next !== undefined && reply.next !== null) {
        this.#sync(link, since, reply.next);
      } else {
        if (since === undefined) this.#forgetLost(link);
        this.#syncDone(link, reply.cursor);
      }
    });
  }

  /**
   * A `sync` from scratch names every conversation there is; any other one is no more (§7).
   * @param {Link} link
   */
  #forgetLost(link) {
    for (const address of new Set([...this.#conversations.keys(), ...this.#positions.all()])) {
      if (address.startsWith('t:') || link.named.has(address)) continue;
      this.forget(address);
      this.#ground.emit('gap', { in: address, reason: 'gone' });
    }
    link.named.clear();
  }

  /**
   * @param {Link} link
   * @param {Unit} reply
   * @param {string|undefined} since
   */
  #syncRefused(link, reply, since) {
    if (reply.code === 'cursor' && since !== undefined) {
      this.#cursor = undefined;
      this.#synced = false;
      this.#positions.keepCursor(undefined);
      this.#sync(link, undefined, undefined);
    } else {
      link.refused = reply;
      link.end(1006);
    }
  }

  /**
   * @param {Link} link
   * @param {string} cursor
   */
  #syncDone(link, cursor) {
    link.synced = true;
    this.#synced = true;
    this.#nextCursor = cursor;
    const { heldBack, overflow } = link;
    link.heldBack = [];
    link.overflow = new Map();
    for (const unit of heldBack) this.#heard(unit);
    for (const [address, { head, lost }] of overflow) {
      if (lost > 0) this.#ground.emit('gap', { in: address, reason: 'lost', lost });
      if (head > 0) this.#missing(address, head);
    }
    if (link.closed) return;
    this.#pumpRepairs();
    this.#settle();
    this.#live(link);
  }

  /**
   * @param {Link} link
   * @param {Unit} unit
   */
  #holdBack(link, unit) {
    if (link.heldBack.length < this.#ground.limits.heldEntries) {
      link.heldBack.push(unit);
      return;
    }
    const note = link.overflow.get(unit.in) ?? { head: 0, lost: 0 };
    note.head = Math.max(note.head, unit.seq ?? unit.head ?? 0);
    if (unit.op === 'gap') note.lost += unit.lost ?? 0;
    else if (unit.seq === undefined) note.lost++;
    link.overflow.set(unit.in, note);
  }

  /**
   * One conversation as the server has it, against what this client holds (table in §8).
   * @param {Link} link
   * @param {any} row
   */
  #row(link, row) {
    link.named.add(row.in);
    const tail = row.tail ?? [];
    const low = row.low ?? 1;
    const tailStart = tail.length > 0 ? tail[0].seq - 1 : row.head;
    let conversation = this.known(row.in);
    if (!conversation || conversation.applied === undefined) {
      // New since an earlier sync: all of it was missed. Never synced: only its newest is asked for.
      const isNew = this.#synced && !this.#forgot;
      if (this.#forgot && !conversation) {
        this.#ground.emit('gap', { in: row.in, reason: 'forgotten' });
      }
      conversation ??= this.#remember(row.in, undefined, undefined);
      conversation.applied = isNew ? low - 1 : tailStart;
      conversation.epoch = row.epoch;
    } else if (this.#differs(conversation, row.epoch) || this.#lostTail(link, conversation, row)) {
      this.restart(conversation, row.epoch, tailStart, low, row.head);
    } else {
      conversation.epoch = row.epoch;
    }
    this.#beginAt(conversation, low);
    conversation.head = Math.max(conversation.head, row.head);
    this.#positions.keep(conversation);
    this.#ground.emit('conversation', withoutTail(row));
    for (const item of tail) this.#receive(conversation, item);
    this.#drain(conversation);
    if (row.gone && !conversation.gone) this.#ground.emit('gap', { in: row.in, reason: 'gone' });
    conversation.gone = row.gone === true;
    this.#mend(conversation);
  }

  /**
   * @param {Conversation} conversation
   * @param {string|undefined} epoch
   */
  #differs(conversation, epoch) {
    return conversation.epoch !== undefined && conversation.epoch !== epoch;
  }

  /**
   * The server has less than this client holds: another log, whatever it calls itself. Not so if the
   * position moved while this sync was under way, for then the row is merely older.
   * @param {Link} link
   * @param {Conversation} conversation
   * @param {{head: number}} row
   */
  #lostTail(link, conversation, row) {
    return (
      (conversation.applied ?? 0) > row.head && conversation.movedInSync !== link.syncNumber
    );
  }

  // The cursor promises "all before is known here", so it waits until nothing is missing (§8).
  #settle() {
    if (this.#nextCursor === undefined || this.#behind.size > 0 || !this.#link?.synced) return;
    this.#cursor = this.#nextCursor;
    this.#nextCursor = undefined;
    this.#positions.keepCursor(this.#cursor);
  }

  /** @param {Unit} unit a live `msg` or `gap` */
  #heard(unit) {
    const { op, ...entry } = unit;
    if (op === 'gap') {
      this.#gap(unit);
      return;
    }
    const { in: address, seq } = /** @type {Entry} */ (entry);
    if (seq === undefined) {
      this.#ground.emit('entry', /** @type {Entry} */ (entry));
      return;
    }
    const conversation = this.known(address) ?? this.#newcomer(/** @type {Entry} */ (entry));
    this.#receive(conversation, entry);
    this.#mend(conversation);
  }

  /**
   * A conversation whose first sign is this entry. It begins at 1 or at the join that names me;
   * otherwise the answer to `history` tells where (§6).
   * @param {Entry} entry
   */
  #newcomer(entry) {
    const seq = /** @type {number} */ (entry.seq);
    const me = this.#user ?? '';
    const begins =
      seq === 1 ||
      entry.in.startsWith('t:') ||
      (entry.kind === 'join' && (entry.who ?? []).includes(me));
    if (this.#forgot && !begins) {
      this.#ground.emit('gap', { in: entry.in, reason: 'forgotten', after: seq - 1 });
    }
    const start = begins || this.#forgot ? seq - 1 : undefined;
    return this.#remember(entry.in, undefined, start);
  }

  /** @param {Unit} gap */
  #gap(gap) {
    const address = gap.in;
    if (gap.gone) {
      const conversation = this.known(address);
      if (conversation) conversation.gone = true;
      this.#ground.emit('gap', { in: address, reason: 'gone' });
      return;
    }
    if (typeof gap.lost === 'number') {
      this.#ground.emit('gap', { in: address, reason: 'lost', lost: gap.lost });
      return;
    }
    const conversation = this.known(address);
    if (conversation && this.#differs(conversation, gap.epoch)) {
      this.restart(conversation, gap.epoch, gap.head, undefined, gap.head);
      return;
    }
    if (conversation) conversation.epoch = gap.epoch;
    else this.#remember(address, gap.epoch, gap.after);
    this.#missing(address, gap.head);
  }

  /**
   * The client rule of §6.
   * @param {Conversation} conversation
   * @param {any} item an entry, with or without `in`
   */
  #receive(conversation, item) {
    if (conversation.applied !== undefined) {
      if (item.seq <= conversation.applied) return;
      if (item.seq === conversation.applied + 1) {
        this.#apply(conversation, item);
        this.#drain(conversation);
        return;
      }
    }
    conversation.hold(item);
  }

  /**
   * @param {Conversation} conversation
   * @param {any} item
   */
  #apply(conversation, item) {
    conversation.applied = item.seq;
    conversation.head = Math.max(conversation.head, item.seq);
    conversation.movedInSync = this.#syncs;
    const { address, epoch } = conversation;
    this.#conversations.delete(address);
    this.#conversations.set(address, conversation);
    this.#ground.emit('entry', { ...item, in: address, epoch });
    this.#positions.keep(conversation);
  }

  /** @param {Conversation} conversation */
  #drain(conversation) {
    for (let item = conversation.next(); item; item = conversation.next()) {
      this.#apply(conversation, item);
    }
  }

  /**
   * Nothing of mine lies below `low`; what the application then lacks is said, not hidden.
   * @param {Conversation} conversation
   * @param {number} low
   */
  #beginAt(conversation, low) {
    if (conversation.applied === undefined || conversation.applied + 1 >= low) return;
    const { address, epoch, applied: after } = conversation;
    conversation.applied = low - 1;
    conversation.head = Math.max(conversation.head, low - 1);
    for (const seq of conversation.held.keys()) if (seq < low) conversation.release(seq);
    this.#ground.emit('gap', { in: address, reason: 'trimmed', epoch, after, low });
    this.#drain(conversation);
  }

  /**
   * @param {string} address
   * @param {number} head exists and was not handed to this client
   */
  #missing(address, head) {
    const conversation = this.known(address) ?? this.#remember(address, undefined, undefined);
    conversation.head = Math.max(conversation.head, head);
    this.#mend(conversation);
  }

  /** @param {Conversation} conversation */
  #mend(conversation) {
    if (!conversation.behind) {
      if (this.#behind.delete(conversation)) this.#settle();
      return;
    }
    this.#behind.add(conversation);
    this.#pumpRepairs();
  }

  #pumpRepairs() {
    const link = this.#link;
    if (!link?.synced) return;
    for (const conversation of this.#behind) {
      if (this.#repairing.size >= this.#ground.limits.repairsInFlight) return;
      if (!this.#repairing.has(conversation)) this.#repair(link, conversation);
    }
  }

  /**
   * @param {Link} link
   * @param {Conversation} conversation
   */
  #repair(link, conversation) {
    this.#repairing.add(conversation);
    const { address, epoch } = conversation;
    const after = conversation.applied ?? 0;
    link.ask({ op: 'history', in: address, epoch, after, limit: PAGE }, (reply) => {
      if (!reply || link.closed) return;
      this.#repairing.delete(conversation);
      if (this.#behind.has(conversation)) this.#repaired(link, conversation, after, reply);
      if (!link.closed) this.#pumpRepairs();
    });
  }

  /**
   * @param {Link} link
   * @param {Conversation} conversation
   * @param {number} after what was asked for
   * @param {Unit} reply
   */
  #repaired(link, conversation, after, reply) {
    if (reply.op === 'err') {
      if (reply.code !== 'epoch') this.#giveUp(conversation, reply);
      else this.restart(conversation, reply.epoch, reply.head, reply.low, reply.head);
      return;
    }
    const low = reply.low ?? 1;
    const epoch = epochOf(reply);
    if (this.#differs(conversation, epoch) || reply.head < after) {
      this.restart(conversation, epoch, reply.head, low, reply.head);
      return;
    }
    const before = conversation.applied;
    conversation.epoch = epoch;
    conversation.applied ??= Math.max(low, 1) - 1;
    this.#beginAt(conversation, low);
    for (const item of reply.items ?? []) this.#receive(conversation, item);
    this.#drain(conversation);
    conversation.head = Math.max(conversation.head, reply.head);
    this.#positions.keep(conversation);
    if (conversation.behind && conversation.applied === before) {
      // The server knows of more and does not show it. A new connection and its sync decide.
      link.end(1006);
      return;
    }
    this.#mend(conversation);
  }

  /**
   * @param {Conversation} conversation
   * @param {Unit} reply
   */
  #giveUp(conversation, reply) {
    const { address, epoch, applied: after } = conversation;
    this.forget(address);
    this.#ground.emit('gap', { in: address, reason: 'unreadable', epoch, after, code: reply.code });
    this.#settle();
  }

  /**
   * @param {string} address
   * @param {string|undefined} epoch
   * @param {number|undefined} applied
   */
  #remember(address, epoch, applied) {
    const conversation = new Conversation(address, epoch, applied, this.#room);
    this.#conversations.set(address, conversation);
    if (this.#conversations.size > this.#ground.limits.conversations) {
      for (const atRest of this.#conversations.values()) {
        if (atRest.behind) continue; // its gap must be closed before the cursor may pass it
        this.#dismiss(atRest);
        this.#forgot ||= !this.#positions.lasting;
        break;
      }
    }
    return conversation;
  }

  /** @param {Conversation} conversation */
  #dismiss(conversation) {
    conversation.releaseAll();
    this.#behind.delete(conversation);
    this.#repairing.delete(conversation);
    this.#conversations.delete(conversation.address);
  }
}

/** Topics and presence: what is followed now is followed again on every new link (§9). */
class Subscriptions {
  #ground;
  #reader;
  /** @type {Link|undefined} */
  #link;
  /** @type {Map<string, {last: number, waiting: {resolve: (reply: Unit) => void,
   *   reject: (error: TidingsError) => void}[]}>} */
  #subscriptions = new Map();

  /**
   * @param {Ground} ground
   * @param {Reader} reader
   */
  constructor(ground, reader) {
    this.#ground = ground;
    this.#reader = reader;
  }

  /** @param {Link} link */
  welcomed(link) {
    this.#link = link;
    for (const address of this.#subscriptions.keys()) this.#ask(link, address);
  }

  lost() {
    this.#link = undefined;
  }

  /** @param {TidingsError} error */
  close(error) {
    for (const { waiting } of this.#subscriptions.values()) {
      for (const { reject } of waiting) reject(error);
    }
    this.#subscriptions.clear();
  }

  /** @param {string} address */
  has(address) {
    return this.#subscriptions.has(address);
  }

  /**
   * @param {string} address
   * @param {number} last
   * @returns {Promise<Unit>}
   */
  add(address, last) {
    const known = this.#subscriptions.get(address);
    const most = this.#ground.limits.subscriptions;
    if (!known && this.#subscriptions.size >= most) {
      const message = `more than ${most} subscriptions`;
      return Promise.reject(new TidingsError('too_many', message));
    }
    const subscription = known ?? { last, waiting: [] };
    this.#subscriptions.set(address, subscription);
    return new Promise((resolve, reject) => {
      subscription.waiting.push({ resolve, reject });
      if (this.#link) this.#ask(this.#link, address);
    });
  }

  /** @param {string} address */
  remove(address) {
    const subscription = this.#subscriptions.get(address);
    this.#subscriptions.delete(address);
    for (const { reject } of subscription?.waiting ?? []) {
      reject(new TidingsError('closed', `unsubscribed from ${address}`));
    }
    this.#reader.forget(address);
    // Without a connection there is nothing to undo: subscriptions end with it.
    this.#link?.ask({ op: 'unsub', in: address }, () => {});
  }

  /**
   * @param {Link} link
   * @param {string} address
   */
  #ask(link, address) {
    const subscription = this.#subscriptions.get(address);
    if (!subscription) return;
    const conversation = this.#reader.known(address);
    const epoch = conversation?.epoch;
    const after = conversation?.applied;
    const last = after === undefined && subscription.last > 0 ? subscription.last : undefined;
    link.ask({ op: 'sub', in: address, epoch, after, last }, (reply) => {
      if (!reply || this.#subscriptions.get(address) !== subscription) return;
      if (reply.op === 'err' && reply.code === 'epoch' && conversation) {
        this.#reader.restart(conversation, reply.epoch, reply.head, reply.low, reply.head);
        this.#ask(link, address);
        return;
      }
      const waiting = subscription.waiting.splice(0);
      if (reply.op === 'err') {
        this.#refused(address, waiting, reply);
        return;
      }
      for (const { resolve } of waiting) resolve(reply);
      if (address.startsWith('p:')) this.#ground.emit('presence', presenceOf(reply));
      else if (typeof reply.head === 'number') this.#reader.subscribed(address, after, reply);
    });
  }

  /**
   * @param {string} address
   * @param {{reject: (error: TidingsError) => void}[]} waiting
   * @param {Unit} reply
   */
  #refused(address, waiting, reply) {
    this.#subscriptions.delete(address);
    for (const { reject } of waiting) reject(refusal(reply));
    if (waiting.length === 0) {
      this.#ground.emit('gap', { in: address, reason: 'unsubscribed', code: reply.code });
    }
  }
}

/**
 * A client of one user on one device. Reconnects and resumes by itself; hands each entry of each
 * conversation to the `entry` listeners exactly once and in order.
 *
 * ```js
 * const tidings = new Tidings({ user: 'alice', device: 'laptop' });
 * tidings.on('entry', (entry) => console.log(entry.in, entry.seq, entry.data));
 * tidings.start();
 * await tidings.send('u:bob', 'hi');
 * ```
 *
 * Exactly once spans restarts of the page too, if a `storage` is given and the listeners store
 * their effect before they return: then the crash between the two is all that can double one entry.
 */
export class Tidings {
  #options;
  #ground;
  #random;
  #newCid;
  #reader;
  #sender;
  #asker;
  #subscriptions;
  /** @type {{[type: string]: Set<(event: any) => void>}} */
  #listeners = {};
  /** @type {State} */
  #state = { state: 'idle' };
  #wanted = false;
  #ended = false;

  /** @type {Link|undefined} welcomed; requests go here */
  #link;
  /** @type {Link|undefined} on its way to welcome */
  #opening;
  /** Counts attempts, so that a token that comes late is not used by a later attempt. */
  #attempt = 0;
  #failures = 0;
  /** @type {any} */
  #connectTimer;
  /** @type {Unit|undefined} */
  #welcome;
  /** Whether the next link is a stream of events. */
  #byStream;
  /** @type {string[]} the nodes of the server, in an order of chance */
  #nodes;
  /** Of `#nodes`, which the next link goes to. */
  #node = 0;

  /** @param {Options} options */
  constructor(options) {
    if ((options.user === undefined) === (options.token === undefined)) {
      throw new TypeError('give either user (development mode) or token');
    }
    const account = options.account ?? options.user;
    if (options.storage && account === undefined) {
      throw new TypeError('storage needs account: whose positions are kept?');
    }
    this.#options = { ...options, account };
    this.#byStream = options.transport === 'sse';
    this.#random = options.random ?? Math.random;
    this.#nodes = shuffled([options.url ?? pageUrl()].flat(), this.#random);
    if (this.#nodes.length === 0) throw new TypeError('url: no address');
    this.#newCid = options.newCid ?? newCid;
    /** @type {Ground} */
    const ground = {
      limits: { ...LIMITS, ...options.limits },
      clock: options.clock ?? systemClock,
      emit: (type, event) => this.#emit(type, event),
    };
    this.#ground = ground;
    const positions = new Positions(ground.emit, account, options.storage);
    this.#reader = new Reader(ground, positions, options.tail ?? 5, (link) => this.#live(link));
    this.#sender = new Sender(ground);
    this.#asker = new Asker(ground);
    this.#subscriptions = new Subscriptions(ground, this.#reader);
  }

  /**
   * @template {keyof Events} T
   * @param {T} type
   * @param {(event: Events[T]) => void} listener called on the event loop, one after the other
   * @returns {() => void} takes the listener away again
   */
  on(type, listener) {
    const listeners = (this.#listeners[type] ??= new Set());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The last `state` event. */
  get state() {
    return this.#state;
  }

  /** What the server said in its last `welcome`, if ever. */
  get welcome() {
    return this.#welcome;
  }

  /** Sends that are not answered yet. */
  get unanswered() {
    return this.#sender.unanswered;
  }

  /** Connects and stays connected until `stop`, `close` or a verdict of the server. */
  start() {
    if (this.#ended) throw new TidingsError('closed', 'this client was closed');
    if (this.#wanted) return;
    this.#wanted = true;
    this.#failures = 0;
    this.#connect(false);
  }

  /** Goes offline. Positions and what waits to be sent are kept for the next `start`. */
  stop() {
    this.#leave({ state: 'idle' });
  }

  /**
   * Loses the connection as a dead network would: what is under way stays unanswered, what the
   * server still writes is not read, and the client comes back by itself.
   */
  cut() {
    (this.#link ?? this.#opening)?.end(1006);
  }

  /** Ends for good; whatever is unanswered is rejected with `closed`. */
  close() {
    this.#ended = true;
    this.stop();
    for (const part of [this.#sender, this.#asker, this.#subscriptions]) part.close(closed());
  }

  /**
   * Sends once, however often it has to be repeated. Sends to one address keep their order.
   * @param {string} to
   * @param {any} data anything that JSON can say
   * @param {{cid?: string, as?: string, mention?: string[], ttl?: number, key?: string}} [more]
   *   `mention`: users whom it names, at most 50; `ttl`: seconds after which it becomes void; `key`:
   *   what it is the newest of, in topics without log of the policy `latest`
   * @returns {Promise<Unit>} the server's `ok`: `in`, `epoch`, `seq`, `ts`, `level`
   * @throws {TidingsError} as rejection: refused for good, `full`, or `unknown_outcome` when the
   *   connection was away for longer than the server remembers a `cid`
   */
  send(to, data, more = {}) {
    const { cid = this.#newCid(), ...fields } = more;
    if (this.#ended) return Promise.reject(closed());
    if (data === undefined) {
      return Promise.reject(new TidingsError('bad_request', 'data is missing'));
    }
    return this.#sender.post('send', to, { to, cid, ...fields, data }, false);
  }

  /**
   * Gives a message of mine other data. Repeated safely, and in order with the sends there.
   * @param {string} address
   * @param {number} seq of the message
   * @param {any} data
   * @param {{epoch?: string, cid?: string}} [more] with `epoch` no message of another log is touched
   * @returns {Promise<Unit>} the server's `ok`
   */
  edit(address, seq, data, more = {}) {
    if (this.#ended) return Promise.reject(closed());
    if (data === undefined) {
      return Promise.reject(new TidingsError('bad_request', 'data is missing'));
    }
    const fields = { in: address, seq, cid: this.#newCid(), ...more, data };
    return this.#sender.post('edit', address, fields, false);
  }

  /**
   * Takes a message back: nobody reads any more what it said.
   * @param {string} address
   * @param {number} seq of the message
   * @param {{epoch?: string, cid?: string}} [more]
   * @returns {Promise<Unit>} the server's `ok`
   */
  recall(address, seq, more = {}) {
    if (this.#ended) return Promise.reject(closed());
    const fields = { in: address, seq, cid: this.#newCid(), ...more };
    return this.#sender.post('recall', address, fields, false);
  }

  /**
   * Says how far I have got or read; a mark only rises, so it may be said again.
   * @param {string} address
   * @param {{read?: number, got?: number, epoch?: string}} mark
   * @returns {Promise<Unit>} `got` and `read` as they are now
   */
  mark(address, mark) {
    if (this.#ended) return Promise.reject(closed());
    return this.#asker.read({ op: 'mark', in: address, ...mark });
  }

  /**
   * Says what I wish of a conversation, for all my devices.
   * @param {string} address
   * @param {{mute?: boolean|number, block?: boolean}} wish
   * @returns {Promise<Unit>}
   */
  pref(address, wish) {
    if (this.#ended) return Promise.reject(closed());
    return this.#asker.read({ op: 'pref', in: address, ...wish });
  }

  /**
   * Says something for the moment, if there is a connection. Nobody learns what became of it.
   * @param {string} to
   * @param {any} data
   */
  signal(to, data) {
    if (data !== undefined) this.#link?.tell({ op: 'signal', to, data });
  }

  /**
   * What changes a group is repeated safely and keeps its order with the sends to it.
   * @param {'create'|'info'|'members'|'join'|'leave'|'add'|'remove'|'set'|'delete'} what
   * @param {string} address
   * @param {{[field: string]: any}} [fields]
   * @returns {Promise<Unit>}
   */
  group(what, address, fields = {}) {
    if (this.#ended) return Promise.reject(closed());
    const unit = { do: what, in: address, ...fields };
    if (what === 'info' || what === 'members') return this.#asker.read({ op: 'group', ...unit });
    return this.#sender.post('group', address, { cid: this.#newCid(), ...unit }, true);
  }

  /**
   * A page of a log, ascending. It is only read: positions and `entry` events are not touched.
   * @param {string} address
   * @param {{after?: number, before?: number, limit?: number, epoch?: string}} [bounds]
   * @returns {Promise<Unit>} `epoch`, `low`, `head`, `more`, `items`
   */
  history(address, bounds = {}) {
    if (this.#ended) return Promise.reject(closed());
    return this.#asker.read({ op: 'history', in: address, ...bounds });
  }

  /**
   * Finds what was said, newest first, in everything that I may read. It is only read: positions
   * and `entry` events are not touched.
   * @param {string} q words that must all be there; between quotes, side by side
   * @param {{in?: string, from?: string, before?: number, limit?: number, next?: string}} [bounds]
   * @returns {Promise<Unit>} `items`, each with its `in` and `epoch`; `next`; `whole` if it is false
   */
  search(q, bounds = {}) {
    if (this.#ended) return Promise.reject(closed());
    return this.#asker.read({ op: 'search', q, ...bounds });
  }

  /**
   * Subscribes to a topic or to a presence (`p:`), now and after every reconnect. A topic with a
   * log goes on where it stopped.
   * @param {string} address
   * @param {{last?: number}} [from] newest entries to begin with
   * @returns {Promise<Unit>} the first answer
   */
  sub(address, from = {}) {
    if (this.#ended) return Promise.reject(closed());
    return this.#subscriptions.add(address, from.last ?? 0);
  }

  /**
   * Ends a subscription and lets go of its position.
   * @param {string} address
   */
  unsub(address) {
    this.#subscriptions.remove(address);
  }

  /** @param {boolean} expired */
  #connect(expired) {
    const attempt = ++this.#attempt;
    this.#ground.clock.clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
    if (!this.#link) this.#enter({ state: 'connecting' });
    const { token } = this.#options;
    if (typeof token !== 'function') {
      this.#open({ user: this.#options.user, token });
      return;
    }
    new Promise((resolve) => resolve(token({ expired }))).then(
      (fresh) => {
        if (attempt === this.#attempt) this.#open({ token: /** @type {string} */ (fresh) });
      },
      (cause) => {
        if (attempt !== this.#attempt) return;
        this.#emit('fault', { message: 'no token could be had', cause });
        this.#connectIn(this.#backoffMillis(), expired);
      },
    );
  }

  /** @param {{user?: string, token?: string}} credentials */
  #open(credentials) {
    // A token may come late, when the next attempt is already planned.
    this.#ground.clock.clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
    const { device, client = 'tidings.js' } = this.#options;
    if (this.#link) this.#leaveNode(this.#link); // it drains, and would only send us away
    const node = this.#nodes[this.#node];
    const link = new Link(this.#socket(node), this.#ground.clock, {
      opened: (link) => {
        link.tell({ op: 'auth', ...credentials, v: 1, device, client });
        this.#reader.begin(link);
      },
      unit: (link, unit) => this.#on(link, unit),
      lost: (link, close) => this.#lost(link, close),
      frame: (frame) => this.#emit('frame', frame),
    });
    link.node = node;
    this.#opening = link;
  }

  /**
   * The next link goes to another node than this one did, if there is one.
   * @param {Link} link
   */
  #leaveNode(link) {
    if (link.node === this.#nodes[this.#node]) this.#node = (this.#node + 1) % this.#nodes.length;
  }

  /**
   * @param {string} url
   * @returns {Socket}
   */
  #socket(url) {
    if (this.#byStream) {
      const { fetch = (...request) => globalThis.fetch(...request) } = this.#options;
      return new StreamSocket(url, fetch);
    }
    const WebSocket = this.#options.WebSocket ?? globalThis.WebSocket;
    return new WebSocket(url);
  }

  /**
   * Where a WebSocket fails without a word from the server, a stream is tried at once, and is kept to
   * as long as it works; where that fails as well, both are tried again later.
   * @param {Link} link that was never welcomed
   * @returns {boolean} whether to try again at once
   */
  #otherTransport(link) {
    if ((this.#options.transport ?? 'auto') !== 'auto') return false;
    this.#byStream = !this.#byStream && !link.bye && !link.refused;
    return this.#byStream;
  }

  /**
   * @param {Link} link
   * @param {Unit} unit
   */
  #on(link, unit) {
    switch (unit.op) {
      case 'welcome':
        this.#welcomed(link, unit);
        break;
      case 'msg':
      case 'gap':
        // What an ended subscription had on its way is not wanted any longer.
        if (String(unit.in).startsWith('t:') && !this.#subscriptions.has(unit.in)) break;
        this.#reader.heard(link, unit);
        break;
      case 'presence':
        this.#emit('presence', presenceOf(unit));
        break;
      case 'mark':
        this.#emit('mark', markOf(unit));
        break;
      case 'signal':
        this.#emit('signal', { in: unit.in, from: unit.from, data: unit.data });
        break;
      case 'pref': {
        const { op, ...wish } = unit;
        this.#emit('pref', /** @type {Pref} */ (wish));
        break;
      }
      case 'ping':
        link.tell({ op: 'pong' });
        if (typeof unit.cursor === 'string') this.#reader.covered(link, unit.cursor);
        break;
      case 'bye':
        link.bye = unit;
        if (typeof unit.within === 'number') this.#replaceWithin(unit.within);
        break;
      case 'err':
        link.refused = unit;
        break;
      // Anything else is from a later version, or an answer nobody waits for (§15).
    }
  }

  /**
   * @param {Link} link
   * @param {Unit} welcome
   */
  #welcomed(link, welcome) {
    this.#welcome = welcome;
    const { account } = this.#options;
    if (account !== undefined && account !== welcome.user) {
      this.#leave({ state: 'refused', code: 'wrong_user' });
      return;
    }
    const seconds = Number(welcome.ping) || 0;
    link.tolerateSilence(2_000 * seconds);
    link.frameBytesMax = welcome.max?.frame ?? FRAME_BYTES_MAX;
    link.welcomedAtMillis = this.#ground.clock.now();
    const older = this.#link;
    this.#link = link;
    if (this.#opening === link) this.#opening = undefined;
    if (older !== link) older?.end(1000);
    this.#enter({ state: link.synced ? 'live' : 'syncing' });
    for (const part of [this.#reader, this.#subscriptions, this.#asker, this.#sender]) {
      if (link.closed) return; // a listener cut it
      part.welcomed(link, welcome);
    }
  }

  /** @param {Link} link */
  #live(link) {
    if (link === this.#link) this.#enter({ state: 'live' });
  }

  /**
   * @param {Link} link
   * @param {number} close
   */
  #lost(link, close) {
    if (link !== this.#link && link !== this.#opening) return; // its successor is already there
    if (link === this.#opening) this.#opening = undefined;
    if (link === this.#link) {
      this.#link = undefined;
      for (const part of [this.#reader, this.#subscriptions, this.#asker, this.#sender]) part.lost();
    }
    if (!this.#wanted) return;
    const nowMillis = this.#ground.clock.now();
    const livedMillis = nowMillis - (link.welcomedAtMillis ?? nowMillis);
    if (livedMillis >= STEADY_LIFE_MILLIS) this.#failures = 0;

    // While a replacement is on its way, what becomes of the old link is no verdict (§4).
    if (this.#opening) {
      this.#enter({ state: 'connecting' });
      return;
    }
    if (link.welcomedAtMillis === undefined && this.#otherTransport(link)) {
      this.#connect(false); // to the same node
      return;
    }
    this.#leaveNode(link);
    const code = link.bye?.code ?? link.refused?.code;
    const number = link.bye?.close ?? close;
    const verdict = { close: number, code };
    const expired = number === CLOSE_TOKEN_EXPIRED;
    const tokenless = expired && typeof this.#options.token !== 'function';
    if ((number >= 4500 && number <= 4999) || tokenless) {
      this.#leave({ state: 'refused', ...verdict });
      return;
    }
    const adviceMillis = link.bye ? (retryMillis(link.bye) ?? 0) : 0;
    if (this.#connectTimer !== undefined) {
      if (this.#link) return;
      if (this.#nodes.length === 1) {
        this.#enter({ state: 'waiting', ...verdict });
        return;
      }
      // It was to be replaced later, and is gone already: another node need not wait for that.
      this.#ground.clock.clearTimeout(this.#connectTimer);
    }
    this.#connectIn(adviceMillis + this.#backoffMillis(), expired, verdict);
  }

  /** @param {number} withinMillis */
  #replaceWithin(withinMillis) {
    if (this.#opening || this.#connectTimer !== undefined) return;
    const delayMillis = this.#random() * Math.min(withinMillis, TIMER_MILLIS_MAX);
    this.#connectTimer = this.#ground.clock.setTimeout(() => this.#connect(false), delayMillis);
  }

  /**
   * @param {number} millis
   * @param {boolean} expired
   * @param {{close?: number, code?: string}} [verdict]
   */
  #connectIn(millis, expired, verdict = {}) {
    const retryInMillis = Math.min(millis, TIMER_MILLIS_MAX);
    this.#connectTimer = this.#ground.clock.setTimeout(() => this.#connect(expired), retryInMillis);
    if (!this.#link) this.#enter({ state: 'waiting', retryInMillis, ...verdict });
  }

  // Full jitter: everybody who lost the same server comes back spread over the whole interval. What one
  // node has refused says nothing of the next: the interval doubles once each round.
  #backoffMillis() {
    const rounds = Math.floor(this.#failures++ / this.#nodes.length);
    const millis = BACKOFF_FIRST_MILLIS * 2 ** Math.min(rounds, 16);
    return this.#random() * Math.min(millis, BACKOFF_MILLIS_MAX);
  }

  /** @param {State} state */
  #leave(state) {
    this.#wanted = false;
    this.#attempt++;
    this.#ground.clock.clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
    this.#opening?.end(1000);
    this.#link?.end(1000);
    this.#enter(state);
  }

  /** @param {State} state */
  #enter(state) {
    if (state.state === this.#state.state && state.state !== 'waiting') return;
    this.#state = state;
    this.#emit('state', state);
  }

  /**
   * @template {keyof Events} T
   * @param {T} type
   * @param {Events[T]} event
   */
  #emit(type, event) {
    for (const listener of this.#listeners[type] ?? []) {
      try {
        listener(event);
      } catch (error) {
        // The application's fault: reported where its other faults are, without harm to the rest.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/**
 * A log in which nothing was ever written has no epoch; so far nothing can be mistaken for another.
 * @param {Unit} reply
 * @returns {string|undefined}
 */
function epochOf(reply) {
  return reply.epoch || undefined;
}

/**
 * @param {Unit} unit a `presence`, or the `ok` to its `sub`
 * @returns {Presence}
 */
function presenceOf(unit) {
  const { in: address, online, count, on, ts } = unit;
  const about = address.slice(2);
  const user = unit.user ?? (about.includes(':') ? undefined : about);
  return { in: address, user, on, online, count, ts };
}

/**
 * @param {Unit} unit a `mark`: who has read something has got it
 * @returns {Mark}
 */
function markOf(unit) {
  const { in: address, from, got = 0, read = 0 } = unit;
  return { in: address, from, got: Math.max(got, read), read };
}

/**
 * @param {any} row
 * @returns {Row}
 */
function withoutTail(row) {
  const { tail, ...rest } = row;
  return rest;
}

/** 16 random bytes in hex: unique over all devices of a user without asking anybody (§5). */
export function newCid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string[]} list
 * @param {() => number} random
 */
function shuffled(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

function closed() {
  return new TidingsError('closed', 'this client was closed');
}

function pageUrl() {
  if (typeof location === 'undefined') throw new TypeError('outside of a page, give url');
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`;
}

/** @type {Clock} */
const systemClock = {
  now: () => Date.now(),
  setTimeout: (run, delayMillis) => setTimeout(run, delayMillis),
  clearTimeout: (timer) => clearTimeout(timer),
};
