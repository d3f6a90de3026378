"""A browser page that records everything the console must never do."""

import os
import re
import time
import urllib.parse

from axe_playwright_python.sync_playwright import Axe

VIOLATIONS = "addEventListener('securitypolicyviolation', (event) => console.error('CSP', event.violatedDirective))"
SIZES = {"phone": (360, 780), "desktop": (1280, 900)}
# The browser's message for an error response; some scenarios expect them.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class WatchedPage:
    def __init__(self, page, site):
        self.page, self.site = page, site
        self.problems, self.requests, self.statuses = [], [], set()
        self.answers = 0
        page.add_init_script(VIOLATIONS)
        page.on("request", self.requested)
        page.on("requestfinished", self.answered)
        page.on("requestfailed", self.answered)
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.problems.append(f"error in the page: {error}"))
        page.on("dialog", lambda dialog: (self.problems.append("a dialog: injected script was run"), dialog.dismiss()))

    def __getattr__(self, name):
        return getattr(self.page, name)

    def requested(self, request):
        self.requests.append(request.url)
        if not request.url.startswith((self.site.url + "/", "data:")):
            self.problems.append(f"a request to another origin: {request.url}")

    def answered(self, request):
        self.answers += 1

    def settle(self):
        """Waits until every request has been answered."""
        end = time.monotonic() + 120
        while self.answers < len(self.requests):
            if time.monotonic() > end:
                return self.problems.append("a request is not answered")
            # Also lets the page and this program handle the answers.
            self.page.evaluate("new Promise((done) => done())")
            time.sleep(0.02)

    def said(self, message):
        answered = ANSWERED.match(message.text)
        if answered:
            self.statuses.add(int(answered[1]))
        elif message.type in ("error", "warning"):
            self.problems.append(f"the browser's console: {message.text}")

    def expect(self, condition, words):
        if not condition:
            self.problems.append(words)

    def api(self):
        """Returns the API paths requested so far."""
        paths = [urllib.parse.urlsplit(url).path for url in self.requests]
        return [path for path in paths if "/api/" in path]

    def open(self, fragment=""):
        """Opens the console and signs in."""
        self.page.goto(f"{self.site.url}/{fragment}")
        self.page.get_by_label("Console token").fill(self.site.token)
        self.page.keyboard.press("Enter")
        self.page.locator("#views").wait_for()

    def see(self, text, within="main"):
        self.page.locator(within).get_by_text(text).first.wait_for()

    def texts(self, selector):
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def until(self, condition, words):
        """Waits until a JavaScript expression is true."""
        # wait_for_function would need eval, which the page forbids.
        end = time.monotonic() + 120
        while not self.page.evaluate(condition):
            if time.monotonic() > end:
                return self.problems.append(words)
            time.sleep(0.05)

    def hide(self, is_hidden):
        """Simulates a hidden or visible page; in a headless browser every page is always visible."""
        state = str(is_hidden).lower()
        self.page.evaluate(f"Object.defineProperty(document, 'hidden', {{ configurable: true, value: {state} }})")
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def inspect(self, state):
        """Checks the page in both sizes and colour schemes: no serious axe violation, no horizontal scrolling."""
        size = self.page.viewport_size
        for device, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                name = f"{state}-{device}-{scheme}"
                for violation in Axe().run(self.page).response["violations"]:
                    if violation["impact"] in ("serious", "critical"):
                        self.problems.append(f"{name}: axe: {violation['id']}: {violation['nodes'][0]['html'][:200]}")
                wide = self.page.evaluate("document.documentElement.scrollWidth")
                self.expect(wide <= width, f"{name}: {wide} pixels wide")
                self.page.screenshot(path=os.path.join(self.site.screenshots, f"{name}.png"))
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(size)

    def look_back(self):
        """Checks the conditions that apply to every scenario."""
        for url in [*self.requests, self.page.url]:
            self.expect(self.site.token not in urllib.parse.unquote(url), f"the token is in a URL: {url}")
        self.expect("@" not in urllib.parse.urlsplit(self.page.url).fragment, "an address is in the fragment")
