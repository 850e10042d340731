// The playground: alice and bob, each a Tidings client of their own, and what travels between them and
// the server. It is a reader's example too: all that it knows of messaging is in the few calls of
// `this.client`.

import { newCid, Tidings, TidingsError } from './tidings.js';

/** @typedef {import('./tidings.js').Entry} Entry */
/** @typedef {import('./tidings.js').Gap} Gap */
/** @typedef {import('./tidings.js').Frame} Frame */

const FRAMES_MAX = 200;
const SHOWN_MAX = 500;
const TABS_MAX = 12;
const TYPING_EVERY_MILLIS = 3_000;
const TYPING_SHOWN_MILLIS = 4_000;
const TAIL = 20;
const GROUP = 'g:demo';
const TOPIC = 't:demo';

/**
 * One line in a conversation as shown.
 * @typedef {{key: string, seq?: number, epoch?: string, from?: string, text: string, atMillis: number,
 *   kind: 'mine'|'theirs'|'system'|'break', note: string, pending?: boolean, failed?: boolean}} Line
 */

/**
 * @template {Element} T
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
function find(parent, selector, type) {
  const found = parent.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page lacks ${selector}`);
  return found;
}

/**
 * @param {string} name
 * @param {{[attribute: string]: string}} [attributes]
 * @param {...(Node|string)} children
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

/** @param {number} millis */
function timeOf(millis) {
  return clock.format(millis);
}

/**
 * Counts what the client handed over, from nothing but the numbers of the entries, so that it would
 * show a client that repeats or skips.
 */
class Tally {
  received = 0;
  duplicates = 0;
  /** @type {Map<string, {first: number, next: number, beyond: Set<number>}>} by address and epoch */
  #logs = new Map();

  /** @param {Entry} entry */
  count(entry) {
    this.received++;
    const { seq } = entry;
    if (seq === undefined) return;
    const name = `${entry.in} ${entry.epoch ?? ''}`;
    const log = this.#logs.get(name) ?? { first: seq, next: seq, beyond: new Set() };
    this.#logs.set(name, log);
    if ((seq >= log.first && seq < log.next) || log.beyond.has(seq)) this.duplicates++;
    else log.beyond.add(seq);
    while (log.beyond.delete(log.next)) log.next++;
  }

  /** Numbers that were skipped so far. */
  get gaps() {
    let missing = 0;
    for (const { next, beyond } of this.#logs.values()) {
      if (beyond.size > 0) missing += Math.max(...beyond) + 1 - next - beyond.size;
    }
    return missing;
  }
}

/** One person of the page: the panel, the client behind it and what it heard. */
class Person {
  /** @type {Map<string, Line[]>} by address, oldest first */
  #talks = new Map();
  /** @type {Map<string, number>} */
  #unread = new Map();
  /** @type {Map<string, Promise<unknown>>} what must be done before one can talk there */
  #entered = new Map();
  #tally = new Tally();
  #shown;
  /** Whether the presence of the other is subscribed; the server may not allow it yet. */
  #watching = false;
  /** @type {string|undefined} the token in use, never to be shown */
  #secret;
  /** @type {((token: string) => void)|undefined} the client waits for a newer token */
  #renew;
  /** @type {Set<string>} logs of which nothing older can be read */
  #begun = new Set();
  /** @type {Map<string, number>} how far the others have read, by address */
  #readByOthers = new Map();
  /** @type {Map<string, number>} how far I have said that I have read, by address */
  #readByMe = new Map();
  #typedAtMillis = 0;
  /** @type {any} */
  #typingTimer;

