"""Scenarios of a user of the console. Each scenario starts with an empty site of its own."""

import os
import re
import shutil
import time

from site_under_test import event, membership_event, organization_event


def sign_in(page, site):
    page.goto(site.url)
    page.see("The README says how to send it a test event.")
    page.inspect("signed-out")
    page.keyboard.press("Tab")
    page.keyboard.type(site.token)
    page.keyboard.press("Enter")
    page.see("Waiting for the first delivery", "#health")
    expected = ["/api/deliveries", "/api/health", "/api/stats"]
    # On a slow machine the next poll may have begun.
    page.expect(sorted(page.api()[:3]) == sorted(set(page.api())) == expected, f"the first view asks for {page.api()}")
    kept = page.evaluate("[Object.values(sessionStorage), localStorage.length, document.cookie]")
    page.expect(kept == [[site.token], 0, ""], f"kept: {kept}")

    page.reload()
    page.see("Waiting for the first delivery", "#health")
    site.deliver(event("user.created", "user_seen", "seen@example.org"))
    page.see("user_seen", "#deliveries")
    page.goto(f"{site.url}/#user/user_seen")
    page.see("client", "#user")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Console token").wait_for()
    page.expect(page.evaluate("sessionStorage.length") == 0, "the token is kept after signing out")
    page.expect("user_seen" not in page.content() + page.page.url, "what was shown is kept after signing out")
    page.reload()
    page.get_by_label("Console token").wait_for()


def no_storage(page, site):
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', "
                         "{ get() { throw new DOMException('blocked', 'SecurityError') } })")
    page.open()
    page.see("Waiting for the first delivery", "#health")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Console token").wait_for()


def prefix(page, site):
    www = os.path.join(os.path.dirname(site.database), "www")
    os.symlink(".", os.path.join(www, "clerk"))
    page.goto(f"{site.url}/clerk/")
    page.get_by_label("Console token").fill(site.token)
    page.keyboard.press("Enter")
    page.see("Waiting for the first delivery", "#health")
    strays = [url for url in page.requests if not url.startswith((f"{site.url}/clerk/", "data:"))]
    page.expect(not strays, f"outside the prefix: {strays}")


def nothing_yet(page, site):
    page.open()
    page.see("Nothing has arrived yet.", "#deliveries")
    page.inspect("empty")
    page.get_by_role("link", name="Failures").click()
    page.see("Nothing is pending.", "#failures")
    page.get_by_role("link", name="Users").click()
    page.see("There are no users yet.", "#users")
    page.expect(not page.locator("#organizations-link").is_visible(), "there is a view of organizations")


def wrong_token(page, site):
    page.goto(site.url)
    for token in ["0123456789abcdef", "not a header’s"]:
        page.get_by_label("Console token").fill(token)
        page.keyboard.press("Enter")
        page.get_by_role("alert").get_by_text("This is not the handler’s token.").wait_for()
        page.expect(page.evaluate("sessionStorage.length") == 0, "the wrong token is kept")
        page.expect(page.locator("#token").evaluate("field => field === document.activeElement"), "the focus is lost")
    page.inspect("wrong-token")
    page.expect(page.statuses == {401}, f"statuses {page.statuses}")


def switched_off(page, site):
    page.goto(site.url)
    page.get_by_label("Console token").fill(site.token)
    page.keyboard.press("Enter")
    page.see("The console is switched off", "#health")
    page.see("CLERK_SYNC_ADMIN_TOKEN=…", "#health")
    page.inspect("switched-off")
    site.environment["CLERK_SYNC_ADMIN_TOKEN"] = site.token
    site.stop_handler()
    site.start_handler()
    page.see("Waiting for the first delivery", "#health")


