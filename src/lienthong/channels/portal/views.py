"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.channels.portal import queries
from lienthong.foundation.design.services import number, public, say

NEEDS = {
    "/boards": "channels.dashboards.view",
    "/directives": "commons.direction.read",
    "/kpis": "channels.kpis.view",
    "/quality": "data.quality.read",
}


@public
def front(request: HttpRequest) -> HttpResponse:
    """What this space is, how its loop stands, and the ways in."""
    loop = queries.loop()
    steps = [
        ("/registers", say("Dữ liệu", "Data"), number(loop.records),
         say("bản ghi có lịch sử, một nguồn tin cậy", "records with history, one trusted source")),
        ("/quality", say("Chất lượng", "Quality"), number(loop.quality, 1),
         say("điểm trên 100: đúng, đủ, sạch, sống", "of 100: correct, complete, clean, live")),
        ("/boards", say("Điều hành", "Boards"), number(loop.signals),
         say("cảnh báo đang mở trên bảng trực tiếp", "signals open on live boards")),
        ("/directives", say("Chỉ đạo", "Direction"), number(loop.tasks),
         say("nhiệm vụ đang làm, có mục tiêu đo được", "tasks under way, with measurable targets")),
        ("/kpis", say("Kết quả", "Results"), number(loop.score, 1),
         say("điểm KPI, lần ngược được tới từng dòng", "KPI score, traceable to each row")),
    ]  # fmt: skip
    shut = {
        href for href, action in NEEDS.items() if request.user.is_authenticated and not request.rights.scopes(action)
    }
    return render(request, "portal/front.html", {"steps": steps, "shut": shut})