  /**
   * @param {HTMLElement} panel
   * @param {(user: string) => void} onUser tells the other panel who sits here
   */
  constructor(panel, onUser) {
    const template = find(document, '#person', HTMLTemplateElement);
    panel.append(template.content.cloneNode(true));
    this.panel = panel;
    this.onUser = onUser;
    this.seat = panel.id;
    this.user = panel.dataset.user ?? panel.id;
    this.other = panel.dataset.other ?? '';
    this.#shown = `u:${this.other}`;
    this.part = {
      face: this.#part('face', HTMLElement),
      name: this.#part('name', HTMLElement),
      presence: this.#part('presence', HTMLElement),
      presenceText: this.#part('presence-text', HTMLElement),
      typing: this.#part('typing', HTMLElement),
      state: this.#part('state', HTMLElement),
      acts: this.#part('acts', HTMLElement),
      tokenForm: this.#part('token-form', HTMLFormElement),
      tokenLabel: this.#part('token-label', HTMLLabelElement),
      token: this.#part('token', HTMLInputElement),
      tokenWhy: this.#part('token-why', HTMLElement),
      tabs: this.#part('conversations', HTMLElement),
      talk: this.#part('talk', HTMLElement),
      messages: this.#part('messages', HTMLElement),
      compose: this.#part('compose', HTMLFormElement),
      text: this.#part('text', HTMLInputElement),
      textLabel: this.#part('text-label', HTMLLabelElement),
      counter: this.#part('counter', HTMLElement),
      unsent: this.#part('unsent', HTMLElement),
      frames: this.#part('frames', HTMLElement),
    };
    this.button = {
      cut: find(panel, '[data-act=cut]', HTMLButtonElement),
      offline: find(panel, '[data-act=offline]', HTMLButtonElement),
      back: find(panel, '[data-act=back]', HTMLButtonElement),
      earlier: find(panel, '[data-act=earlier]', HTMLButtonElement),
    };
    this.#label();
    this.#listen();
    this.client = this.#newClient({ user: this.user });
  }