def arrival(page, site):
    site.deliver(event("user.created", "user_first", "first@example.org"))
    page.open()
    page.see("Healthy", "#health")
    page.see("user_first", "#deliveries")
    page.locator("#deliveries a", has_text="user_first").focus()
    site.deliver(event("user.created", "user_second", "second@example.org"))
    # The mark is there for some seconds.
    page.see("user_second", "#deliveries tbody.new")
    page.expect(page.evaluate("document.activeElement.textContent") == "user_first", "the focus is lost")
    page.until("announcer.textContent === '1 new delivery'", "the new delivery is not announced")
    page.until("document.querySelectorAll('#deliveries tbody').length === 2", "there are not two rows")
    page.inspect("deliveries")

    # More than a page arrives at once, and no delivery is missing between it and the focused row.
    page.hide(True)
    page.settle()
    messages = [site.deliver(event("user.updated", "user_first", "first@example.org")) for _ in range(60)]
    page.hide(False)
    page.see(messages[-1], "#deliveries")
    newest = [id for (id,) in site.sql("SELECT svix_id FROM clerk_sync_deliveries ORDER BY rowid DESC LIMIT 50")]
    page.expect(page.texts("#deliveries [data-name=Message]") == newest, "the page is not the newest fifty")

    # The scroll position of a reader further down is kept.
    page.evaluate("document.querySelectorAll('#deliveries tbody')[20].scrollIntoView()")
    line = page.locator("#deliveries tbody").nth(20)
    id = line.locator("[data-name=Message]").inner_text()
    before = page.locator("#deliveries tbody", has_text=id).bounding_box()["y"]
    site.deliver(event("user.created", "user_third", "third@example.org"))
    page.see("user_third", "#deliveries")
    after = page.locator("#deliveries tbody", has_text=id).bounding_box()["y"]
    page.expect(abs(after - before) < 2, f"the line read moved from {before} to {after}")


def narrowing(page, site):
    for index in range(70):
        site.deliver(event("user.updated", f"user_{index % 2}", f"{index % 2}@example.org"))
    site.deliver({"type": "session.created", "data": {}})
    site.deliver(event("user.updated", "user_0", "0@example.org", updated_at=1_600_000_000_000))
    page.open()
    for label, value, selector, expected in [
        ("Outcome", "stale", "[data-name=Outcome]", {"stale"}),
        ("Outcome", "ignored", "[data-name=Outcome]", {"ignored"}),
        ("Event", "session.created", "[data-name=Event]", {"session.created"}),
        ("Object", "user_1", "[data-name=Object]", {"user_1"}),
    ]:
        field = page.locator("#delivery-filter").get_by_label(label)
        if label == "Outcome":
            field.select_option(value)
        else:
            field.fill(value)
        cells = f"[...document.querySelectorAll('#deliveries tbody {selector}')]"
        page.until(f"{cells}.length && {cells}.every((cell) => cell.innerText === '{value}')", f"{label} {value}")
        page.expect(set(page.texts(f"#deliveries tbody {selector}")) == expected, f"{label} {value}")
        page.get_by_role("button", name="Clear").first.click()
        page.until("document.querySelectorAll('#deliveries tbody').length === 50", f"{label} is not cleared")
    page.locator("#filter-user").fill("user_nobody")
    page.see("No such delivery.", "#deliveries")
    page.get_by_role("button", name="Clear").first.click()

    page.until("document.querySelectorAll('#deliveries tbody').length === 50", "there are not fifty rows")
    pages = page.get_by_role("navigation", name="Pages of deliveries")
    newest = page.texts("#deliveries [data-name=Message]")
    # Typed text takes effect after a delay. Until then, paging applies to the current filter.
    page.evaluate("document.getElementById('filter-user').value = 'user_1'")
    pages.get_by_role("button", name="Next").click()
    page.until("document.querySelectorAll('#deliveries tbody').length === 22", "the second page has not 22 rows")
    page.evaluate("document.getElementById('filter-user').value = ''")
    older = page.texts("#deliveries [data-name=Message]")
    all = [id for (id,) in site.sql("SELECT svix_id FROM clerk_sync_deliveries ORDER BY rowid DESC")]
    page.expect(newest + older == all, "the two pages are not the ledger")
    pages.get_by_role("button", name="Previous").click()
    page.until("document.querySelectorAll('#deliveries tbody').length === 50", "there is no way back")
    page.expect(page.texts("#deliveries [data-name=Message]") == newest, "the first page differs")


