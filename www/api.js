// Requests to the API that openapi.json describes: the token, retries, errors, and the handler's clock.

const STORED_TOKEN = 'clerk-sync token';
const TIMEOUT = 15_000; // ms
const BUSY_DELAY = 1_000; // ms between two attempts while the handler is busy
const BUSY_RETRIES = 10; // then the error is shown

/** The outcomes of a delivery, in the order of the chart and its legend. */
export const OUTCOMES = ['applied', 'stale', 'ignored', 'refused', 'failed'];

/** A failed request. */
export class Trouble extends Error {
  /**
   * @param {string} kind a key of TROUBLES in failures.js
   * @param {string} [message] the handler's message
   */
  constructor(kind, message = '') {
    super(message);
    this.kind = kind;
  }
}

const storage = tabStorage();
let token = storage?.getItem(STORED_TOKEN) ?? '';
let session = new AbortController(); // aborted at sign-out
let clockOffset = 0; // ms from this machine's clock to the handler's

/** Returns undefined if the browser blocks storage. The token then lasts as long as the page. */
function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** @returns {boolean} whether there is a token; the handler may still refuse it */
export function hasToken() {
  return token !== '';
}

/** Sets the token of the requests that follow, without storing it. */
export function useToken(value) {
  token = value;
}

/** Stores the token for reloads of this tab. A token is stored only after the handler has accepted it. */
export function storeToken() {
  if (!storage?.getItem(STORED_TOKEN)) storage?.setItem(STORED_TOKEN, token);
}

/** Removes the token and aborts the requests that use it. */
export function dropToken() {
  storage?.removeItem(STORED_TOKEN);
  token = '';
  session.abort();
  session = new AbortController();
}

/** @returns {number} the handler's time in ms since 1970, or this machine's time before the first answer */
export function serverNow() {
  return Date.now() + clockOffset;
}

/** @param {number} [now] the handler's time in ms since 1970; undefined selects this machine's clock */
export function setServerTime(now) {
  clockOffset = now === undefined ? 0 : now - Date.now();
}

/**
 * Reads a JSON document. The URL is relative to the page, because the page also works under a prefix.
 *
 * @param {string} path such as `api/users`
 * @param {Object<string, string | number | undefined>} [query] undefined and empty parameters are omitted
 * @param {AbortSignal} [signal]
 * @param {number} [retries] how often a busy handler is asked again
 * @returns {Promise<object>}
 * @throws {Trouble} or the reason of `signal`
 */
export async function read(path, query = {}, signal = undefined, retries = BUSY_RETRIES) {
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
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT), ...ends]),
    });
    text = await response.text();
  } catch {
    throwIfEnded();
    throw new Trouble('server');
  }
  throwIfEnded();
  const body = parsed(text);
  // These healths have status 503 and are valid answers.
  if (body && (response.ok || ['silent', 'changes_waiting'].includes(body.status))) return body;
  if (body?.error === 'busy' && retries > 0) {
    await pause(BUSY_DELAY, AbortSignal.any(ends));
    return read(path, query, signal, retries - 1);
  }
  throw new Trouble(kind(response.status, body?.error), body?.message);
}

/** Returns the object in a JSON text, or undefined if the text is not from the handler. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Classifies an error response. A response without `error` comes from the web server, not from the handler. */
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

/**
 * Returns the error if it is a Trouble. Any other error is a defect of the page, and the browser's console shows it.
 *
 * @param {Error} error
 * @returns {Trouble}
 */
export function asTrouble(error) {
  if (error instanceof Trouble) return error;
  console.error(error);
  return new Trouble('fault');
}

/**
 * Waits. An abort of the signal rejects the promise.
 *
 * @param {number} time in ms
 * @param {AbortSignal} signal
 */
export function pause(time, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, time);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
