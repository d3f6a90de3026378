// Lists in pages, and the live list of deliveries.

import { asTrouble, pause, read } from './api.js';
import { announce, button, count, make, number, prose, unseen } from './dom.js';
import { TROUBLES } from './failures.js';

const PAGE = 50; // rows
const READ_ON_DELAY = 100; // ms, because conf/nginx allows 20 requests a second
const STALE_AFTER = 60_000; // ms, twice the longest interval of poll.js
const MARKED_FOR = 10_000; // ms

/**
 * A list that is read page by page. The member `next` of an answer is the cursor of the following page; `passed` keeps
 * the cursors up to the current page. An answer may have few rows or none although more rows follow, because the handler
 * examines a bounded number of rows for each request. The list then reads on until the page is full.
 */
export class List {
  /** Runs a request that the user starts here. poll.js replaces it, to show a failure and to retry. */
  attempt = (work) => work();
  /** Returns the note for an error that concerns this list only, or undefined. */
  forgives = () => undefined;
  loaded = false;
  problem = undefined;
  rows = [];
  passed = [undefined];
  #reading = new AbortController();

  /**
   * @param {Element} place where the list is shown
   * @param {object} options
   * @param {string} options.rows the member of an answer that has the rows
   * @param {string} options.cursor the parameter that has the cursor
   * @param {string} [options.follows] the member of an answer that has the cursor of the following page
   * @param {(row: object) => string} options.key identifies a row
   * @param {() => Element} options.frame makes the parent of the rows
   * @param {(row: object) => Element} options.draw makes the element of a row
   * @param {(query: object) => Element[]} options.empty makes the note of a list without rows
   */
  constructor(place, {
    name, rows, cursor, follows = 'next', key, frame, draw, empty, path, query = () => ({}), answered = () => {},
  }) {
    Object.assign(this, { place, name, member: rows, cursor, follows, key, draw, empty, path, query, answered });
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

  /** Removes all rows and the position. */
  reset() {
    this.#reading.abort();
    Object.assign(this, { rows: [], next: undefined, passed: [undefined], asked: undefined });
    Object.assign(this, { loaded: false, isBusy: false, problem: undefined });
    this.show();
  }

  /** Reads the first page with the current filter. */
  restart() {
    Object.assign(this, { passed: [undefined], asked: undefined });
    return this.load();
  }

  async go(direction) {
    const isThere = direction > 0 ? this.next !== undefined : !this.isFirstPage;
    if (!isThere || this.isBusy) return;
    if (direction > 0) this.passed.push(this.next);
    else this.passed.pop();
    await this.attempt(() => this.load());
    if (this.place.getBoundingClientRect().top < 0) this.place.closest('section').scrollIntoView();
    if (!this.problem) announce(`Page ${this.passed.length}, ${count(this.rows.length, 'row')}`);
  }

  /** Reads the current page, with several requests if necessary. A call aborts the previous one. */
  async load() {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    [this.isBusy, this.reached] = [true, undefined];
    // The fields of the filter may have changed since the rows were read; the next page needs the same filter.
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
        next = this.reached = answer[this.follows];
        if (next !== undefined && rows.length < PAGE) {
          this.show(rows);
          await pause(READ_ON_DELAY, signal);
        }
      } while (next !== undefined && rows.length < PAGE);
    } catch (error) {
      signal.throwIfAborted();
      // The cursor of the next page is unknown until this page has been read.
      [this.isBusy, this.problem, this.next] = [false, asTrouble(error), undefined];
      this.show();
      if (!this.isSettled) throw this.problem;
      return;
    }
    Object.assign(this, { isBusy: false, loaded: true, problem: undefined, rows, next, readAt: Date.now() });
    this.show();
  }

  /** Whether a retry of the same request is pointless. */
  get isSettled() {
    return this.problem?.kind === 'refused' || Boolean(this.problem && this.forgives(this.problem));
  }

  /** Called by each poll. A plain list retries a failed request, and is otherwise not live. */
  async refresh(isRecovering) {
    if (this.isBusy || (this.isSettled && !isRecovering)) return;
    if (!this.loaded || this.problem) await this.load();
  }

  /** Called when the user returns to the view. */
  revisit() {
    return this.load();
  }

  /** Updates the elements. The element of an unchanged row is kept, and with it the focus and open details. */
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

  /** Makes all elements again, because their text depends on more than the row. */
  redraw() {
    for (const child of [...this.frame.children]) if (child.row) this.#replace(child, child.row);
  }

  #note(shown) {
    if (this.problem) {
      const { state, next } = TROUBLES[this.problem.kind];
      if (this.problem.kind === 'refused') return [make('p', { class: 'problem' }, this.problem.message)];
      return this.forgives(this.problem)
        ?? [make('p', { class: 'problem' }, `Not loaded: ${state}.`), make('p', {}, prose(next))];
    }
    if (this.isBusy && this.reached !== undefined) {
      const found = number.format(shown.length);
      return [make('p', {}, `Searching: checked up to ${this.reached}, found ${found} so far…`)];
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

  /** Replaces an element. Open details and the focus are kept. */
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

/** A list of deliveries, newest first. Its first page is live. */
export class Ledger extends List {
  revisit() {
    return this.refresh();
  }

  /**
   * Reads new and changed deliveries with one request.
   *
   * @param {boolean} isRecovering whether the previous poll failed
   * @returns {Promise<object[]>} the new deliveries
   */
  async refresh(isRecovering) {
    const isOlder = this.loaded && !this.problem && !this.isFirstPage;
    if (this.isBusy || isOlder || (this.isSettled && !isRecovering)) return [];
    // After a pause the new deliveries may fill more than one page.
    if (!this.loaded || this.problem || Date.now() - this.readAt > STALE_AFTER) {
      await this.load();
      return [];
    }
    const { readAt, asked } = this;
    const answer = await read(this.path(), { ...asked, limit: PAGE });
    // The user may have changed the page or the filter during the request.
    if (this.isBusy || !this.isFirstPage || readAt !== this.readAt || asked !== this.asked) return [];
    const newest = this.rows[0]?.position ?? 0;
    const isFull = answer.deliveries.length === PAGE;
    // More deliveries have arrived than one answer holds. The rows between it and those shown are missing.
    const hasGap = isFull && answer.next > newest;
    const older = hasGap ? [] : this.rows.filter((row) => row.position < answer.next);
    const rows = [...answer.deliveries, ...older];
    // The row with the focus stays, even if it now belongs to the next page.
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

/** Marks an element as new for a while. */
function mark(element) {
  const word = unseen('new ');
  element.classList.add('new');
  element.querySelector('td, h3').prepend(word);
  setTimeout(() => {
    element.classList.remove('new');
    word.remove();
  }, MARKED_FOR);
}

/** Changes the rows without moving those in view, if the user has scrolled down. */
function keepingPlace(frame, change) {
  const isAbove = frame.getBoundingClientRect().top < 0;
  const anchor = [...frame.children].find((child) => child.row && child.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (isAbove && anchor?.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - before);
}
