// Explanations of failures: of requests to the API, and of deliveries. In the texts, `backquotes` mark code.

import { serverNow } from './api.js';
import { make, prose } from './dom.js';

const SVIX_RETRIES_FOR = 28 * 3_600_000; // ms (docs.svix.com/retries)

/** A failed request, by the `kind` of its Trouble. `level` selects the colour. */
export const TROUBLES = {
  server: {
    level: 'bad', state: 'Server unreachable',
    what: 'The web server that served this page does not answer.',
    next: 'Check your connection, and that the web server runs.',
  },
  handler: {
    level: 'bad', state: 'Handler unreachable',
    what: 'The web server answers, but the handler behind it does not. Clerk retries its deliveries for 28 hours.',
    next: 'See `systemctl status clerk-sync.service` and `journalctl -u clerk-sync`, and restart it.',
  },
  busy: {
    level: 'warn', state: 'Too many requests',
    what: 'The web server limits the request rate of each address.',
    next: 'Close other tabs of this console, or raise the limit in the web server’s configuration.',
  },
  crowded: {
    level: 'warn', state: 'Handler busy',
    what: 'The handler serves as many readers as it can without delaying deliveries.',
    next: 'This page retries. If the state persists, look for other tabs of this console and other programs that read the API.',
  },
  fault: {
    level: 'bad', state: 'Error in this page',
    what: 'This page has a defect. The data below may be out of date.',
    next: 'Reload the page. If the error persists, report the messages in the browser’s console.',
  },
  database: {
    level: 'bad', state: 'Database unavailable',
    what: 'The handler runs, but it cannot read the database. It answers deliveries with 500, and Clerk retries them.',
    next: 'Run `clerk-sync doctor`. It checks the file, its folder, its schema and the disk.',
  },
  databaseBehindQueue: {
    level: 'bad', state: 'Database unavailable',
    what: 'The handler cannot read the database. It still accepts deliveries, which wait in the queue for the worker.',
    next: 'Run `clerk-sync doctor`. It checks the file, its folder, its schema and the disk.',
  },
  settings: {
    level: 'bad', state: 'Invalid setting',
    what: 'The handler refuses every request because of a setting that the web server passes to it.',
    next: 'The log names the setting. Correct it in the web server’s configuration, and reload the web server.',
  },
  queue: {
    level: 'bad', state: 'Queue unavailable',
    what: 'Redis does not answer, and the handler refuses deliveries. Clerk retries them for 28 hours.',
    next: 'See `systemctl status redis-server`, and the result of `clerk-sync doctor` for the queue.',
  },
  off: {
    level: 'wait', state: 'The console is switched off',
    what: 'The handler answers, but its API is disabled, because `CLERK_SYNC_ADMIN_TOKEN` is not set.',
    next: 'Generate a token with `openssl rand -hex 24`, add it to `/etc/clerk-sync/clerk-sync.env` as '
      + '`CLERK_SYNC_ADMIN_TOKEN=…`, and run `systemctl restart clerk-sync.service`. This page then asks for the token.',
  },
  unrouted: {
    level: 'bad', state: 'API not routed to the handler',
    what: 'The web server answers requests for the API itself, instead of passing them to the handler.',
    next: 'Copy the rules for `/api/` from the file for your web server in `conf/`, and reload the web server.',
  },
  refused: {
    level: 'warn', state: 'Request rejected',
    what: 'The handler does not accept a request of this page.',
    next: 'The page and the handler may have different versions. Install both from the same release, and reload the page.',
  },
  token: { state: 'This is not the handler’s token. See `CLERK_SYNC_ADMIN_TOKEN` in its settings.' },
};

