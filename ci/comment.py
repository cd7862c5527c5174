"""Write what ``ci/preview`` found as the one comment of batchctl on a pull request, edited from then on.

From the environment: COMMENT (a Markdown file), CHANGED (true or false), NUMBER (of the pull request), GH_TOKEN, and
what GitHub sets: GITHUB_API_URL, GITHUB_REPOSITORY. Without a change no comment is begun; an earlier one says so.
https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

# A comment of another workflow may have the same author: ours has this line, which nobody sees.
MARK = "<!-- batchctl: requests -->"
# GitHub takes 65,536 characters.
MAX_CHARACTERS = 60_000
PER_PAGE = 100


def main() -> int:
    """The exit code."""
    where = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    text = Path(os.environ["COMMENT"]).read_text("utf-8")
    if len(text) > MAX_CHARACTERS:
        # The text may end in the middle of a block of code.
        text = text[:MAX_CHARACTERS] + "\n```\n\nThe rest is too long for a comment: batchctl dry-run shows it.\n"
    try:
        earlier = _earlier(f"{where}/{int(os.environ['NUMBER'])}/comments")
        body = {"body": f"{MARK}\n{text}"}
        if earlier is not None:
            _ask("PATCH", f"{where}/comments/{earlier}", body)
        elif os.environ.get("CHANGED") == "true":
            _ask("POST", f"{where}/{int(os.environ['NUMBER'])}/comments", body)
    except urllib.error.HTTPError as error:
        hint = "; the job needs the permission pull-requests: write" if error.code in (401, 403, 404) else ""
        sys.stdout.write(f"::error::GitHub refused the comment: {error.code} {error.reason}{hint}\n")
        return 1
    return 0


def _earlier(path: str) -> int | None:
    """The comment that was written before."""
    page = 1
    while True:
        found = _ask("GET", f"{path}?per_page={PER_PAGE}&page={page}")
        for comment in found:
            if str(comment.get("body", "")).startswith(MARK):
                return int(comment["id"])
        if len(found) < PER_PAGE:
            return None
        page += 1


def _ask(method: str, path: str, body: object = None) -> list[dict[str, object]]:
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    request = urllib.request.Request(  # noqa: S310 - the address is GitHub's own
        base + path,
        None if body is None else json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {os.environ['GH_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
        answer = json.loads(response.read())
    return answer if isinstance(answer, list) else [answer]


if __name__ == "__main__":
    sys.exit(main())
