"""The metric of the recipe answers, in the command, the API, on pages and in its document."""

import sys

from consumers.adoption.ask import ask, question_of
from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.scene import look
from consumers.adoption.render.answer import render_answer
from tests.consumers.adoption.test_daily import AT
from tests.parts import store_client
from tests.recipes.checks.city import FOLD, after, fill, pages

with store_client(sys.argv[1]) as store:
    fill(store)
    clock, day = after(days=2), AT.date()
    question = question_of(
        "mean-ticket", now=clock.now(), first_day=day, last_day=day, markets=("HL1",)
    )
    answer = ask(store, question, look(store, now=clock.now(), fold=FOLD, question=question))
    [row] = [row for row in answer.rows if row.market == "HL1"]
    assert row.mean_ticket_vnd.value == 10_000, row  # type: ignore[attr-defined]
    table = render_answer(answer, METRICS["mean-ticket"], "csv").decode()
    assert "mean_ticket_vnd,mean_ticket_vnd_reason" in table, table
    days = f"from={day}&to={day}"
    rows, definitions, api, document = pages(
        store,
        clock,
        f"/figures/mean-ticket?{days}&lang=en",
        "/definitions?lang=en",
        f"/v1/adoption/mean-ticket?{days}",
        "/openapi.json",
    )
    assert "10" in rows and "mean_ticket_vnd" in rows
    assert "Mean ticket" in definitions and "SELECT start, cell_market, grp" in definitions
    assert '"mean_ticket_vnd":{"value":10000' in api.replace(" ", ""), api
    assert "/v1/adoption/mean-ticket" in document