/** A failed or refused delivery, by the ledger's `error`. The first match applies. */
const CAUSES = [
  {
    fits: /^malformed_event/,
    title: 'Not a valid Clerk event',
    what: 'The message is signed with your secret, but its body is not a Clerk event.',
    next: 'Check that the endpoint has no transformation (Clerk dashboard, Webhooks, Advanced) and that nothing else signs '
      + 'with its secret. If the body is an unmodified Clerk event, report the error message below to clerk-sync.',
  },
  {
    fits: /^no_primary_email: .*as in an example event/,
    title: 'An example event of the Clerk dashboard',
    what: 'The message looks like an example that the Clerk dashboard sends: its user has no e-mail address, but the id of one.',
    next: 'Nothing. The example was received and verified, and a real event has the address. `clerk-sync send user.created` '
      + 'sends a complete event.',
  },
  {
    fits: /^no_primary_email/,
    title: 'The user has no primary e-mail address',
    what: 'A row requires an address, and this user has none, such as a user who signed up by phone.',
    next: 'Give the user a primary e-mail address in the Clerk dashboard. The `user.updated` event that follows writes the '
      + 'row and clears this entry. To prevent it, require an e-mail address for sign-up.',
  },
  {
    fits: /^no_user_id/,
    title: 'The event names no user',
    what: 'The event is about a user, but `data.id` is missing or empty. Clerk’s own events always have it.',
    next: 'Look for a transformation of the endpoint, or for a test event made by hand.',
  },
  {
    fits: /^wrong_instance/,
    title: 'An event of another Clerk instance',
    what: 'The message is signed with your secret, but its `instance_id` is not that of `CLERK_SYNC_INSTANCE`, or is missing. '
      + 'A development instance may send to this endpoint.',
    next: 'Give the other instance an endpoint of its own. If the setting is wrong, correct it and replay the message in the '
      + 'Clerk dashboard. An example event of the dashboard is refused too: it has no `instance_id`, or another one.',
  },
  {
    fits: /the e-mail address belongs to /,
    title: 'The e-mail address belongs to another user',
    what: 'Another user’s row has this address. The error message names that user.',
    next: 'Usually nothing. When that user’s own event arrives, the address becomes free and the retry succeeds. Otherwise '
      + '`clerk-sync reconcile` shows where that row differs from Clerk, and with `--apply` repairs it.',
  },
  {
    codes: [5],
    title: 'The database was locked',
    what: 'Another program held the write lock for longer than the handler’s timeout.',
    next: 'If this happens often, look for a program with long transactions, such as a backup or a migration.',
  },
  {
    codes: [3, 8, 14],
    title: 'The database cannot be written',
    what: 'The handler has no permission to open or write the file, or the folder that contains it.',
    next: 'Make both readable and writable for the user that runs the handler. `clerk-sync doctor` names the one that is not.',
  },
  {
    codes: [13],
    title: 'The disk is full',
    what: 'The disk had no space for the change. Nothing was written.',
    next: 'Free space on the disk of the database.',
  },
  {
    codes: [10],
    title: 'Disk I/O error',
    what: 'The system reported an error while reading or writing the database.',
    next: 'Check the space, the quota and the health of the disk. A database in WAL mode requires a local disk.',
  },
  {
    codes: [11, 26],
    title: 'The file is not a valid database',
    what: 'The file is damaged, or it is not an SQLite 3 database.',
    next: 'Check that `CLERK_SYNC_DATABASE` names the right file. If it is damaged, restore a backup and run '
      + '`clerk-sync reconcile --apply`, which brings it up to date with Clerk.',
  },
  {
    codes: [787],
    title: 'Other rows refer to the user',
    what: 'A foreign key of another table prevents the deletion of this user.',
    next: 'Declare that key `ON DELETE CASCADE` or `ON DELETE SET NULL`, or delete those rows. `clerk-sync doctor` names the '
      + 'column.',
  },
  {
    codes: [19],
    title: 'A constraint forbids the change',
    what: 'A constraint of your `users` table, or a trigger on it, rejects the row.',
    next: 'The error message names the constraint. Additional columns need a default. Change the constraint or the data at '
      + 'Clerk.',
  },
  {
    codes: [1],
    title: 'The table is not as expected',
    what: 'The `users` table, or a table of clerk-sync, lacks a column, or a trigger uses a function that does not exist.',
    next: 'Run `clerk-sync doctor`, which names the difference. The README shows the table.',
  },
];

const OTHER_DATABASE_ERROR = {
  title: 'The database refused the change',
  what: 'Nothing was written.',
  next: 'See the error message; sqlite.org/rescode.html explains the result code. `clerk-sync doctor` may find the cause.',
};
const UNKNOWN_CAUSE = {
  title: 'Unknown failure',
  what: 'This page has no explanation for the error.',
  next: 'See the error message, and the answers in conf/README.md of the handler’s version.',
};

/**
 * Returns the cause of a failed or refused delivery. An extended SQLite result code without an entry counts as its primary code.
 *
 * @param {{ error?: string }} delivery
 * @returns {{ title: string, what: string, next: string }}
 */
export function causeOf(delivery) {
  const error = delivery.error ?? '';
  const code = Number(error.match(/\(SQLite result code (\d+)\)/)?.[1]);
  return CAUSES.find((cause) => cause.fits?.test(error))
    ?? CAUSES.find((cause) => cause.codes?.includes(code))
    ?? CAUSES.find((cause) => cause.codes?.includes(code & 0xff))
    ?? (error.startsWith('database_error') ? OTHER_DATABASE_ERROR : UNKNOWN_CAUSE);
}

/** Says who retries the delivery. With a queue Svix has received its 200, and only the worker retries. */
function retries(delivery, hasQueue) {
  if (delivery.outcome === 'refused') {
    return 'No retry can succeed, and none is made. The next event about the same object that is applied makes this entry '
      + 'stale; otherwise it stays until its retention ends.';
  }
  if (hasQueue) return 'The worker retries it; after the last retry it becomes a dead letter, listed by `clerk-sync dead list`.';
  const isRetried = serverNow() - delivery.firstSeen < SVIX_RETRIES_FOR;
  return isRetried
    ? 'Svix retries it until 28 hours after the first attempt.'
    : 'Svix no longer retries it. Replay it after the cause is fixed.';
}

/**
 * Explains a failed or refused delivery: the cause, the remedy, the retries, and the handler's error message.
 *
 * @param {object} delivery as in openapi.json
 * @param {boolean} hasQueue whether the handler puts deliveries into a queue
 */
export function explanation(delivery, hasQueue) {
  const cause = causeOf(delivery);
  return make('div', { class: 'explanation' },
    make('p', {}, prose(cause.what)),
    make('p', {}, make('strong', {}, 'What to do: '), prose(cause.next)),
    make('p', {}, prose(retries(delivery, hasQueue))),
    delivery.error ? make('p', { class: 'words' }, make('code', {}, delivery.error)) : undefined);
}

/** @returns {string} the introduction to the list of failures */
export function failuresHint(hasQueue) {
  const pending = 'Deliveries that failed and have not succeeded since. ';
  return pending + (hasQueue
    ? 'The worker retries them. After the last retry a delivery becomes a dead letter, listed by `clerk-sync dead list`. '
      + 'After the cause is fixed, `clerk-sync dead retry` puts it back.'
    : 'After the cause is fixed, replay them: Clerk dashboard, Webhooks, the endpoint, the message id, Replay.');
}
