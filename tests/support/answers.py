"""Short forms of answers, so that a test says in one line what came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2

from tests.support.waiting import until


def refusal_of(answer: httpx2.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal by either API."""
    return answer.status_code, answer.json().get("code", "no code")


def last_answer(send: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Send until the answer is not "try again" (503), and return that answer. A busy machine may
    answer 503 to a few of many requests."""

    def answer() -> httpx2.Response | None:
        answer = send()
        return None if answer.status_code == 503 else answer

    return until(answer, "there is an answer other than 503", within=60)


def fields(answer: httpx2.Response) -> dict[str, str]:
    """Return the fields that a refusal names, each with its code."""
    return {each["field"]: each["code"] for each in answer.json()["errors"]}


def deadline(claim: dict[str, Any]) -> datetime:
    """Return when a hold or a checkout ends."""
    return datetime.fromisoformat(claim["expires_at"])


def states(board: dict[str, Any]) -> list[str]:
    """Return the states of a board's claims, in the order of their starts."""
    return [claim["state"] for claim in board["busy"]]


def drop_expiry(answer: httpx2.Response) -> dict[str, Any]:
    """Return what an answer says, without the seconds that are left, which differ each time."""
    said: dict[str, Any] = answer.json()
    return {name: value for name, value in said.items() if name != "expires_in"}
