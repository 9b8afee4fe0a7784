"""The shapes of answers, with examples for the OpenAPI document."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from consumers.adoption.daily.daily import DailyRow

DEFINITION = (
    "payment_count: valid payments, i.e. settled, not reversed, without contradiction, of at least"
    " the least amount. paid_vendor_count: vendors with at least one of them on the day."
    " paid_share: those vendors divided by the stalls of the census in force; null with its"
    " reason where there is none. Amounts in đồng; days in Asia/Ho_Chi_Minh."
)


class DailyAnswer(BaseModel):
    """Figures with their cut-off time, definition and completeness."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "known_on": "2026-11-24T03:00:00.000Z",
                "definition": DEFINITION,
                "is_complete": True,
                "row_count": 1,
                "limit": 1000,
                "offset": 0,
                "rows": [
                    {
                        "day": "2026-11-23",
                        "market": "HL1",
                        "market_name": "Chợ Hạ Long I",
                        "vendor": "",
                        "payment_count": 412,
                        "payment_vnd": 51_300_000,
                        "payer_count": 338,
                        "paid_vendor_count": 61,
                        "stall_count": 1_204,
                        "paid_share": 0.0507,
                        "share_reason": None,
                        "cash_count": 0,
                        "cash_vnd": 0,
                        "refund_count": 1,
                        "refund_vnd": 45_000,
                        "reversed_count": 0,
                        "conflict_count": 2,
                        "failed_count": 3,
                        "is_open": True,
                        "is_complete": True,
                    }
                ],
            }
        }
    )

    known_on: datetime
    definition: str
    is_complete: bool
    row_count: int
    limit: int
    offset: int
    rows: list[DailyRow]


class Readiness(BaseModel):
    """Whether work moves. `troubles` says what does not."""

    model_config = ConfigDict(json_schema_extra={"example": {"ready": True, "troubles": []}})

    ready: bool
    troubles: list[str]


class Problem(BaseModel):
    """What was wrong with the request, or with a part."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "detail": "range: 01/02/2026 is after 01/01/2026",
                "code": "refused.reversed",
            }
        }
    )

    detail: str
    code: str | None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "The request cannot be answered as it is."},
    503: {"model": Problem, "description": "A part does not answer now; try again."},
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "Nothing has this name."}
}
