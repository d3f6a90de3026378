"""Runs scenarios of the console in a real browser.

Usage: console.py
Each line of standard input is a JSON object: `scenario`, a function in scenarios.py, and `site`, described in
site_under_test.py. For each line, standard output gets one line: a JSON list of the failures.
"""

import json
import sys
import traceback

import scenarios
from playwright.sync_api import sync_playwright
from site_under_test import SiteUnderTest
from watched_page import WatchedPage

CHROMIUM = "/usr/bin/chromium"


def run(browser, scenario, site):
    # Without animations, colours are never measured halfway through a transition.
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Zurich", reduced_motion="reduce")
    context.set_default_timeout(120_000)
    page = WatchedPage(context.new_page(), site)
    try:
        getattr(scenarios, scenario)(page, site)
    except Exception:
        page.problems.append(traceback.format_exc(limit=-3))
    finally:
        page.look_back()
        context.close()
    return page.problems


with sync_playwright() as playwright:
    # Chromium's sandbox does not work as root.
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    for line in sys.stdin:
        job = json.loads(line)
        with SiteUnderTest(**job["site"]) as site:
            print(json.dumps(run(browser, job["scenario"], site)), flush=True)
    browser.close()