def idle(page, site):
    site.deliver({"type": "session.created", "data": {}})
    now = int(time.time() * 1000)
    rows = ((f"msg_{index}", now, now) for index in range(150_000))
    site.sql("INSERT INTO clerk_sync_deliveries (svix_id, type, outcome, attempts, first_seen, last_seen) "
             "VALUES (?, 'user.updated', 'applied', 1, ?, ?)", rows)
    page.clock.install()
    page.open()
    page.locator("#filter-type").fill("session.created")
    page.clock.run_for(400)
    for _ in range(20):
        page.clock.run_for(150)
        page.evaluate("fetch('console.js').then((answer) => answer.text())")
    page.until("document.querySelectorAll('#deliveries tbody').length === 1", "the one far down is not found")
    asked = page.api().count("/api/deliveries")
    start = page.evaluate("Date.now()")
    for _ in range(15):
        page.clock.run_for(1000)
        # A slow answer would delay the next poll.
        page.settle()
    looks = page.api().count("/api/deliveries") - asked
    # The page's clock also goes on by itself.
    seconds = (page.evaluate("Date.now()") - start) / 1000
    page.expect(3 <= looks <= seconds / 2.5, f"{looks} requests in {seconds} s")
    page.expect(page.locator("#deliveries tbody").count() == 1, "the one far down is gone")
    site.deliver({"type": "session.created", "data": {}})
    for _ in range(4):
        page.clock.run_for(1000)
        page.evaluate("fetch('console.js').then((answer) => answer.text())")
    page.until("document.querySelectorAll('#deliveries tbody').length === 2", "what arrives does not join it")


