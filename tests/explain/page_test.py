"""Opens the page of `keraunos explain --html` in headless Chromium and uses it.

    python page_test.py BINARY [--screenshot FILE.png] [--chromium PROGRAM]

The page must show no error, 5408 for 28x28, and a conflict at the Dense for 30x30. Exits 77 (skipped)
where there is no Chromium.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODELS = Path(__file__).parent / "models"
SKIPPED = 77


class Browser:
    """Chromium, spoken to over its debugging pipe: JSON messages, each ended by a zero byte."""

    def __init__(self, program: str, profile: str):
        to_browser, self.out = os.pipe()
        self.input, from_browser = os.pipe()
        # Chromium reads from 3 and writes to 4.
        command = (
            f'exec "$0" --headless=new --no-sandbox --disable-gpu --hide-scrollbars '
            f"--user-data-dir={profile} --remote-debugging-pipe --window-size=920,1240 "
            f"about:blank 3<&{to_browser} 4>&{from_browser}"
        )
        self.process = subprocess.Popen(
            ["bash", "-c", command, program],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.last = 0
        self.pending = b""
        self.events: list[dict] = []
        self.session = None

    def send(self, method: str, **parameters) -> dict:
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self) -> dict:
        while b"\0" not in self.pending:
            data = os.read(self.input, 65536)
            if not data:
                raise RuntimeError("Chromium ended")
            self.pending += data
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def open(self, page: Path) -> None:
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Runtime", "Page", "Network"):
            self.send(f"{domain}.enable")
        self.send("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression: str):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def mistakes(self) -> list[dict]:
        bad = ("Runtime.exceptionThrown", "Network.loadingFailed")
        return [event for event in self.events if event.get("method") in bad]

    def requests(self) -> list[str]:
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def close(self) -> None:
        self.send("Browser.close")
        self.process.wait(20)


ENTER = """
(() => {
  for (const [symbol, value] of Object.entries(%s)) {
    const field = document.getElementById("size-" + symbol);
    field.value = value;
    field.dispatchEvent(new Event("input"));
  }
  return document.getElementById("status").textContent + " | " + document.body.innerText;
})()
"""


def check(browser: Browser, page: Path, screenshot: str | None) -> list[str]:
    wrong = []

    def expect(what: str, holds: bool) -> None:
        print(f"{'ok' if holds else 'WRONG'}: {what}")
        if not holds:
            wrong.append(what)

    browser.open(page)
    at_28 = browser.evaluate(ENTER % '{"height": 28, "width": 28}')
    expect("28x28 fits", at_28.startswith("These sizes fit."))
    expect("28x28 shows 5408", "5408" in at_28.split("|", 1)[1])
    drawings = browser.evaluate("document.querySelectorAll('#drawings svg').length")
    expect("windows, the flattened vector and the Dense are drawn", drawings >= 4)
    if screenshot:
        data = browser.send("Page.captureScreenshot", format="png")["data"]
        Path(screenshot).write_bytes(base64.b64decode(data))
    at_30 = browser.evaluate(ENTER % '{"height": 30, "width": 30}')
    expect("30x30 is a conflict at the Dense", at_30.startswith("Conflict in layer 'dense'"))
    expect("30x30 shows both numbers", "wanted 5408, got 6272" in at_30)
    rows = browser.evaluate("document.querySelectorAll('tr.conflict').length")
    expect("the row of the Dense is marked", rows == 1)
    browser.send("Emulation.setDeviceMetricsOverride", width=360, height=700,
                 deviceScaleFactor=1, mobile=True)  # fmt: skip
    wide = browser.evaluate("document.documentElement.scrollWidth")
    expect(f"a phone of 360 points need not scroll sideways ({wide})", wide <= 360)
    expect("no errors", browser.mistakes() == [])
    expect("nothing is fetched", all(url.startswith("file:") for url in browser.requests()))
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--screenshot")
    parser.add_argument("--chromium", default="chromium")
    options = parser.parse_args()
    program = shutil.which(options.chromium)
    if program is None:
        print("skipped: no Chromium here (Debian: apt-get install chromium)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        model = MODELS / "flatten_open_32.keras"
        subprocess.run(
            [options.binary, "explain", str(model), "--html", str(page)], check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        browser = Browser(program, folder)
        try:
            wrong = check(browser, page, options.screenshot)
        finally:
            browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
