"""Whoever looks at a page in a browser test: pictures of it, and everything that is wrong with it."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1280, 390)


class Eyes:
    """Look at pages as they are visited, keep pictures, and gather faults to be shown together."""

    def __init__(self, page: Page, pictures: Path, address: str) -> None:
        self.page = page
        self.pictures = pictures
        self.address = address
        self.faults: list[str] = []
        self.loads = 0
        self.clicks = 0
        self._said: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def _hear(self, message) -> None:
        if message.type == "error":
            self._said.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page

    def forget(self) -> None:
        """Drop what the console said: a refusal was provoked on purpose."""
        self._said.clear()

    def look(self, name: str) -> None:
        """Hear the console, ask axe, and keep a picture at each width."""
        place = f"{name} ({self.page.url.removeprefix(self.address)})"
        self.faults += [f"{place}: console: {said}" for said in self._said]
        self._said.clear()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            answer = Axe().run(self.page, options={"resultTypes": ["violations"]})
            for violation in answer.response["violations"]:
                where = violation["nodes"][0]["html"][:120]
                self.faults.append(f"{place}: axe at {width}: {violation['id']}: {where}")
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{place}: {wide} px wide at {width}")
            self.page.screenshot(path=self.pictures / f"main-{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})
        # Scripts that axe brings are not the page's own.
        self._said.clear()

    def visit(self, path: str, name: str) -> Page:
        """Open an address that must answer 200, and look at it."""
        answer = self.page.goto(f"{self.address}{path}")
        if answer is None or answer.status != 200:
            self.faults.append(f"{name} ({path}): answered {answer and answer.status}")
        self.look(name)
        return self.page