def fault(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open("#constructor")
    page.see("user_1", "#deliveries")
    page.goto(f"{site.url}/#__proto__")
    page.see("Healthy", "#health")

    # A response that the handler never sends, once from another program with its own error word.
    for status, body, words in [
        (200, {}, "Error in this page"),
        (500, {"status": 500, "title": "No"}, "Handler unreachable"),
    ]:
        page.route("**/api/deliveries*", lambda route: route.fulfill(status=status, json=body))
        page.see(words, "#health")
        page.expect(page.locator("#deliveries tbody").count() == 1, f"{words}: what was known is gone")
        page.unroute("**/api/deliveries*")
        page.see("Healthy", "#health")
    own = [problem for problem in page.problems if "TypeError" in problem]
    page.expect(own, "the browser's console does not say what the fault is")
    page.problems = [problem for problem in page.problems if problem not in own]


def chart(page, site):
    for index in range(3):
        site.deliver(event("user.updated", "user_1", "1@example.org"))
    site.deliver({"type": "session.created", "data": {}})
    page.open()
    page.see("4 deliveries in all")
    legend = ["applied 3", "stale 0", "ignored 1", "refused 0", "failed 0"]
    page.expect(page.texts("#legend li") == legend, f"legend {page.texts('#legend li')}")
    bars = "document.querySelectorAll('#chart .bar').length"
    page.expect(page.evaluate(bars) == 2, f"{page.evaluate(bars)} bars")
    page.locator("#chart-table summary").click()
    # The deliveries may be on both sides of a full hour.
    for period in ["24 hours", "7 days", "90 days"]:
        page.get_by_text(period, exact=True).click()
        page.see("4 deliveries in all")
        page.locator("#chart-table tbody tr").first.wait_for()
        cells = [page.texts(f"#chart-table td:nth-child({column})") for column in (2, 3, 4, 5, 6)]
        sums = [sum(int(text) for text in column) for column in cells]
        page.expect(sums == [3, 0, 1, 0, 0], f"{period}: {sums}")
    page.inspect("chart")


def failure(page, site):
    site.deliver(event("user.created", "user_owner", "taken@example.org"))
    page.open("#failures")
    page.see("Nothing is pending.", "#failures")
    taken = event("user.created", "user_other", "taken@example.org")
    id = site.deliver(taken, status=500)
    page.see("The e-mail address belongs to another user", "#failures")
    page.see("Svix retries it until 28 hours after the first attempt.", "#failures")
    site.deliver(event("user.created", "user_another", "taken@example.org"), status=500)
    page.see("2 failures pending", "#health")
    page.inspect("failures")

    # A delivery that succeeds disappears without a reload.
    site.deliver(event("user.deleted", "user_owner"))
    site.deliver(taken, id)
    page.until("document.querySelectorAll('#failures li').length === 1", "what succeeded is still pending")
    page.see("1 failure pending", "#health")

    # The SQLite result codes at the end of the handler's messages.
    titles = {
        5: "The database was locked",
        517: "The database was locked",
        13: "The disk is full",
        522: "Disk I/O error",
        1032: "The database cannot be written",
        26: "The file is not a valid database",
        787: "Other rows refer to the user",
        1299: "A constraint forbids the change",
        1: "The table is not as expected",
        99: "The database refused the change",
    }
    now = int(time.time() * 1000)
    error = "database_error: app.db: words (SQLite result code {}); advice"
    rows = [(f"msg_{code}", error.format(code), now, now) for code in titles]
    site.sql("INSERT INTO clerk_sync_deliveries (svix_id, outcome, error, attempts, first_seen, last_seen) "
             "VALUES (?, 'failed', ?, 1, ?, ?)", rows)
    page.see("msg_99", "#failures")
    shown = [text.removeprefix("new\n") for text in page.texts("#failures h3")[: len(titles)]]
    page.expect(shown == list(titles.values())[::-1], f"the codes are explained as {shown}")

    page.get_by_role("link", name="Deliveries").click()
    page.locator("#deliveries").get_by_text("The database refused the change").first.click()
    page.see("What to do:", "#deliveries")
    page.inspect("explained")


def refusal(page, site):
    site.deliver(event("user.created", "user_phone"), status=400)
    page.open("#refusals")
    page.see("The user has no primary e-mail address", "#refusals")
    page.see("Give the user a primary e-mail address in the Clerk dashboard", "#refusals")
    page.see("No retry can succeed", "#refusals")
    page.see("Healthy", "#health")
    site.deliver({"type": "user.updated", "data": {"id": ["list"]}}, status=400)
    page.see("Not a valid Clerk event", "#refusals")
    example = event("user.created", "user_example")
    example["data"]["primary_email_address_id"] = "idn_example"
    site.deliver(example, status=400)
    page.see("An example event of the Clerk dashboard", "#refusals")
    page.until("document.querySelector('#refusal-count').textContent === '3'", "the refusals are not counted")
    page.inspect("refusals")

    # A later event clears the refusal without a reload.
    site.deliver(event("user.updated", "user_phone", "phone@example.org"))
    page.until("document.querySelectorAll('#refusals li').length === 2", "the refusal is still there")
    page.get_by_role("link", name="Failures").click()
    page.see("Nothing is pending.", "#failures")
    page.get_by_role("link", name="Deliveries").click()
    page.locator("#deliveries").get_by_text("Not a valid Clerk event").first.click()
    page.see("No retry can succeed", "#deliveries details[open]")


def hundred_thousand(page, site):
    rows = ((f"user_{index:06}", f"u{index}@example.org", "Ada" if index % 40_000 == 7 else "Grace", f"Nr {index}",
             "trainer" if index % 1000 == 0 else "client") for index in range(100_000))
    site.sql("INSERT INTO users (id, email, firstName, lastName, role, createdAt, updatedAt) "
             "VALUES (?, ?, ?, ?, ?, 1, 2)", rows)
    page.open("#users")
    pages = page.get_by_role("navigation", name="Pages of users")

    def ids(first, last, step=1):
        return [f"user_{index:06}" for index in range(first, last, step)]

    def expect(wanted, words):
        last = wanted[-1] if wanted else ""
        links = "[...document.querySelectorAll('#users tbody a')]"
        page.until(f"{links}.length === {len(wanted)} && {links}.at(-1)?.innerText === '{last}'",
                   f"{words} does not come")
        page.expect(page.texts("#users tbody a") == wanted, f"{words}: {page.texts('#users tbody a')[:3]}…")

    expect(ids(0, 50), "the first page")
    for number in (1, 2, 3):
        pages.get_by_role("button", name="Next").click()
        expect(ids(50 * number, 50 * number + 50), f"page {number + 1}")
    pages.get_by_role("button", name="Previous").click()
    expect(ids(100, 150), "the page before")
    page.inspect("users")

    page.get_by_label("Role").fill("trainer")
    expect(ids(0, 50_000, 1000), "the trainers")
    pages.get_by_role("button", name="Next").click()
    expect(ids(50_000, 100_000, 1000), "the other trainers")
    page.locator("#user-filter").get_by_role("button", name="Clear").click()
    expect(ids(0, 50), "all of them")

    # A search for part of a name has no index: the handler reads some rows at a time, and the page continues by itself.
    asked = len(page.api())
    # What follows the first answer is held back while the note is read.
    held, released = [], []
    page.route(re.compile(r"/api/users\?.*after="),
               lambda route: route.continue_() if released else held.append(route))
    page.locator("#search").fill("ada")
    page.see("Searching: checked up to user_", "#users")
    page.expect(page.locator("#users .note").inner_text().endswith("so far…"), "it is not said how far the search is")
    released.append(True)
    for route in held:
        route.continue_()
    expect(["user_000007", "user_040007", "user_080007"], "the search by name")
    page.expect(len(page.api()) - asked > 2, "one request was enough: nothing was read on")
    page.locator("#search").fill("u99999@")
    expect(["user_099999"], "the search by address")
    page.locator("#search").fill("user_0123")
    expect(ids(12_300, 12_350), "the search by id")
    page.locator("#search").fill("nobody at all")
    page.see("No such user.", "#users")
    page.inspect("no-such-user")


def one_user(page, site):
    site.deliver(event("user.created", "user_/ü%41", "ada@example.org", role="trainer"))
    site.deliver(event("user.created", "user_gone", "gone@example.org"))
    site.deliver(event("user.deleted", "user_gone"))
    site.deliver(event("user.created", "user_1", "one@example.org", role="admin"))
    site.deliver(event("user.updated", "user_1", "one@example.org", first_name="Augusta", role="admin"))
    page.open("#users")
    page.get_by_role("link", name="user_1").click()
    page.get_by_role("heading", name="Augusta Lovelace").wait_for()
    page.expect(page.url.endswith("/#user/user_1"), page.url)
    page.expect(page.evaluate("document.activeElement.id") == "user-title", "the heading has not the focus")
    page.see("admin", "#user")
    page.see("updated at Clerk", "#user")
    page.expect(page.texts("#user-history [data-name=Event]") == ["user.updated", "user.created"], "the history")
    times = page.locator("#user time").evaluate_all("all => all.map((time) => [time.dateTime, time.title])")
    are_exact = all(utc.endswith("Z") and title.endswith(" UTC") for utc, title in times)
    page.expect(len(times) == 3 and are_exact, f"{times}")
    page.expect(not page.locator("#user-memberships").is_visible(), "there are memberships")
    page.inspect("user")
    page.go_back()
    page.get_by_role("heading", name="Users").wait_for()

    page.goto(f"{site.url}/#user/user_gone")
    page.see("The user has been deleted", "#user")
    page.goto(f"{site.url}/#user/user_nobody")
    page.see("Unknown user.", "#user")
    page.see("Healthy", "#health")
    page.inspect("unknown-user")


def organizations(page, site):
    site.deliver(event("user.created", "user_1", "one@example.org"))
    for index in range(1, 4):
        site.deliver(organization_event("created", f"org_{index}", f"Acme <b>{index}</b>", slug=f"acme-{index}"))
    for index in range(1, 4):
        site.deliver(membership_event("created", f"org_{index}", "user_1", "org:admin"))
    site.sql("INSERT INTO users (id, clerk_id, name) VALUES (?, ?, 'Grace')",
             [(index, f"user_{index}") for index in range(2, 121)])
    site.sql("INSERT INTO memberships (clerk_id, organization_id, user_id, role) VALUES (?, 1, ?, 'org:member')",
             [(f"orgmem_{index}", index) for index in range(2, 121)])
    page.open()
    page.see("122 memberships", "#figures")
    page.get_by_role("link", name="org_1").first.click()
    page.get_by_role("heading", name="Acme <b>1</b>").wait_for()
    page.get_by_role("link", name="Organizations", exact=True).click()
    page.see("acme-3", "#organizations")
    page.expect(page.locator("#organizations-link").get_attribute("aria-current") == "page", "the view is not marked")
    page.inspect("organizations")
    page.locator("#organization-search").fill("ME-2")
    rows = "document.querySelectorAll('#organizations tbody').length"
    page.until(f"{rows} === 1", "the search finds more than one")
    page.locator("#organization-search").fill("nobody")
    page.see("No such organization.", "#organizations")
    page.locator("#organization-filter").get_by_role("button", name="Clear").click()
    page.until(f"{rows} === 3", "the search is not cleared")

    # The members come in pages, each with a link to the user, whose page links back.
    page.get_by_role("link", name="org_1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Acme <b>1</b>").wait_for()
    page.expect(page.evaluate("document.activeElement.id") == "organization-title", "the heading has not the focus")
    page.see("created at Clerk", "#organization")
    page.see("organization.created", "#organization-history")
    members = "[...document.querySelectorAll('#organization-memberships tbody a')]"
    page.until(f"{members}.length === 50 && {members}[0].innerText === 'user_1'", "there are not fifty members")
    page.inspect("organization")
    for number, last in [(50, "user_100"), (20, "user_120")]:
        page.get_by_role("navigation", name="Pages of members").get_by_role("button", name="Next").click()
        page.until(f"{members}.length === {number} && {members}.at(-1).innerText === '{last}'", f"no page up to {last}")
    page.expect(page.texts("#organization-history [data-name=Event]") == ["organization.created"], "the history has gone")
    page.goto(f"{site.url}/#user/user_1")
    page.see("org_3", "#user-memberships")
    expected = ["org_1", "org_2", "org_3"]
    page.expect(page.texts("#user-memberships [data-name=Organization]") == expected, "the memberships")
    page.see("org:admin", "#user-memberships")
    page.inspect("user-with-memberships")
    page.locator("#user-memberships").get_by_role("link", name="org_2").click()
    page.get_by_role("heading", name="Acme <b>2</b>").wait_for()

    site.deliver(organization_event("deleted", "org_2"))
    page.goto(f"{site.url}/#organization/org_3")
    page.get_by_role("heading", name="Acme <b>3</b>").wait_for()
    page.goto(f"{site.url}/#organization/org_2")
    page.see("The organization has been deleted", "#organization")
    page.see("None.", "#organization-memberships")
    page.goto(f"{site.url}/#organization/org_nobody")
    page.see("Unknown organization.", "#organization")
    page.inspect("unknown-organization")


def masked(page, site):
    site.deliver(event("user.created", "user_1", "ada@example.org"))
    site.deliver(event("user.created", "user_2", "grace@example.co.uk"))
    page.open("#users")
    page.see("a•••@e•••.org", "#users")
    page.see("g•••@e•••.uk", "#users")
    text = page.evaluate("document.documentElement.outerHTML")
    page.expect("ada@" not in text and "grace@" not in text, "an address is in the page before it is asked for")
    show = page.get_by_role("button", name="a•••@e•••.org, show e-mail address")
    show.focus()
    page.keyboard.press("Enter")
    page.see("ada@example.org", "#users")
    page.expect("grace@" not in page.evaluate("document.documentElement.outerHTML"), "another address is shown, too")
    page.inspect("address-shown")
    page.expect(page.evaluate("document.activeElement.textContent") == "Hide", "the focus is lost")
    page.keyboard.press("Enter")
    page.see("a•••@e•••.org", "#users")
    page.expect("ada@" not in page.evaluate("document.documentElement.outerHTML"), "it is not hidden again")
    page.goto(f"{site.url}/#user/user_1")
    page.see("a•••@e•••.org", "#user")


def markup(page, site):
    evil = "<img src=x onerror=alert(1)>"
    script = "<script>alert(2)</script>"
    site.deliver(event("user.created", f"user_{evil}", f"{evil}@example.org", evil, script))
    site.deliver({"type": f"user.{evil}", "data": {}})
    page.open()
    page.see(f"user_{evil}", "#deliveries")
    page.get_by_role("link", name="Users").click()
    page.see(f"{evil} {script}", "#users")
    page.get_by_role("button", name="show e-mail address").click()
    page.see(f"{evil}@example.org", "#users")
    page.locator("#users a").first.click()
    page.get_by_role("heading", name=evil).wait_for()
    page.expect(page.locator("img, main script").count() == 0, "there is an element of what came")


def unreachable(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open()
    page.see("Healthy", "#health")
    site.stop_handler()
    page.see("Handler unreachable", "#health")
    page.see("Trying again in", "#health")
    page.inspect("unreachable")
    page.expect(page.locator("#deliveries tbody").count() == 1, "what was known is gone")
    site.start_handler()
    page.see("Healthy", "#health")
    site.deliver(event("user.created", "user_2", "2@example.org"))
    page.see("user_2", "#deliveries")


def unavailable(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open()
    page.see("Healthy", "#health")
    shutil.move(site.database, site.database + ".kept")
    with open(site.database, "w") as file:
        file.write("This is no database. " * 100)
    page.see("Database unavailable", "#health")
    page.inspect("unavailable")
    shutil.move(site.database + ".kept", site.database)
    page.see("Healthy", "#health")


def silence(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    before = int(time.time() * 1000) - 3 * 3_600_000
    site.sql(f"UPDATE clerk_sync_deliveries SET first_seen = {before}, last_seen = {before}")
    # A handler remembers the last delivery it accepted itself.
    site.stop_handler()
    site.start_handler()
    page.open()
    page.see("Silent", "#health")
    page.see("No delivery has arrived for more than 1 hour.", "#health")
    page.inspect("silent")


def queue(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open()
    page.see("backlog, 0 with a worker", "#figures")
    site.redis("DEL", "clerk-sync:deliveries")
    site.redis("XADD", "clerk-sync:deliveries", "1-1", "id", "msg_1")
    page.see("Queue stalled", "#health")
    page.see("Backlog: 1 delivery.", "#health")
    page.inspect("queue-stands-still")
    site.redis("XGROUP", "CREATE", "clerk-sync:deliveries", "clerk-sync", "0")
    site.redis("XREADGROUP", "GROUP", "clerk-sync", "one", "STREAMS", "clerk-sync:deliveries", ">")
    # The health is read every ten seconds, and at once after a reload.
    page.reload()
    page.see("A worker holds deliveries", "#health")
    # A stuck delivery does not hide that the others are waiting.
    site.redis("XADD", "clerk-sync:deliveries", "2-1", "id", "msg_2")
    page.reload()
    page.see("Queue stalled", "#health")
    site.redis("DEL", "clerk-sync:deliveries")
    site.redis("XADD", "{clerk-sync:deliveries}:dead", "*", "id", "msg_1")
    page.reload()
    page.see("1 dead letter", "#health")
    site.redis("DEL", "{clerk-sync:deliveries}:dead")
    page.reload()
    page.see("Healthy", "#health")
    site.redis("SHUTDOWN", "NOSAVE")
    page.reload()
    page.see("Queue unavailable", "#health")
    page.inspect("queue-unavailable")


def changes(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open()
    page.see("Healthy", "#health")
    page.expect(not page.locator("#changes").is_visible(), "a feed without consumers is shown")
    site.sql("INSERT INTO clerk_sync_consumers (name, position) VALUES ('cache-<b>', 1), ('mail', 0)")
    page.reload()
    page.see("cache-<b>", "#consumers")
    cells = page.texts("#consumers td")
    page.expect(cells[:5] == ["cache-<b>", "0", "–", "0", "never"], f"the first consumer: {cells}")
    page.expect(cells[5:7] == ["mail", "1"] and cells[7].endswith("ago"), f"the second consumer: {cells}")
    page.see("Healthy", "#health")
    site.sql("UPDATE clerk_sync_changes SET at = at - 2 * 3600000")
    page.reload()
    page.see("Changes waiting", "#health")
    page.see("Backlog: 1 change.", "#health")
    page.see("2 h ago", "#consumers")
    page.inspect("changes-waiting")
    page.get_by_role("link", name="Users").click()
    page.see("user_1", "#users")
    page.expect(not page.locator("#changes").is_visible(), "the consumers are shown with the users")
    page.get_by_role("link", name="Deliveries").click()
    now = int(time.time() * 1000)
    site.sql(f"UPDATE clerk_sync_consumers SET position = 1, last_handled = {now}")
    site.sql("INSERT INTO clerk_sync_failed_changes (consumer, seq, entity, id, operation, source, at, tries, reason, failed_at) "
             f"VALUES ('mail', 1, 'user', 'user_1', 'created', 'webhook', {now}, 5, 'exit status 1', {now})")
    page.reload()
    page.see("1 change set aside", "#health")
    page.inspect("changes-set-aside")
    site.sql("DELETE FROM clerk_sync_failed_changes")
    page.reload()
    page.see("Healthy", "#health")


def drift(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.open()
    page.see("Healthy", "#health")
    page.expect(not page.locator("#comparison").is_visible(), "a comparison is shown before the first")
    site.reconcile()
    page.reload()
    page.see("failed", "#reconciliations")
    cells = page.texts("#reconciliations td")
    page.expect([*cells[:1], *cells[2:]] == ["Users", "failed", "never", "–", "–", "–", "–"], f"the first run: {cells}")
    page.see("Healthy", "#health")

    def succeed(age, left, since):
        end = int(time.time() * 1000) - int(age * 3_600_000)
        site.sql(f"UPDATE clerk_sync_reconciliations SET succeeded = 1, applied = 1, last_success = {end}, found_missing = 3, "
                 f"found_different = 0, found_extra = {left}, missing = 0, different = 0, extra = {left}, foreign_rows = 0, "
                 f"unusable = 0, drift_since = {f'{end} - {int(since * 3_600_000)}' if since is not None else 'NULL'}")
        page.reload()
        page.see("repaired", "#reconciliations")

    succeed(1, 2, 24)
    page.expect(page.texts("#reconciliations td")[4:7] == ["0", "0", "2"], "the differences that remain")
    page.see("Healthy", "#health")
    succeed(1, 2, 25.1)
    page.see("Differs from Clerk", "#health")
    page.inspect("drift")
    succeed(49, 0, None)
    page.see("Not compared with Clerk", "#health")
    page.get_by_role("link", name="Users").click()
    page.see("user_1", "#users")
    page.expect(not page.locator("#comparison").is_visible(), "the comparison is shown with the users")
    page.get_by_role("link", name="Deliveries").click()
    succeed(47, 0, None)
    page.see("Healthy", "#health")


def receiver(page, site):
    site.stop_handler()
    os.remove(site.database)
    site.start_handler()
    page.goto(site.url)
    page.get_by_label("Console token").fill(site.token)
    page.keyboard.press("Enter")
    page.see("Receiving", "#health")
    page.see("This machine only receives", "#health")
    page.expect(page.texts("#figures dt") == ["Queue", "Handler"], f"figures {page.texts('#figures dt')}")
    page.expect(not page.locator("#views").is_visible(), "there are views of nothing")
    page.inspect("receiver")
    site.redis("XADD", "{clerk-sync:deliveries}:dead", "*", "id", "msg_1")
    page.see("1 dead letter", "#health")


def hidden(page, site):
    site.deliver(event("user.created", "user_1", "1@example.org"))
    page.clock.install()
    page.open()
    page.see("Healthy", "#health")

    def look(seconds):
        asked = len(page.api())
        for _ in range(seconds):
            page.clock.run_for(1000)
            page.evaluate("fetch('console.js').then((answer) => answer.text())")
        return len(page.api()) - asked

    page.expect(look(20) >= 4, "it does not look while it is seen")
    page.hide(True)
    page.expect(look(60) == 0, "it looks while it is hidden")
    # The page's clock also goes on by itself.
    page.see(re.compile(r"\d min ago"), "#figures")
    site.deliver(event("user.created", "user_2", "2@example.org"))
    page.hide(False)
    page.see("user_2", "#deliveries")
