// The operations console: it reads the API that openapi.json describes, and shows it.
//
// From top to bottom: the API; elements, times and words; failures explained; health; the chart; lists; what each view
// shows; the beat that keeps it up to date; the way in. Whatever the API says becomes text, never markup.

const POLL = 3_000; // ms between two looks at the list shown
const SLOWEST_POLL = 30_000; // ms, while something is wrong
const OVERVIEW_EVERY = 5; // beats; health and figures come at once when something has arrived
const READ_ON_AFTER = 100; // ms, because nginx allows 20 requests a second
const READ_AGAIN_AFTER = 1_000; // ms, when the handler leaves the room to deliveries
const READ_AGAIN = 10; // times, before that is told
const PAGE = 50; // rows
const MARKED_FOR = 10_000; // ms that a new row is marked as new
const ANNOUNCE_EVERY = 20_000; // ms, so that a screen reader is not kept talking
const TAKEN_WITHIN = 60_000; // ms within which a worker takes what lies in the queue
const DAY = 86_400_000; // ms
const REPEATED_FOR = 28 * 3_600_000; // ms that Svix repeats a delivery by itself (docs.svix.com/retries)

const OUTCOMES = ['applied', 'stale', 'ignored', 'failed'];
const byId = (id) => document.getElementById(id);

// ---- The API

/** Something stands between this page and the API; `kind` is a key of TROUBLES. */
class Trouble extends Error {
  constructor(kind, message = '') {
    super(message);
    this.kind = kind;
  }
}

const STORED_TOKEN = 'clerk-sync token';
const storage = tabStorage();
let token = storage?.getItem(STORED_TOKEN) ?? '';
let session = new AbortController(); // signing out ends what is being read

/** undefined where the browser blocks storage; the token then lasts as long as the page. */
function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** Reads JSON. The path is relative, so that everything works under a prefix. Throws Trouble, or what `signal` says. */
async function read(path, query = {}, signal = undefined, again = READ_AGAIN) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  const ends = [session.signal, ...(signal ? [signal] : [])];
  const throwIfEnded = () => ends.forEach((end) => end.throwIfAborted());
  let response, text;
  try {
    response = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` },
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(15_000), ...ends]),
    });
    text = await response.text();
  } catch {
    throwIfEnded();
    throw new Trouble('server');
  }
  throwIfEnded();
  const body = parsed(text);
  // A health of `silent` comes with 503, and is an answer.
  if (body && (response.ok || body.status === 'silent')) return body;
  if (body?.error === 'busy' && again > 0) {
    await pause(READ_AGAIN_AFTER, AbortSignal.any(ends));
    return read(path, query, signal, again - 1);
  }
  throw new Trouble(kind(response.status, body?.error), body?.message);
}

/** The object in a JSON text; undefined where the text is none of the handler's. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What an unwelcome answer means; without `error` it is the web server's own, not the handler's. */
function kind(status, error) {
  if (status === 401) return 'token';
  if (error === 'busy') return 'crowded';
  if (status === 429) return 'busy';
  if (error === 'not_found') return 'off';
  if (error === 'unavailable') return 'database';
  if (error === 'queue_unavailable') return 'queue';
  if (error === 'configuration_error') return 'settings';
  if (error) return 'refused';
  return status >= 500 ? 'handler' : 'unrouted';
}

/** The error itself where it is a Trouble; any other is the page's own fault, and the browser's console has it. */
function asTrouble(error) {
  if (error instanceof Trouble) return error;
  console.error(error);
  return new Trouble('fault');
}

/** Lets so many ms pass, unless `signal` says otherwise. */
function pause(time, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, time);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

// ---- Elements, times and words

/** An element with attributes and children; a child that is undefined or empty is left out. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return element;
}

function button(text, action, attributes = {}) {
  const element = make('button', { type: 'button', class: 'quiet', ...attributes }, text);
  element.addEventListener('click', action);
  return element;
}

/** This page's own words, in which `backquotes` are code. */
function prose(text = '') {
  return text.split('`').map((part, index) => (index % 2 ? make('code', {}, part) : part));
}

function unseen(text) {
  return make('span', { class: 'unseen' }, text);
}

const number = new Intl.NumberFormat();
const twoDigits = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const thisYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit',
});
const anyYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A time in ms since 1970, as the reader's clock shows it, with the exact UTC behind it. */
function moment(time, format = undefined) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return make('span', {}, String(time));
  const now = new Date(serverNow());
  const isToday = date.toDateString() === now.toDateString();
  const near = isToday ? clock : date.getFullYear() === now.getFullYear() ? thisYear : anyYear;
  const utc = date.toISOString();
  const title = `${utc.replace('T', ' ').replace('Z', '')} UTC`;
  return make('time', { datetime: utc, title }, (format ?? near).format(date));
}

