"""Runs one scenario of the console in a real browser, and prints the failures as a JSON list.

Usage: console.py SCENARIO SITE
SCENARIO is a function in scenarios.py; SITE is a JSON file described in site_under_test.py.
"""

import json
import sys
import traceback

import scenarios
from playwright.sync_api import sync_playwright
from site_under_test import SiteUnderTest
from watched_page import WatchedPage

CHROMIUM = "/usr/bin/chromium"


def run(scenario, site):
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work as root.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
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
            browser.close()
    return page.problems


with open(sys.argv[2]) as file:
    with SiteUnderTest(**json.load(file)) as site:
        json.dump(run(sys.argv[1], site), sys.stdout)