  /**
   * @template {Element} T
   * @param {string} role
   * @param {new () => T} type
   */
  #part(role, type) {
    return find(this.panel, `[data-role=${role}]`, type);
  }

  /** @param {{user: string}|{token: (why: {expired: boolean}) => string|Promise<string>}} credentials */
  #newClient(credentials) {
    const client = new Tidings({ ...credentials, device: device(this.seat), tail: TAIL });
    client.on('state', () => this.#showState());
    client.on('entry', (entry) => this.#heard(entry));
    client.on('gap', (gap) => this.#broke(gap));
    client.on('frame', (frame) => this.#showFrame(frame));
    client.on('mark', ({ in: address, from, read }) => {
      if (from !== this.user) this.#readByOther(address, read);
    });
    client.on('conversation', ({ in: address, peer }) => this.#readByOther(address, peer?.read ?? 0));
    client.on('signal', ({ in: address, from, data }) => {
      if (address === this.#shown && from !== this.user && data?.typing) this.#showTyping(from);
    });
    client.on('presence', ({ user, on }) => {
      if (user === this.other && on !== undefined) this.#showPresence(on ? 'on' : 'off');
    });
    return client;
  }

  start() {
    this.#showTally();
    this.#showTabs();
    this.#showTalk();
    this.client.start();
  }

  /** @param {string} other */
  meet(other) {
    if (other === this.other) return;
    if (this.#watching) this.client.unsub(`p:${this.other}`);
    this.#watching = false;
    if (this.#shown === `u:${this.other}`) this.#shown = `u:${other}`;
    this.other = other;
    this.#label();
    this.#showTabs();
    this.#showTalk();
    this.#watch();
  }

  #label() {
    const { part, user } = this;
    this.panel.setAttribute('aria-label', user);
    part.face.textContent = user.slice(0, 1);
    part.name.textContent = user;
    part.acts.setAttribute('aria-label', `Connection of ${user}`);
    part.tabs.setAttribute('aria-label', `Conversations of ${user}`);
    part.frames.setAttribute('aria-label', `Frames of ${user}`);
    for (const [label, input, words] of /** @type {const} */ ([
      [part.textLabel, part.text, `Message from ${user}`],
      [part.tokenLabel, part.token, `Token for ${this.seat}`],
    ])) {
      input.id = `${this.seat}-${input.dataset.role}`;
      label.htmlFor = input.id;
      label.textContent = words;
    }
    part.messages.id = `${this.seat}-messages`;
    part.talk.id = `${this.seat}-talk`;
    this.#showPresence('unknown');
  }

  #listen() {
    const { part, button } = this;
    button.cut.addEventListener('click', () => this.client.cut());
    button.offline.addEventListener('click', () => this.client.stop());
    button.back.addEventListener('click', () => this.client.start());
    button.earlier.addEventListener('click', () => this.#readEarlier());
    part.compose.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = part.text.value;
      if (text === '') return;
      part.text.value = '';
      this.#say(this.#shown, text);
    });
    part.text.addEventListener('input', () => this.#typing());
    part.messages.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (button?.dataset.seq) this.#takeBack(Number(button.dataset.seq));
    });
    part.tokenForm.addEventListener('submit', (event) => {
      event.preventDefault();
      const token = part.token.value.trim();
      part.token.value = '';
      part.tokenForm.hidden = true;
      this.#useToken(token);
    });
    part.tabs.addEventListener('click', (event) => {
      const tab = event.target instanceof Element ? event.target.closest('[role=tab]') : null;
      if (tab instanceof HTMLElement && tab.dataset.in) this.#choose(tab.dataset.in);
    });
    part.tabs.addEventListener('keydown', (event) => this.#walkTabs(event));
  }

  // ---- the connection -----------------------------------------------------------------------

  #showState() {
    const { part, button, client } = this;
    const { state, retryInMillis = 0, close, code } = client.state;
    const words = {
      idle: 'offline',
      connecting: 'connecting …',
      syncing: 'catching up …',
      live: 'live',
      waiting: `cut, back in ${(retryInMillis / 1_000).toFixed(1)} s`,
      refused: `refused: ${code ?? close ?? ''}`,
    };
    part.state.textContent = words[state];
    part.state.dataset.state = state;
    this.panel.dataset.state = state;
    const away = state === 'idle' || state === 'refused';
    button.cut.disabled = state !== 'live' && state !== 'syncing';
    button.offline.disabled = away;
    button.back.disabled = !away;
    if (state !== 'live') this.#showPresence('unknown');
    if (state === 'live') {
      this.#arrive();
      this.#watch();
    }
    if (state === 'refused' && close === 4500) {
      const refused = `The token was refused (${code ?? 'no reason given'}).`;
      this.#askToken(this.#secret ? refused : 'This server is not in development mode.');
    }
    this.#showTally();
  }

  #arrive() {
    const user = this.client.welcome?.user;
    if (user === undefined || user === this.user) return;
    this.user = user; // the token decides who one is
    this.#label();
    this.#showTalk();
    this.onUser(user);
  }

  /** @param {string} why */
  #askToken(why) {
    const { part } = this;
    part.tokenForm.hidden = false;
    part.tokenWhy.textContent = `${why} ./tidings token makes one.`;
  }

  /** @param {string} token */
  #useToken(token) {
    const hadToken = this.#secret !== undefined;
    this.#secret = token;
    if (this.#renew) {
      this.#renew(token);
      this.#renew = undefined;
    } else if (hadToken) {
      this.client.start(); // the same client, for it knows what was already heard
    } else {
      this.client.close();
      this.#entered.clear();
      this.client = this.#newClient({ token: ({ expired }) => this.#tokenNow(expired) });
      this.client.start();
    }
  }

  /**
   * @param {boolean} expired
   * @returns {string|Promise<string>}
   */
  #tokenNow(expired) {
    if (!expired) return this.#secret ?? '';
    this.#askToken('The token has expired.');
    return new Promise((resolve) => (this.#renew = resolve));
  }

  /** Presence of the other: refused until he has written to me or we share a group. */
  #watch() {
    if (this.#watching || this.client.state.state !== 'live') return;
    this.#watching = true;
    this.client.sub(`p:${this.other}`).catch(() => {
      this.#watching = false;
      this.#showPresence('unknown');
    });
  }

  /** @param {'on'|'off'|'unknown'} on */
  #showPresence(on) {
    const words = { on: 'is here', off: 'is away', unknown: 'is out of sight' };
    this.part.presence.dataset.on = on;
    this.part.presenceText.textContent = `${this.other} ${words[on]}`;
  }

  // ---- talking ------------------------------------------------------------------------------

  /**
   * @param {string} address
   * @param {string} text
   */
  async #say(address, text) {
    const cid = newCid();
    /** @type {Line} */
    const line = {
      key: cid,
      from: this.user,
      text,
      atMillis: Date.now(),
      kind: 'mine',
      note: 'not yet answered',
      pending: true,
    };
    this.#add(address, line);
    try {
      await this.#enter(address);
      const sent = this.client.send(address, text, { cid });
      this.#showTally();
      const ok = await sent;
      if (ok.seq === undefined) this.#remove(address, cid); // a topic without log: seen as received
    } catch (error) {
      line.note = `refused: ${reasonOf(error)}`;
      line.failed = true;
      this.#redraw(address);
    }
    this.#showTally();
  }

  /**
   * What it takes to talk there: the group is joined, or made if nobody did yet; the topic followed.
   * @param {string} address
   */
  #enter(address) {
    const begun = this.#entered.get(address);
    if (begun) return begun;
    const entering = this.#enterAnew(address);
    this.#entered.set(address, entering);
    entering.then(
      () => this.#showTally(),
      () => this.#entered.delete(address),
    );
    return entering;
  }

  /** @param {string} address */
  async #enterAnew(address) {
    if (address === TOPIC) await this.client.sub(TOPIC, { last: TAIL });
    if (address !== GROUP) return;
    try {
      await this.client.group('join', GROUP);
    } catch (error) {
      if (codeOf(error) !== 'not_found') throw error;
      try {
        await this.client.group('create', GROUP, { title: 'Demo', join: 'open' });
      } catch (late) {
        if (codeOf(late) !== 'exists') throw late; // the other was quicker
        await this.client.group('join', GROUP);
      }
    }
    this.#watch();
  }

  /** @param {Entry} entry */
  #heard(entry) {
    this.#tally.count(entry);
    if (entry.cid !== undefined) this.#remove(entry.in, entry.cid);
    if (entry.ref !== undefined) this.#revise(entry);
    this.#add(entry.in, this.#lineOf(entry));
    if (entry.in === this.#shown) this.#markRead(entry.in);
    if (entry.from === this.other) this.#watch();
    this.#showTally();
  }

  /**
   * What an earlier message says has changed.
   * @param {Entry} entry an `edit` or a `recall`
   */
  #revise({ in: address, kind, ref, data }) {
    const line = this.#talk(address).find(({ seq }) => seq === ref);
    if (!line || (kind === 'edit' && data === undefined)) return;
    if (kind === 'edit') Object.assign(line, { text: textOf(data), note: `#${ref}, edited` });
    if (kind === 'recall') Object.assign(line, { text: 'nothing left (recall)', kind: 'system' });
    this.#redraw(address);
  }

  /** @param {number} seq of a message of mine in what is shown */
  async #takeBack(seq) {
    try {
      await this.client.recall(this.#shown, seq);
    } catch (error) {
      const line = this.#talk(this.#shown).find((other) => other.seq === seq);
      if (line) line.note = `#${seq}, ${reasonOf(error)}`;
      this.#redraw(this.#shown);
    }
  }

  /** Others need not know of every letter. */
  #typing() {
    const nowMillis = Date.now();
    if (nowMillis - this.#typedAtMillis < TYPING_EVERY_MILLIS || this.part.text.value === '') return;
    if (!/^[ug]:/.test(this.#shown)) return;
    this.#typedAtMillis = nowMillis;
    this.client.signal(this.#shown, { typing: true });
  }

  /** @param {string} address what was heard there is on the screen now */
  #markRead(address) {
    const newest = this.#talk(address).findLast(({ seq }) => seq !== undefined)?.seq ?? 0;
    if (!/^[uga]:/.test(address) || newest <= (this.#readByMe.get(address) ?? 0)) return;
    this.#readByMe.set(address, newest);
    this.client.mark(address, { read: newest }).catch(() => this.#readByMe.delete(address));
  }

  /**
   * @param {string} address
   * @param {number} seq
   */
  #readByOther(address, seq) {
    if (seq <= (this.#readByOthers.get(address) ?? 0)) return;
    this.#readByOthers.set(address, seq);
    this.#redraw(address);
  }

  /** @param {string} user */
  #showTyping(user) {
    const { typing } = this.part;
    typing.textContent = ` · ${user} is typing …`;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => typing.replaceChildren(), TYPING_SHOWN_MILLIS);
  }

  /**
   * @param {Entry} entry
   * @returns {Line}
   */
  #lineOf(entry) {
    const { seq, epoch, from, ts } = entry;
    const key = entry.cid ?? (seq === undefined ? newCid() : `${epoch ?? ''} ${seq}`);
    const common = { key, seq, epoch, from, atMillis: ts };
    const edited = entry.rev === undefined ? '' : ', edited';
    const note = seq === undefined ? '' : `#${seq}${edited}`;
    const who = entry.who?.join(', ') ?? '';
    if (entry.void !== undefined) {
      return { ...common, text: `nothing left (${entry.void})`, kind: 'system', note };
    }
    if (entry.kind !== undefined) {
      const words = {
        join: `${who} came in`,
        leave: `${who || from} left`,
        kick: `${who} was shown the door by ${from}`,
        edit: `${from} edited #${entry.ref}`,
        recall: `${from} took back #${entry.ref}`,
      };
      const text = entry.kind in words ? words[/** @type {'join'} */ (entry.kind)] : entry.kind;
      return { ...common, text, kind: 'system', note };
    }
    return { ...common, text: textOf(entry.data), kind: from === this.user ? 'mine' : 'theirs', note };
  }

  /** @param {Gap} gap */
  #broke(gap) {
    const words = {
      trimmed: `${(gap.low ?? 0) - (gap.after ?? 0) - 1} older messages are no longer kept`,
      epoch: 'this log was begun anew',
      lost: `${gap.lost} messages of this topic were dropped`,
      gone: 'no longer in this group',
      unreadable: `what is missing cannot be read (${gap.code})`,
      unsubscribed: `subscription ended (${gap.code})`,
      forgotten: 'position forgotten',
    };
    if (gap.in.startsWith('p:')) {
      this.#watching = false; // the server no longer allows it, or not yet again
      this.#showPresence('unknown');
      return;
    }
    this.#entered.delete(gap.in);
    this.#add(gap.in, {
      key: newCid(),
      text: words[gap.reason],
      atMillis: Date.now(),
      kind: 'break',
      note: gap.reason,
    });
  }

  async #readEarlier() {
    const address = this.#shown;
    const oldest = this.#talk(address).find((line) => line.seq !== undefined);
    if (oldest?.seq === undefined) return;
    this.button.earlier.disabled = true;
    try {
      const page = { before: oldest.seq, limit: 50 };
      const { items, epoch, low } = await this.client.history(address, page);
      const lines = items.map((/** @type {any} */ item) =>
        this.#lineOf({ ...item, in: address, epoch }),
      );
      this.#talk(address).unshift(...lines);
      if (lines.length === 0 || lines[0].seq === low) this.#begun.add(address);
    } catch (error) {
      this.button.earlier.textContent = `Earlier messages: ${reasonOf(error)}`;
    }
    this.button.earlier.disabled = false;
    this.#redraw(address);
  }

  // ---- showing ------------------------------------------------------------------------------

  /** @param {string} address */
  #talk(address) {
    return this.#talks.get(address) ?? [];
  }

  get #addresses() {
    const usual = [`u:${this.other}`, GROUP, TOPIC, 'a:all', 'u:server'];
    const strangers = [...this.#talks.keys()].filter((address) => !usual.includes(address));
    return [...usual, ...strangers.slice(0, TABS_MAX - usual.length)];
  }

  /**
   * @param {string} address
   * @param {Line} line
   */
  #add(address, line) {
    const isNew = !this.#talks.has(address);
    const talk = this.#talk(address);
    this.#talks.set(address, talk);
    // What still waits for its place in the log stays below what has one.
    const waiting = line.pending ? -1 : talk.findIndex((other) => other.pending && !other.failed);
    const place = waiting < 0 ? talk.length : waiting;
    talk.splice(place, 0, line);
    if (talk.length > SHOWN_MAX) talk.shift();
    if (address !== this.#shown) {
      if (line.kind !== 'mine') this.#unread.set(address, (this.#unread.get(address) ?? 0) + 1);
      this.#showTabs();
      return;
    }
    if (isNew) this.#showTabs();
    const { messages } = this.part;
    const follows = atEnd(messages);
    messages.insertBefore(this.#itemOf(line), messages.children[place] ?? null);
    if (messages.children.length > SHOWN_MAX) messages.firstElementChild?.remove();
    if (follows || line.kind === 'mine') messages.scrollTop = messages.scrollHeight;
    this.#showEarlier();
  }

  /**
   * @param {string} address
   * @param {string} key
   */
  #remove(address, key) {
    const talk = this.#talk(address);
    const place = talk.findIndex((line) => line.key === key && line.pending);
    if (place < 0) return;
    talk.splice(place, 1);
    if (address === this.#shown) this.part.messages.children[place]?.remove();
  }

  /** @param {Line} line */
  #itemOf(line) {
    const item = element('li', { class: line.kind, 'data-key': line.key });
    if (line.seq !== undefined) item.dataset.seq = String(line.seq);
    if (line.from !== undefined) item.dataset.from = line.from;
    if (line.pending) item.dataset.pending = line.failed ? 'failed' : 'waiting';
    if (line.kind === 'theirs') item.append(element('b', {}, line.from ?? 'the system'));
    const mine = line.kind === 'mine' && line.seq !== undefined;
    const isRead = mine && (line.seq ?? 0) <= (this.#readByOthers.get(this.#shown) ?? 0);
    const note = `${line.note} ${timeOf(line.atMillis)}${isRead ? ', read' : ''}`.trim();
    item.append(element('span', { class: 'text' }, line.text), element('small', {}, note));
    if (mine) {
      const label = { type: 'button', class: 'back', 'data-seq': String(line.seq) };
      item.append(element('button', { ...label, title: 'Take this message back' }, 'Take back'));
    }
    return item;
  }

  /** @param {string} address */
  #redraw(address) {
    if (address === this.#shown) this.#showTalk();
  }

  #showTalk() {
    const { part } = this;
    part.messages.replaceChildren(...this.#talk(this.#shown).map((line) => this.#itemOf(line)));
    part.messages.scrollTop = part.messages.scrollHeight;
    part.messages.setAttribute('aria-label', `${this.#shown} as ${this.user} sees it`);
    part.messages.dataset.empty = emptyWords(this.#shown, this.other);
    part.messages.dataset.shown = this.#shown;
    part.text.placeholder = `Message to ${this.#shown}`;
    this.#showEarlier();
  }

  #showEarlier() {
    const oldest = this.#talk(this.#shown).find((line) => line.seq !== undefined);
    const more = oldest?.seq !== undefined && oldest.seq > 1 && !this.#begun.has(this.#shown);
    this.button.earlier.hidden = !more || this.#talk(this.#shown).length >= SHOWN_MAX;
    if (!this.button.earlier.disabled) this.button.earlier.textContent = 'Earlier messages';
  }

  #showTabs() {
    const { tabs, talk } = this.part;
    const hadFocus = tabs.contains(document.activeElement);
    const made = this.#addresses.map((address) => {
      const unread = this.#unread.get(address) ?? 0;
      const tab = element('button', {
        type: 'button',
        role: 'tab',
        id: `${this.seat}-tab-${address}`,
        'aria-selected': String(address === this.#shown),
        'aria-controls': talk.id,
        tabindex: address === this.#shown ? '0' : '-1',
        'data-in': address,
      });
      tab.append(address);
      if (unread > 0) {
        tab.append(element('span', { class: 'unread', 'aria-label': `${unread} new` }, `${unread}`));
      }
      return tab;
    });
    tabs.replaceChildren(...made);
    talk.setAttribute('aria-labelledby', `${this.seat}-tab-${this.#shown}`);
    if (hadFocus) made.find((tab) => tab.dataset.in === this.#shown)?.focus();
  }

  /** @param {string} address */
  #choose(address) {
    this.#shown = address;
    this.#unread.delete(address);
    this.#showTabs();
    this.#showTalk();
    this.#markRead(address);
    this.#enter(address).catch((error) => {
      this.#add(address, {
        key: newCid(),
        text: `cannot enter: ${reasonOf(error)}`,
        atMillis: Date.now(),
        kind: 'break',
        note: '',
      });
    });
  }

  /** @param {KeyboardEvent} event */
  #walkTabs(event) {
    const addresses = this.#addresses;
    const at = addresses.indexOf(this.#shown);
    const target = new Map([
      ['ArrowRight', (at + 1) % addresses.length],
      ['ArrowLeft', (at + addresses.length - 1) % addresses.length],
      ['Home', 0],
      ['End', addresses.length - 1],
    ]).get(event.key);
    if (target === undefined) return;
    event.preventDefault();
    this.#choose(addresses[target]);
  }

  #showTally() {
    const { received, duplicates, gaps } = this.#tally;
    this.part.counter.textContent = `received ${received}, duplicates ${duplicates}, gaps ${gaps}`;
    this.part.counter.dataset.clean = String(duplicates + gaps === 0);
    const unsent = this.client.unanswered;
    this.part.unsent.textContent = unsent === 0 ? '' : `${unsent} waiting to be sent`;
  }

  /** @param {Frame} frame */
  #showFrame(frame) {
    const { frames } = this.part;
    const follows = atEnd(frames);
    const sign = frame.direction === 'in' ? '←' : '→';
    const item = element(
      'li',
      { 'data-direction': frame.direction },
      element('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      element('span', { class: 'unseen' }, frame.direction === 'in' ? 'received' : 'sent'),
      element('time', {}, timeOf(frame.atMillis)),
    );
    const code = element('code');
    for (const line of this.#withoutSecret(frame.text).split('\n')) {
      code.append(element('span', { class: 'unit' }, ...colours(line)));
    }
    item.append(code);
    frames.append(item);
    while (frames.children.length > FRAMES_MAX) frames.firstElementChild?.remove();
    if (follows) frames.scrollTop = frames.scrollHeight;
  }

  /** @param {string} text */
  #withoutSecret(text) {
    return this.#secret ? text.replaceAll(JSON.stringify(this.#secret), '"(token)"') : text;
  }
}

