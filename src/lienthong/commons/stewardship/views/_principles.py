"""The seven principles for everyone: how far each has come, what carries what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.commons.stewardship import domain, queries
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.foundation.design.services import public
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

VIEW, READ = "channels.dashboards.view", "data.registry.read"


@public
def principles(request: HttpRequest) -> HttpResponse:
    """Seven gauges as a picture, one by one, and as a table; the same numbers for everyone."""
    now = clock.now()
    found = queries.principles(at=now)
    gauges = [gauge for item in found for gauge in item.gauges]
    declared = {item.declaration.key: item.declaration for item in registry.registers()}
    known = request.user.is_authenticated
    context = {
        "principles": found,
        "counts": {standing: sum(item.leading.standing is standing for item in found) for standing in domain.Standing},
        "on_target": sum(item.leading.standing is domain.Standing.ON_TARGET for item in found),
        "owners": directory.agencies_by_code({item.gauge.owner for item in gauges}, clock.vietnam_date(now)),
        "registers": declared,
        "may_open": not known or request.rights.allows(VIEW),
        "may_read": {
            key
            for key, item in declared.items()
            if known and (item.sharing is registry_domain.Sharing.OPEN or request.rights.allows(READ, sector=key))
        },
        "measures": domain.MEASURES,
        "standings": list(domain.Standing),
    }
    return render(request, "stewardship/principles.html", context)