/** A length of time in ms, in its largest unit. */
function duration(time) {
  const seconds = Math.max(0, Math.floor(time / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

function count(amount, one, many = `${one}s`) {
  return `${number.format(amount)} ${amount === 1 ? one : many}`;
}

/** Tells a screen reader, politely. */
function announce(words) {
  byId('announcer').textContent = words;
}

/** `ada@example.org` as `a•••@e•••.org`. */
function masked(email) {
  const at = email.lastIndexOf('@');
  const [first] = email;
  if (at < 1) return '•••';
  const [domain] = email.slice(at + 1);
  const dot = email.lastIndexOf('.');
  return `${first}•••@${domain ?? ''}•••${dot > at ? email.slice(dot) : ''}`;
}

/** An e-mail address that is shown once its button has been pressed. */
function address(email) {
  const holder = make('span', { class: 'address' });
  const toggle = (isShown, byHand) => {
    const change = button(isShown ? 'Hide' : masked(email), () => toggle(!isShown, true), {
      'aria-label': isShown ? 'Hide e-mail address' : `${masked(email)}, show e-mail address`,
      ...(isShown ? {} : { class: 'quiet mask', title: 'Show' }),
    });
    holder.replaceChildren(...(isShown ? [make('span', {}, email), ' ', change] : [change]));
    if (byHand) change.focus();
  };
  toggle(false, false);
  return holder;
}

function userLink(id) {
  return make('a', { href: `#user/${encodeURIComponent(id)}`, class: 'id' }, id);
}

/** Pairs of a term and its description; those without a description are left out. */
function pairs(name, entries) {
  const rows = entries.filter(([, value]) => value !== undefined);
  const pair = ([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value));
  return make('dl', { class: name }, rows.map(pair));
}

// ---- Failures explained

const REPLAYED_BY_HAND = 'Deliveries that failed and have not succeeded since. Once the cause is mended, replay them: Clerk '
  + 'dashboard, Webhooks, the endpoint, the message id, Replay.';
// Svix has had its 200 by then.
const REPEATED_BY_WORKER = 'Deliveries that failed and have not succeeded since. The worker repeats them. What it gives up '
  + 'is a dead letter, for `clerk-sync dead list`; once the cause is mended, `clerk-sync dead retry` puts it back.';

/** By the ledger's `error`, the first that fits: what happened, and what to do. `isFinal`: Svix was told to stop. */
const CAUSES = [
  {
    fits: /^malformed_event/,
    title: 'Not an event as Clerk describes it',
    what: 'The message was signed with your secret, but its body is not one of Clerk’s events.',
    next: 'See that no transformation is set for the endpoint (Clerk dashboard, Webhooks, Advanced) and that nothing else '
      + 'signs with its secret. If it is Clerk’s own event unchanged, clerk-sync needs to learn its form: report '
      + 'the words below.',
    isFinal: true,
  },
  {
    fits: /^no_primary_email/,
    title: 'The user has no primary e-mail address',
    what: 'A row needs an address, and this user has none, as one who signed up by phone.',
    next: 'Give the user a primary e-mail address in the Clerk dashboard: the `user.updated` that follows writes the row. '
      + 'To avoid more of these, require an e-mail address for signing up.',
    isFinal: true,
  },
  {
    fits: /^no_user_id/,
    title: 'The event names no user',
    what: 'The event is about a user, but `data.id` is missing or empty. Clerk’s own events always have it.',
    next: 'Look for a transformation of the endpoint, or for a test event made by hand.',
    isFinal: true,
  },
  {
    fits: /the e-mail address belongs to /,
    title: 'The e-mail address is another user’s',
    what: 'The address still stands in another user’s row, which the handler’s words name.',
    next: 'Mostly nothing: once that user’s own event has arrived, the address is free and the repetition succeeds. If it does '
      + 'not, `clerk-sync reconcile` shows where that row differs from Clerk, and with `--apply` mends it.',
  },
  {
    codes: [5],
    title: 'The database was locked',
    what: 'Another program held the write lock for longer than the handler waits.',
    next: 'If it happens often, look for a program that keeps a transaction open, such as a backup or a migration.',
  },
  {
    codes: [3, 8, 14],
    title: 'The database cannot be written',
    what: 'The handler may not open or write the file, or the folder it lies in.',
    next: 'Make both readable and writable for the user that the handler runs as. `clerk-sync doctor` says which is not.',
  },
  {
    codes: [13],
    title: 'The disk is full',
    what: 'There was no room for the change; nothing was written.',
    next: 'Make room on the disk of the database.',
  },
  {
    codes: [10],
    title: 'The disk did not do as asked',
    what: 'The system reported an error while the database was read or written.',
    next: 'Check the room, the quota and the health of the disk. A database in WAL mode must not lie on a network disk.',
  },
  {
    codes: [11, 26],
    title: 'The file is no sound database',
    what: 'The file is damaged, or something other than an SQLite 3 database.',
    next: 'See that `CLERK_SYNC_DATABASE` names the right file. If it is damaged, restore a backup and run '
      + '`clerk-sync reconcile --apply`, which brings it up to date with Clerk.',
  },
  {
    codes: [787],
    title: 'Other rows refer to the user',
    what: 'A foreign key of another table forbids to delete this user.',
    next: 'Declare that key `ON DELETE CASCADE` or `ON DELETE SET NULL`, or delete those rows. `clerk-sync doctor` names the '
      + 'column.',
  },
  {
    codes: [19],
    title: 'A constraint forbids the change',
    what: 'A rule of your `users` table, or a trigger on it, refuses the row.',
    next: 'The handler’s words name the constraint. Further columns need a default. Change the rule or the data at Clerk.',
  },
  {
    codes: [1],
    title: 'The table is not as expected',
    what: 'The `users` table, or one of the sync’s own, lacks a column, or a trigger calls what is not there.',
    next: 'Run `clerk-sync doctor`, which says what does not fit; the README shows the table.',
  },
];

const OTHER_DATABASE_ERROR = {
  title: 'The database refused the change',
  what: 'Nothing was written.',
  next: 'The handler’s words say why; sqlite.org/rescode.html explains the result code. `clerk-sync doctor` may know more.',
};
const UNKNOWN_CAUSE = {
  title: 'It failed',
  what: 'This page does not know the cause.',
  next: 'See the handler’s words, and the responses in the README of its version.',
};

/** The cause of a failed delivery. An extended result code that has no entry counts as its primary code. */
function causeOf(delivery) {
  const error = delivery.error ?? '';
  const code = Number(error.match(/\(SQLite result code (\d+)\)/)?.[1]);
  return CAUSES.find((cause) => cause.fits?.test(error))
    ?? CAUSES.find((cause) => cause.codes?.includes(code))
    ?? CAUSES.find((cause) => cause.codes?.includes(code & 0xff))
    ?? (error.startsWith('database_error') ? OTHER_DATABASE_ERROR : UNKNOWN_CAUSE);
}

/** Who tries the delivery again. With a queue Svix has had its 200, and the worker repeats whatever fails. */
function repetition(delivery, isFinal) {
  if (health?.queue) {
    const until = 'after many tries it becomes a dead letter, for `clerk-sync dead list`.';
    return isFinal ? `No repetition can succeed: ${until}` : `The worker repeats it; ${until}`;
  }
  if (isFinal) return 'No repetition can succeed, and Svix has been told so. The entry stays until its retention has passed.';
  const isRepeated = serverNow() - delivery.firstSeen < REPEATED_FOR;
  return isRepeated
    ? 'Svix repeats it, until 28 hours after the first attempt.'
    : 'Svix no longer repeats it by itself: replay it once the cause is mended.';
}

/** What happened, what to do, whether it comes again, and the handler's own words. */
function explanation(delivery) {
  const cause = causeOf(delivery);
  return make('div', { class: 'explanation' },
    make('p', {}, prose(cause.what)),
    make('p', {}, make('strong', {}, 'What to do: '), prose(cause.next)),
    make('p', {}, prose(repetition(delivery, cause.isFinal))),
    delivery.error ? make('p', { class: 'words' }, make('code', {}, delivery.error)) : undefined);
}

// ---- Health

/** What stands between the page and the API, in words; `level` is that of the colour. */
const TROUBLES = {
  server: {
    level: 'bad', state: 'Server unreachable',
    what: 'The web server that this page came from does not answer.',
    next: 'See that you are connected, and that the web server runs.',
  },
  handler: {
    level: 'bad', state: 'Handler unreachable',
    what: 'The web server answers, but the handler behind it does not. Clerk repeats its deliveries for 28 hours meanwhile.',
    next: 'See `systemctl status clerk-sync.service` and `journalctl -u clerk-sync`, and start it again.',
  },
  busy: {
    level: 'warn', state: 'Too many requests',
    what: 'The web server limits how often one address may ask.',
    next: 'Close other tabs of this console, or raise the limit in the web server’s configuration.',
  },
  crowded: {
    level: 'warn', state: 'Handler busy',
    what: 'As much is being read from the handler as deliveries leave room for.',
    next: 'It goes on by itself. If it stays, look for other tabs of this console and other programs that read its API.',
  },
  fault: {
    level: 'bad', state: 'This page has a fault',
    what: 'Something happened that it was not made for. What stands below may be out of date.',
    next: 'Reload it. If that does not help, report what the browser’s console says.',
  },
  database: {
    level: 'bad', state: 'Database unavailable',
    what: 'The handler runs, but it cannot read the database. Deliveries are answered 500, and Clerk repeats them.',
    next: 'Run `clerk-sync doctor`, which tells what is wrong with the file, its folder, its schema or the disk.',
  },
  databaseBehindQueue: {
    level: 'bad', state: 'Database unavailable',
    what: 'The handler cannot read the database. Deliveries are taken all the same, and wait in the queue for the worker.',
    next: 'Run `clerk-sync doctor`, which tells what is wrong with the file, its folder, its schema or the disk.',
  },
  settings: {
    level: 'bad', state: 'A setting cannot be used',
    what: 'The handler refuses every request because of a setting that the web server passes to it.',
    next: 'The log names the setting. Correct it in the web server’s configuration and reload the web server.',
  },
  queue: {
    level: 'bad', state: 'Queue unavailable',
    what: 'Redis does not answer, so that deliveries are refused. Clerk repeats them for 28 hours meanwhile.',
    next: 'See `systemctl status redis-server`, and what `clerk-sync doctor` says of the queue.',
  },
  off: {
    level: 'wait', state: 'The console is switched off',
    what: 'The handler answers, but without `CLERK_SYNC_ADMIN_TOKEN` it shows nothing to anybody.',
    next: 'Make a token with `openssl rand -hex 24`, put it into `/etc/clerk-sync/clerk-sync.env` as '
      + '`CLERK_SYNC_ADMIN_TOKEN=…`, and `systemctl restart clerk-sync.service`. This page then asks for it by itself.',
  },
  unrouted: {
    level: 'bad', state: 'The API is not passed on',
    what: 'The web server answers for the API itself, instead of asking the handler.',
    next: 'Take the locations for `/api/` from the file for your web server in `conf/`, and reload the web server.',
  },
  refused: {
    level: 'warn', state: 'Not understood',
    what: 'The handler does not understand what this page asks for.',
    next: 'The page and the handler may be of different versions: install both from the same one, and reload.',
  },
  token: { state: 'This is not the handler’s token. Look for `CLERK_SYNC_ADMIN_TOKEN` in its settings.' },
};

let health, stats;
let statsAt = 0; // by this machine's clock
let lastDelivery; // by the handler's
let trouble;

/** Whether the handler has a queue and no database: then there are no figures and no lists. */
function isReceiver() {
  return Boolean(health && !stats);
}

/** The handler's clock, in ms since 1970. */
function serverNow() {
  return stats ? stats.now + (Date.now() - statsAt) : Date.now();
}

/** How the sync stands: a level, a word, what it means and what to do. */
function judgement() {
  if (trouble) return TROUBLES[trouble.kind === 'database' && health?.queue ? 'databaseBehindQueue' : trouble.kind];
  if (!health) return { level: 'wait', state: 'Loading…' };
  if (health.status === 'silent') {
    return {
      level: 'bad', state: 'Silent',
      what: `Nothing has arrived for longer than ${count(health.silenceHours ?? 1, 'hour')}.`,
      next: 'See in the Clerk dashboard, under Webhooks, whether the endpoint is enabled and what its deliveries are answered; '
        + '`clerk-sync doctor --url` tries the endpoint’s address.',
    };
  }
  if (isReceiver()) {
    return judgementOfQueue() ?? {
      level: 'good', state: 'Receiving',
      what: 'This machine only receives: deliveries are verified and put into the queue, and no database is here.',
      next: 'Users and deliveries are shown where the worker and its database are. If they should be here, see '
        + '`CLERK_SYNC_DATABASE`.',
    };
  }
  if (lastDelivery === undefined) {
    return {
      level: 'wait', state: 'Waiting for the first delivery',
      what: 'The handler and its database are ready. Nothing has arrived yet.',
      next: 'Clerk dashboard, Webhooks, the endpoint, Testing: send a `user.created`. It shows here within seconds.',
    };
  }
  const ofQueue = judgementOfQueue();
  if (ofQueue) return ofQueue;
  const pending = stats.pendingFailures;
  if (pending > 0) {
    return {
      level: 'warn', state: `${count(pending, 'failure')} pending`,
      what: 'Deliveries arrive, but not all of them could be applied.',
      next: 'Each one is explained under Failures, with what to do.',
    };
  }
  return { level: 'good', state: 'Healthy', what: 'Deliveries arrive and are applied; nothing is pending.' };
}

/** What is wrong with the queue; undefined while nothing is, and without one. */
function judgementOfQueue() {
  const { queue } = health;
  if (!queue) return undefined;
  if (serverNow() - queue.oldestWaiting > TAKEN_WITHIN) {
    return {
      level: 'bad', state: 'Queue stands still',
      what: `Deliveries arrive and are kept, but no worker takes them: ${count(queue.entries, 'delivery', 'deliveries')} to do.`,
      next: 'See `systemctl status clerk-sync-worker.service` and `journalctl -u clerk-sync-worker`, and start it again.',
    };
  }
  if (queue.deadLetters > 0) {
    return {
      level: 'warn', state: count(queue.deadLetters, 'dead letter'),
      what: 'The worker has given deliveries up, after many tries.',
      next: '`clerk-sync dead list` names them and their reasons. With these mended, `clerk-sync dead retry` puts them back.',
    };
  }
  if (queue.pending > 0 && queue.lag === 0 && serverNow() - queue.oldestPending > DAY) {
    return {
      level: 'warn', state: 'A worker holds deliveries',
      what: 'A worker holds deliveries for more than a day: it cannot apply them, or it has stopped.',
      next: 'See `systemctl status clerk-sync-worker.service`; `journalctl -u clerk-sync-worker` says what they fail by.',
    };
  }
  return undefined;
}

function showHealth() {
  const { level, state, what = '', next = '' } = judgement();
  const heading = byId('state');
  if (heading.textContent !== state) {
    heading.textContent = state;
    announce(state);
  }
  byId('health').dataset.level = level;
  byId('state-what').replaceChildren(...prose(what));
  byId('state-next').replaceChildren(...prose(next));
  document.title = `${state} · clerk-sync`;
  byId('failure-count').hidden = !stats?.pendingFailures;
  byId('failure-count').replaceChildren(number.format(stats?.pendingFailures ?? 0), unseen(' pending'));
}

function showFigures() {
  const { queue } = health;
  const ms = (value) => `${twoDigits.format(value)} ms`;
  const figure = (value, ...more) => [make('strong', {}, value), make('span', { class: 'soft' }, more)];
  const ofDatabase = ({ latency, rate, users }) => [
    ['Last delivery', [make('strong', { id: 'last-age' }), make('span', { id: 'last-time', class: 'soft' })]],
    ['Users', figure(number.format(users), 'rows')],
    ['Deliveries', figure(number.format(rate.lastMinute), `in a minute, ${number.format(rate.lastHour)} in an hour`)],
    ['Time to answer', latency
      ? figure(ms(latency.p50), `median; 95 % in ${ms(latency.p95)}, 99 % in ${ms(latency.p99)}`)
      : figure('–', 'not measured yet')],
  ];
  const figures = pairs('figures', [
    ...(stats ? ofDatabase(stats) : []),
    ...(queue ? [['Queue', figure(number.format(queue.entries), `to do, ${number.format(queue.pending)} with a worker`,
      queue.oldest === undefined ? '' : `; the oldest is from ${duration(serverNow() - queue.oldest)} ago`)]] : []),
    ...(stats ? [['SQLite', figure(stats.sqlite, `journal mode ${stats.journalMode}`)]] : []),
    ['Handler', figure(health.version, 'version')],
  ]);
  byId('figures').replaceChildren(...figures.children);
  showAge();
}

/** Each second: how long ago the last delivery came, and when the next attempt to reach the handler is due. */
function showAge() {
  if (byId('last-age')) {
    const isNone = lastDelivery === undefined;
    byId('last-age').textContent = isNone ? '–' : `${duration(serverNow() - lastDelivery)} ago`;
    byId('last-time').replaceChildren(isNone ? 'none yet' : moment(lastDelivery));
  }
  byId('state-retry').hidden = !trouble;
  const wait = Math.max(0, Math.ceil((nextBeat - Date.now()) / 1000));
  const known = health ? ` What stands below was so ${duration(Date.now() - statsAt)} ago.` : '';
  byId('retry-in').textContent = `Trying again in ${wait} s.${known}`;
}

let overviews = 0;

async function readOverview() {
  overviews += 1;
  const own = overviews;
  const hours = document.querySelector('#range input:checked').value;
  const [newHealth, newStats] = await Promise.all([
    read('api/health'),
    read('api/stats', { hours }).catch((error) => {
      if (error.kind !== 'database') throw error;
    }),
  ]);
  // Only a machine without a database has a health that says nothing of SQLite.
  if (!newStats && newHealth.sqlite !== undefined) throw new Trouble('database');
  if (own !== overviews) return; // a newer one is on its way or here
  const isOtherwise = Boolean(newHealth.queue) !== Boolean(health?.queue);
  [health, stats, statsAt] = [newHealth, newStats, Date.now()];
  // Who repeats a delivery is another one with a queue.
  if (isOtherwise) for (const { list } of Object.values(VIEWS)) list.redraw();
  lastDelivery = stats?.lastDelivery ?? lastDelivery;
  showFigures();
  showChart();
}

// ---- The chart

const SVG = 'http://www.w3.org/2000/svg';

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** The series as one entry a step, with a number for each outcome. */
function columnsOf({ series: { start, step, bars }, now }) {
  const length = Math.max(1, Math.floor((now - start) / step) + 1);
  const columns = Array.from({ length }, (_, index) => ({
    start: start + index * step, ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
  }));
  for (const bar of bars) {
    const column = columns[Math.floor((bar.start - start) / step)];
    if (column && OUTCOMES.includes(bar.outcome)) column[bar.outcome] += bar.deliveries;
  }
  return columns;
}

const total = (column) => OUTCOMES.reduce((sum, outcome) => sum + column[outcome], 0);

/** Steps of a day begin at 00:00 UTC, and are named by the UTC date. */
function stepName(step) {
  const options = step >= DAY ? { dateStyle: 'medium', timeZone: 'UTC' } : { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(undefined, options);
}

/** Where the axis has its labels, and their format: round hours, or the first step of a day. */
function ticksOf(columns, step, room) {
  const isDaily = step >= DAY;
  const day = { day: 'numeric', month: 'short', ...(isDaily ? { timeZone: 'UTC' } : {}) };
  const hours = columns.length * step <= 2 * DAY;
  const isTick = (column, index) => {
    const date = new Date(column.start);
    if (isDaily) return true;
    if (hours) return date.getHours() % 3 === 0;
    return index > 0 && date.getDate() !== new Date(columns[index - 1].start).getDate();
  };
  const candidates = columns.map((column, index) => ({ column, index }))
    .filter(({ column, index }) => isTick(column, index));
  const every = Math.max(1, Math.ceil(candidates.length * 60 / room));
  const format = new Intl.DateTimeFormat(undefined, hours ? { hour: '2-digit', minute: '2-digit' } : day);
  return candidates.filter((_, index) => index % every === 0)
    .map(({ column, index }) => ({ index, text: format.format(column.start) }));
}

/** Round numbers from 0 up to at least `most`, four or five of them at most. */
function scaleOf(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most / 4)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size * 4 >= most);
  const length = Math.max(1, Math.ceil(most / step)) + 1;
  return Array.from({ length }, (_, index) => index * step);
}

function showChart() {
  const host = byId('chart');
  const width = host.clientWidth;
  if (!stats || !width) return;
  const columns = columnsOf(stats);
  const { step } = stats.series;
  const scale = scaleOf(Math.max(...columns.map(total)));
  const most = scale.at(-1);
  const labels = scale.map((value) => new Intl.NumberFormat(undefined, { notation: 'compact' }).format(value));
  const [left, top, bottom, height] = [12 + 8 * Math.max(...labels.map((label) => label.length)), 10, 24, 200];
  const [room, tall] = [width - left, height - top - bottom];
  const each = room / columns.length;
  const y = (value) => top + tall * (1 - value / most);
  const sumOf = (outcome) => columns.reduce((sum, column) => sum + column[outcome], 0);
  const sums = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, sumOf(outcome)]));
  const words = OUTCOMES.map((outcome) => `${number.format(sums[outcome])} ${outcome}`).join(', ');

  const chart = draw('svg', {
    width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Deliveries: ${words}`,
  });
  chart.append(draw('defs', {}, draw('pattern', { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)' }, draw('rect', { width: 5, height: 5, class: 'hatch-ground' }),
    draw('rect', { width: 2, height: 5, class: 'hatch-line' }))));
  scale.forEach((value, index) => chart.append(
    draw('line', { x1: left, x2: width, y1: y(value), y2: y(value), class: index ? 'grid' : 'axis' }),
    draw('text', { x: left - 8, y: y(value) + 4, class: 'tick', 'text-anchor': 'end' }, labels[index])));
  for (const { index, text } of ticksOf(columns, step, room)) {
    const x = left + (index + (step >= DAY ? 0.5 : 0)) * each;
    const isCutOff = x < left + 20 || x > width - 24;
    if (!isCutOff) chart.append(draw('text', { x, y: height - 6, class: 'tick', 'text-anchor': 'middle' }, text));
  }
  const highlight = draw('rect', { y: top, width: each, height: tall, class: 'highlight', visibility: 'hidden' });
  chart.append(highlight);
  columns.forEach((column, index) => {
    let base = y(0);
    for (const outcome of OUTCOMES.filter((outcome) => column[outcome] > 0)) {
      const size = Math.max(2, y(0) - y(column[outcome])); // one among many still shows
      base -= size;
      chart.append(draw('rect', { x: left + index * each + each * 0.12, y: base, width: each * 0.76, height: size,
        class: `bar ${outcome}` }));
    }
  });

  const inAll = total(sums) ? `${count(total(sums), 'delivery', 'deliveries')} in all` : 'None in this time';
  const show = (index) => {
    const column = columns[index];
    highlight.setAttribute('visibility', column ? 'visible' : 'hidden');
    highlight.setAttribute('x', left + index * each);
    showLegend(column ?? sums);
    const when = column ? make('span', {}, 'from ', moment(column.start, stepName(step))) : inAll;
    byId('chart-time').replaceChildren(when, step >= DAY ? ' (days in UTC)' : '');
  };
  chart.addEventListener('pointermove', (event) => {
    show(Math.floor((event.clientX - chart.getBoundingClientRect().left - left) / each));
  });
  chart.addEventListener('pointerleave', () => show(-1));
  host.replaceChildren(chart);
  show(-1);
  showChartTable(columns, step);
}

function showLegend(amounts) {
  byId('legend').replaceChildren(...OUTCOMES.map((outcome) => {
    const sample = draw('svg', { width: 12, height: 12, 'aria-hidden': 'true' },
      draw('rect', { width: 12, height: 12, rx: 2, class: `bar ${outcome}` }));
    return make('li', {}, sample, ` ${outcome} `, make('strong', {}, number.format(amounts[outcome])));
  }));
}

function showChartTable(columns, step) {
  const details = byId('chart-table');
  details.querySelector('table')?.remove();
  if (!details.open) return;
  const head = make('tr', {}, ['From', ...OUTCOMES].map((name) => make('th', { scope: 'col' }, name)));
  const rows = columns.filter(total).reverse().map((column) => make('tr', {},
    make('th', { scope: 'row' }, moment(column.start, stepName(step))),
    OUTCOMES.map((outcome) => make('td', {}, number.format(column[outcome])))));
  details.append(make('table', { class: 'numbers' },
    make('caption', {}, 'Deliveries by outcome; steps without any are left out'),
    make('thead', {}, head), make('tbody', {}, rows)));
}

// ---- Lists

/**
 * A list that is read page by page: each answer's `next` is where the one after it begins, and the ones passed are
 * kept for the way back. An answer may hold few rows or none although there are more; then the list reads on.
 */
class List {
  loaded = false;
  problem = undefined;
  rows = [];
  passed = [undefined];
  #reading = new AbortController();

  /** `rows` names the member of an answer, `cursor` the parameter; `key`, `draw` and `empty` make what is shown. */
  constructor(place, { name, rows, cursor, key, frame, draw, empty, path, query = () => ({}), answered = () => {} }) {
    Object.assign(this, { place, name, member: rows, cursor, key, draw, empty, path, query, answered });
    this.frame = frame();
    this.note = make('div', { class: 'note' });
    this.previous = button('Previous', () => this.go(-1));
    this.where = make('span', { class: 'soft' });
    this.following = button('Next', () => this.go(1));
    this.pages = make('nav', { class: 'pages', 'aria-label': `Pages of ${name}` },
      this.previous, this.where, this.following);
    place.replaceChildren(this.frame, this.note, this.pages);
    this.show();
  }

  get isFirstPage() { return this.passed.length === 1; }

  /** Forgets everything. */
  reset() {
    this.#reading.abort();
    Object.assign(this, { rows: [], next: undefined, passed: [undefined], asked: undefined });
    Object.assign(this, { loaded: false, isBusy: false, problem: undefined });
    this.show();
  }

  /** Begins anew, as with another filter. */
  restart() {
    Object.assign(this, { passed: [undefined], asked: undefined });
    return this.load();
  }

  async go(direction) {
    const isThere = direction > 0 ? this.next !== undefined : !this.isFirstPage;
    if (!isThere || this.isBusy) return;
    if (direction > 0) this.passed.push(this.next);
    else this.passed.pop();
    await attempt(() => this.load());
    if (this.place.getBoundingClientRect().top < 0) this.place.closest('section').scrollIntoView();
    if (!this.problem) announce(`Page ${this.passed.length}, ${count(this.rows.length, 'row')}`);
  }

  /** Reads the page, by more than one answer where one is short. A newer call ends an older one. */
  async load() {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    [this.isBusy, this.reached] = [true, undefined];
    // What is in the fields may be ahead of what is shown.
    this.asked ??= this.query();
    this.show();
    const rows = [];
    let next = this.passed.at(-1);
    try {
      do {
        const query = { ...this.asked, [this.cursor]: next, limit: PAGE - rows.length };
        const answer = await read(this.path(), query, signal);
        this.answered(answer);
        rows.push(...answer[this.member]);
        [next, this.reached] = [answer.next, answer.next];
        if (next !== undefined && rows.length < PAGE) {
          this.show(rows);
          await pause(READ_ON_AFTER, signal);
        }
      } while (next !== undefined && rows.length < PAGE);
    } catch (error) {
      signal.throwIfAborted();
      // Where the next page begins is known once this one has been read.
      [this.isBusy, this.problem, this.next] = [false, asTrouble(error), undefined];
      this.show();
      if (!this.isSettled) throw this.problem;
      return;
    }
    Object.assign(this, { isBusy: false, loaded: true, problem: undefined, rows, next, readAt: Date.now() });
    this.show();
  }

  /** Whether the answer was a refusal that stands until something else is asked. */
  get isSettled() {
    return this.problem?.kind === 'refused' || Boolean(this.problem && this.forgives?.(this.problem));
  }

  /** Keeps it up to date; a plain list reads again only what it could not read before. */
  async refresh(isRecovering) {
    if (this.isBusy || (this.isSettled && !isRecovering)) return;
    if (!this.loaded || this.problem) await this.load();
  }

  /** Reads it again for one who comes back to it. */
  revisit() {
    return this.load();
  }

  /** Brings the elements into line with the rows: what stays the same stays the same element. */
  show(rows = this.rows) {
    const { isBusy, problem, next } = this;
    const shown = problem ? [] : rows;
    const old = new Map([...this.frame.children].filter((child) => child.row)
      .map((child) => [this.key(child.row), child]));
    const keys = new Set(shown.map(this.key));
    for (const [key, element] of old) if (!keys.has(key)) element.remove();
    let place = [...this.frame.children].find((child) => child.row) ?? null;
    for (const row of shown) {
      const element = old.get(this.key(row));
      if (!element) {
        this.frame.insertBefore(this.#element(row), place);
        continue;
      }
      if (element !== place) this.frame.insertBefore(element, place);
      place = element.nextElementSibling;
      if (JSON.stringify(element.row) !== JSON.stringify(row)) this.#replace(element, row);
    }

    this.frame.hidden = !shown.length;
    this.frame.setAttribute('aria-busy', Boolean(isBusy));
    this.note.replaceChildren(...this.#note(shown));
    this.pages.hidden = this.isFirstPage && next === undefined;
    this.where.textContent = `Page ${this.passed.length}`;
    this.previous.setAttribute('aria-disabled', this.isFirstPage);
    this.following.setAttribute('aria-disabled', next === undefined);
  }

  /** Makes the rows anew, with what is known now. */
  redraw() {
    for (const child of [...this.frame.children]) if (child.row) this.#replace(child, child.row);
  }

  #note(shown) {
    if (this.problem) {
      const { state, next } = TROUBLES[this.problem.kind];
      if (this.problem.kind === 'refused') return [make('p', { class: 'problem' }, this.problem.message)];
      return this.forgives?.(this.problem)
        ?? [make('p', { class: 'problem' }, `Not loaded: ${state}.`), make('p', {}, prose(next))];
    }
    if (this.isBusy && this.reached !== undefined) {
      const found = number.format(shown.length);
      return [make('p', {}, `Searching: looked at everything up to ${this.reached}, found ${found} so far…`)];
    }
    if (this.isBusy && !shown.length) return [make('p', { class: 'soft' }, 'Loading…')];
    if (!shown.length && this.loaded) return this.empty(this.asked);
    return [];
  }

  #element(row) {
    const element = this.draw(row);
    element.row = row;
    return element;
  }

  /** A new element in the old one's place, with the same details open and the same control focused. */
  #replace(old, row) {
    const element = this.#element(row);
    const controls = (parent) => [...parent.querySelectorAll('a, button, summary')];
    const focused = controls(old).indexOf(document.activeElement);
    old.querySelectorAll('details').forEach((details, index) => {
      const own = element.querySelectorAll('details')[index];
      if (own) own.open = details.open;
    });
    old.replaceWith(element);
    if (focused >= 0) controls(element)[focused]?.focus({ preventScroll: true });
  }
}

/** A list of deliveries whose first page is live. */
class Ledger extends List {
  revisit() {
    return this.refresh();
  }

  /** Takes in what has arrived and changed, by one request. Returns the new deliveries. */
  async refresh(isRecovering) {
    const isOlder = this.loaded && !this.problem && !this.isFirstPage;
    if (this.isBusy || isOlder || (this.isSettled && !isRecovering)) return [];
    // After a pause there may be more than one page in between.
    if (!this.loaded || this.problem || Date.now() - this.readAt > 2 * SLOWEST_POLL) {
      await this.load();
      return [];
    }
    const { readAt, asked } = this;
    const answer = await read(this.path(), { ...asked, limit: PAGE });
    // The reader has gone on meanwhile, to another page or another filter.
    if (this.isBusy || !this.isFirstPage || readAt !== this.readAt || asked !== this.asked) return [];
    const newest = this.rows[0]?.position ?? 0;
    const isFull = answer.deliveries.length === PAGE;
    // So much has arrived that the answer does not reach back to what is shown.
    const hasGap = isFull && answer.next > newest;
    const older = hasGap ? [] : this.rows.filter((row) => row.position < answer.next);
    const rows = [...answer.deliveries, ...older];
    // The row that has the focus stays, also where it would now be on the next page.
    const holder = document.activeElement.closest('.rows > *, .failures > *');
    const focused = rows.findIndex((row) => row.id === holder?.row?.id);
    const length = Math.min(Math.max(PAGE, focused + 1), 4 * PAGE);
    if (rows.length > length) this.next = rows[length - 1].position;
    else if (answer.next === undefined || (isFull && !older.length)) this.next = answer.next;
    Object.assign(this, { rows: rows.slice(0, length), readAt: Date.now() });
    keepingPlace(this.frame, () => this.show());
    const arrived = this.rows.filter((row) => row.position > newest);
    for (const element of this.frame.children) if (arrived.includes(element.row)) mark(element);
    return arrived;
  }
}

function mark(element) {
  const word = unseen('new ');
  element.classList.add('new');
  element.querySelector('td, h3').prepend(word);
  setTimeout(() => {
    element.classList.remove('new');
    word.remove();
  }, MARKED_FOR);
}

/** Whoever reads further down keeps what they read under their eyes when rows come in above. */
function keepingPlace(frame, change) {
  const isAbove = frame.getBoundingClientRect().top < 0;
  const anchor = [...frame.children].find((child) => child.row && child.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (isAbove && anchor?.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - before);
}

/** A table whose rows turn into cards on a narrow screen; that takes the roles from table elements, so they are named. */
function table(caption, names) {
  const heads = names.map((name) => make('th', { scope: 'col', role: 'columnheader' }, name));
  return make('table', { role: 'table', class: 'rows' }, make('caption', { class: 'unseen' }, caption),
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, heads)));
}

function cell(name, ...children) {
  return make('td', { role: 'cell', 'data-name': name }, children);
}

function rowGroup(...rows) {
  return make('tbody', { role: 'rowgroup' }, rows);
}

// ---- What each view shows

function badge(outcome) {
  return make('span', { class: `badge ${OUTCOMES.includes(outcome) ? outcome : ''}` }, outcome);
}

function drawDelivery(delivery) {
  const row = make('tr', { role: 'row' },
    cell('Time', moment(delivery.lastSeen)),
    cell('Outcome', badge(delivery.outcome)),
    cell('Event', delivery.type ?? 'unreadable'),
    cell('User', delivery.userId ? userLink(delivery.userId) : '–'),
    cell('Message', make('span', { class: 'id' }, delivery.id)),
    cell('Attempts', number.format(delivery.attempts)));
  if (delivery.outcome !== 'failed') return rowGroup(row);
  const why = make('details', {}, make('summary', {}, causeOf(delivery).title), explanation(delivery));
  return rowGroup(row, make('tr', { role: 'row', class: 'cause' }, make('td', { role: 'cell', colspan: 6 }, why)));
}

const ledgerColumns = ['Time', 'Outcome', 'Event', 'User', 'Message', 'Attempts'];
const ofDeliveries = { rows: 'deliveries', cursor: 'before', key: (row) => row.id };

const filterOutcome = byId('filter-outcome');
const filterType = byId('filter-type');
const filterUser = byId('filter-user');

const deliveries = new Ledger(byId('deliveries'), {
  ...ofDeliveries,
  name: 'deliveries',
  path: () => 'api/deliveries',
  query: () => ({ outcome: filterOutcome.value, type: filterType.value.trim(), user: filterUser.value.trim() }),
  frame: () => table('Deliveries, the newest first', ledgerColumns),
  draw: drawDelivery,
  empty: ({ outcome, type, user }) => {
    if (outcome || type || user) return [make('p', {}, 'No such delivery.')];
    return [make('p', {}, make('strong', {}, 'Nothing has arrived yet.')),
      make('p', {}, prose('Send a test event: Clerk dashboard, Webhooks, the endpoint, Testing; or, on this machine, '
        + '`clerk-sync send user.created`. It appears here by itself.'))];
  },
});

const failures = new Ledger(byId('failures'), {
  ...ofDeliveries,
  name: 'failures',
  path: () => 'api/deliveries',
  query: () => ({ outcome: 'failed' }),
  frame: () => make('ul', { class: 'failures' }),
  draw: (delivery) => make('li', {},
    make('h3', {}, causeOf(delivery).title),
    explanation(delivery),
    pairs('facts', [
      ['Message', make('span', { class: 'id' }, delivery.id)],
      ['Event', delivery.type],
      ['User', delivery.userId ? userLink(delivery.userId) : undefined],
      ['Attempts', number.format(delivery.attempts)],
      ['First', moment(delivery.firstSeen)],
      ['Last', moment(delivery.lastSeen)],
    ])),
  empty: () => [make('p', {}, make('strong', {}, 'Nothing is pending.')),
    make('p', {}, 'Every delivery that arrived has been dealt with.')],
});

const search = byId('search');
const role = byId('role');

function fullName({ firstName, lastName }) {
  return `${firstName} ${lastName}`.trim();
}

const users = new List(byId('users'), {
  name: 'users',
  rows: 'users',
  cursor: 'after',
  key: (row) => row.id,
  path: () => 'api/users',
  query: () => ({ search: search.value.trim(), role: role.value.trim() }),
  frame: () => table('Users, in the order of their ids', ['User', 'Name', 'E-mail', 'Role', 'Updated']),
  draw: (user) => rowGroup(make('tr', { role: 'row' },
    cell('User', userLink(user.id)),
    cell('Name', fullName(user) || '–'),
    cell('E-mail', address(user.email)),
    cell('Role', user.role),
    cell('Updated', moment(user.updatedAt)))),
  empty: (asked) => {
    if (asked.search || asked.role) {
      return [make('p', {}, make('strong', {}, 'No such user.')),
        make('p', {}, 'A search finds what a name contains, and how an id or an address begins.')];
    }
    return [make('p', {}, make('strong', {}, 'There are no users yet.')),
      make('p', {}, prose('They come with their events; `clerk-sync backfill` writes those that Clerk has already.'))];
  },
  answered: (answer) => {
    const known = [...byId('roles').options].map((option) => option.value);
    const more = new Set(answer.users.map((user) => user.role).filter((role) => role && !known.includes(role)));
    byId('roles').append(...[...more].map((value) => make('option', { value })));
  },
});

let shownUser = '';

const userHistory = new List(byId('history'), {
  ...ofDeliveries,
  name: 'the history',
  path: () => `api/users/${encodeURIComponent(shownUser)}`,
  frame: () => table('Deliveries about the user, the newest first', ledgerColumns),
  draw: drawDelivery,
  empty: () => [make('p', {}, 'The ledger has no delivery about this user, or no longer: see the retention.')],
  answered: showUser,
});

/** An id that is not known is no trouble of the whole page. */
userHistory.forgives = (error) => {
  if (error.kind !== 'off' && error.kind !== 'unrouted') return undefined;
  byId('user').replaceChildren(make('p', {}, make('strong', {}, 'Not known here.')),
    make('p', {}, prose('There is neither a row nor a delivery with this id. If Clerk has the user, `clerk-sync reconcile` '
      + 'finds and mends that.')));
  return [make('p', { class: 'soft' }, 'None.')];
};

function showUser({ user, version }) {
  if (!userHistory.isFirstPage) return;
  const row = user
    ? pairs('facts', [
      ['Id', make('span', { class: 'id' }, user.id)],
      ['Name', fullName(user) || '–'],
      ['E-mail', address(user.email)],
      ['Role', user.role],
      ['Row made', moment(user.createdAt)],
      ['Row written', moment(user.updatedAt)],
    ])
    : make('p', {}, make('strong', {}, 'No row. '), version?.deleted
      ? 'The user has been deleted; whatever else arrives about them is stale.'
      : 'Nothing about this user could be applied yet.');
  const applied = version && pairs('facts', [
    ['Newest change', `${version.event} at Clerk`],
    ['It happened', moment(version.time)],
    ['Deletion applied', version.deleted === undefined ? undefined : moment(version.deleted)],
  ]);
  byId('user-title').textContent = (user && fullName(user)) || shownUser;
  byId('user').replaceChildren(make('h3', {}, 'Row'), row, ...(applied ? [make('h3', {}, 'Version'), applied] : []));
}

/** What the fragment names; the ids of users are no secret, and nothing else is ever in it. */
const VIEWS = {
  deliveries: { list: deliveries, title: 'deliveries-title' },
  failures: { list: failures, title: 'failures-title' },
  users: { list: users, title: 'users-title' },
  user: { list: userHistory, title: 'user-title' },
};
let view = VIEWS.deliveries;

function route(event) {
  const [name, ...rest] = location.hash.slice(1).split('/');
  view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : VIEWS.deliveries;
  if (view === VIEWS.user) openUser(rest.join('/'));
  showView();
  for (const link of document.querySelectorAll('#views a')) {
    if (VIEWS[link.hash.slice(1)] === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!event || !stats) return;
  window.scrollTo(0, 0);
  byId(view.title).focus({ preventScroll: true });
  attempt(() => view.list.revisit());
}

/** The view chosen, once there is something to show. */
function showView() {
  for (const [name, other] of Object.entries(VIEWS)) byId(`${name}-view`).hidden = other !== view || !stats;
  byId('figures').hidden = byId('deliveries-view').hidden && !isReceiver();
}

function openUser(encoded) {
  let id = encoded;
  try {
    id = decodeURIComponent(encoded);
  } catch {
    // What is no encoding is taken as it stands.
  }
  shownUser = id;
  userHistory.reset();
  byId('user-title').textContent = id;
  byId('user').replaceChildren(make('p', { class: 'soft' }, 'Loading…'));
}

// ---- The beat

let timer;
let nextBeat = 0; // by this machine's clock
let beats = 0;
let failedBeats = 0;
let isBeating = false;

/** Looks at what is shown, now and then at the whole, and waits, longer when something is wrong. A hidden tab rests. */
async function beat() {
  clearTimeout(timer);
  if (!token || document.hidden || isBeating) return;
  isBeating = true;
  try {
    await attempt(look);
  } finally {
    isBeating = false;
    schedule();
  }
}

async function look() {
  const wasTroubled = trouble !== undefined;
  const isOld = Date.now() - statsAt > 2 * OVERVIEW_EVERY * POLL; // as in a tab that was hidden
  const isWhole = !stats || isOld || wasTroubled || beats % OVERVIEW_EVERY === 0;
  const overview = isWhole ? readOverview() : undefined;
  const [arrived] = await Promise.all([refreshList(wasTroubled, overview), overview]);
  beats += 1;
  if (arrived?.length) await welcome(arrived, isWhole);
  [trouble, failedBeats] = [undefined, 0];
  showConsole();
  announceArrivals();
}

/** Brings the list shown up to date; a machine that only receives has none. */
async function refreshList(isRecovering, overview) {
  if (isReceiver()) return [];
  try {
    return await view.list.refresh(isRecovering);
  } catch (error) {
    await overview;
    if (isReceiver()) return [];
    throw error;
  }
}

const unsaid = { deliveries: 0, failed: 0, since: 0 };

async function welcome(arrived, isOverviewRead) {
  lastDelivery = Math.max(lastDelivery ?? 0, ...arrived.map((delivery) => delivery.lastSeen));
  unsaid.deliveries += arrived.length;
  unsaid.failed += arrived.filter((delivery) => delivery.outcome === 'failed').length;
  if (!isOverviewRead) await readOverview();
}

/** Tells of what has arrived, now and then only, so that a screen reader is not kept talking. */
function announceArrivals() {
  if (!unsaid.deliveries || Date.now() - unsaid.since < ANNOUNCE_EVERY) return;
  const failed = unsaid.failed ? `, ${number.format(unsaid.failed)} failed` : '';
  announce(`${count(unsaid.deliveries, 'new delivery', 'new deliveries')}${failed}`);
  Object.assign(unsaid, { deliveries: 0, failed: 0, since: Date.now() });
}

function schedule() {
  clearTimeout(timer);
  if (!token) return;
  const wait = trouble ? Math.min(SLOWEST_POLL, POLL * 2 ** (failedBeats - 1)) : POLL;
  nextBeat = Date.now() + wait;
  timer = setTimeout(beat, wait);
  showAge();
}

/** Does some reading; what goes wrong with it becomes the state shown. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error.name === 'AbortError' || !token) return;
    if (error.kind === 'token') return signOut(TROUBLES.token.state);
    trouble = asTrouble(error);
    failedBeats += 1;
    showConsole();
    schedule();
  }
}

function showLive() {
  const isLive = deliveries.isFirstPage;
  byId('live').textContent = trouble ? 'Not live now' : isLive ? 'Live' : 'Older ones; the first page is live';
  byId('live').classList.toggle('on', isLive && !trouble);
}

// ---- The way in

function showConsole() {
  if (!storage?.getItem(STORED_TOKEN)) storage?.setItem(STORED_TOKEN, token);
  byId('signed-out').hidden = true;
  byId('health').hidden = byId('sign-out').hidden = false;
  byId('views').hidden = !stats;
  byId('sign-in-button').disabled = false;
  showView();
  showHealth();
  showAge();
  showLive();
  byId('failures-hint').replaceChildren(...prose(health?.queue ? REPEATED_BY_WORKER : REPLAYED_BY_HAND));
}

function signOut(reason = '') {
  storage?.removeItem(STORED_TOKEN);
  clearTimeout(timer);
  token = '';
  session.abort();
  session = new AbortController();
  if (byId('signed-out').hidden) {
    // Nothing of what was shown stays, not in a field or a hidden element either; the reason outlasts it.
    history.replaceState({ reason }, '', location.pathname + location.search);
    return location.reload();
  }
  for (const { list } of Object.values(VIEWS)) list.reset();
  askForToken(reason);
}

function askForToken(reason) {
  byId('sign-in-button').disabled = false;
  byId('token-problem').replaceChildren(...prose(reason));
  byId('token').setAttribute('aria-invalid', reason !== '');
  byId('token').focus();
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const entered = byId('token').value.trim();
  byId('token').value = '';
  // What cannot stand in a header cannot be the token.
  if (!/^[\x21-\x7e]+$/.test(entered)) return signOut(TROUBLES.token.state);
  token = entered;
  byId('token-problem').replaceChildren();
  byId('sign-in-button').disabled = true;
  beat();
});
byId('sign-out').addEventListener('click', () => signOut());
byId('retry-now').addEventListener('click', beat);

/** Filters act while one types, a moment after the last key. */
function filter(form, list) {
  let timer;
  const apply = () => attempt(async () => {
    await list.restart();
    if (!list.isBusy && !list.problem) announce(list.rows.length ? count(list.rows.length, 'row') : 'Nothing found');
    showLive();
  });
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 300);
  });
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
}
filter(byId('delivery-filter'), deliveries);
filter(byId('user-filter'), users);

byId('range').addEventListener('change', () => attempt(readOverview));
byId('chart-table').addEventListener('toggle', showChart);
new ResizeObserver(showChart).observe(byId('chart'));
addEventListener('hashchange', route);
addEventListener('online', beat);
document.addEventListener('visibilitychange', beat);
setInterval(showAge, 1000);

route();
if (token) {
  byId('health').hidden = byId('sign-out').hidden = false;
  beat();
} else {
  byId('signed-out').hidden = false;
  if (history.state) askForToken(history.state.reason);
  history.replaceState(null, '');
}