/**
 * JSON with a span for each kind of token; not a character is added or lost.
 * @param {string} json
 * @returns {(Node|string)[]}
 */
function colours(json) {
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
  /** @type {(Node|string)[]} */
  const parts = [];
  let end = 0;
  for (const match of json.matchAll(token)) {
    parts.push(json.slice(end, match.index));
    const [all, string, colon] = match;
    const kind = colon ? 'key' : string ? 'string' : 'value';
    parts.push(element('span', { class: kind }, string ?? all), colon ?? '');
    end = match.index + all.length;
  }
  parts.push(json.slice(end));
  return parts;
}

/** @param {Element} list */
function atEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 40;
}

/** @param {unknown} data */
function textOf(data) {
  if (typeof data === 'string') return data;
  const text = /** @type {{text?: unknown}|null|undefined} */ (data)?.text;
  return typeof text === 'string' ? text : JSON.stringify(data);
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof TidingsError ? error.code : undefined;
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof TidingsError)) return String(error);
  return error.message === error.code ? error.code : `${error.code} (${error.message})`;
}

/**
 * @param {string} address
 * @param {string} other
 */
function emptyWords(address, other) {
  if (address === 'u:server') return 'What a backend pushes appears here. The lines for curl are below.';
  if (address === 'a:all') return 'Announcements to everybody appear here.';
  if (address === GROUP) return 'A group. Whoever opens it first makes it, the other joins.';
  if (address === TOPIC) return 'A topic: whoever looks at it hears it.';
  return `Nothing yet between you and ${address.slice(2) || other}.`;
}

/**
 * Stable in this tab, so that a reload replaces its own connection and no other.
 * @param {string} seat
 */
function device(seat) {
  const key = `tidings:device:${seat}`;
  const known = sessionStorage.getItem(key);
  if (known !== null) return known;
  const fresh = `web-${newCid().slice(0, 8)}`;
  sessionStorage.setItem(key, fresh);
  return fresh;
}

function showShellLines() {
  const { host, hostname, origin } = location;
  const port = location.port || (location.protocol === 'https:' ? '443' : '80');
  const key = '-H "Authorization: Bearer $KEY"';
  /** @type {{[name: string]: string}} */
  const lines = {
    nc: `nc ${hostname.replace(/^\[|\]$/g, '')} ${port}`,
    auth: '{"op":"auth","user":"carol"}',
    send: '{"op":"send","to":"u:alice","data":"hi"}',
    push: `curl ${key} -d 'deployed' ${location.protocol === 'https:' ? origin : host}/v1/send/u:alice`,
    announce: `curl ${key} -d 'tea is ready' ${location.protocol === 'https:' ? origin : host}/v1/send/a:all`,
  };
  for (const [name, text] of Object.entries(lines)) {
    find(document, `[data-shell=${name}]`, HTMLElement).textContent = text;
  }
  const copied = find(document, '[data-role=copied]', HTMLElement);
  for (const button of document.querySelectorAll('[data-act=copy]')) {
    const code = /** @type {HTMLElement} */ (button.previousElementSibling);
    button.setAttribute('aria-label', `Copy: ${code.textContent}`);
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent ?? '');
        copied.textContent = 'Copied.';
        button.textContent = 'Copied';
        setTimeout(() => (button.textContent = 'Copy'), 1_500);
      } catch {
        // No clipboard without a secure origin: then the text is selected, ready for the keyboard.
        getSelection()?.selectAllChildren(code);
        copied.textContent = 'Selected; copy it with the keyboard.';
      }
    });
  }
}

showShellLines();
if (matchMedia('(max-width: 56rem)').matches) {
  // On a phone the talk comes first.
  const { content } = find(document, '#person', HTMLTemplateElement);
  content.querySelector('details')?.removeAttribute('open');
}
/** @type {Person} */
const alice = new Person(find(document, '#alice', HTMLElement), (user) => bob.meet(user));
/** @type {Person} */
const bob = new Person(find(document, '#bob', HTMLElement), (user) => alice.meet(user));
alice.start();
bob.start();
