"""The engine's figures in Prometheus' own shapes; dispatchers' counters come from the table they beat into."""

from collections.abc import Generator, Sequence
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from revento.webhooks.figures import buckets
from revento.webhooks.figures.models import Engine, Troubled
from revento.webhooks.sharing.queries import Dispatcher

_GAUGES: Final = {
    "unrouted": ("messages_unrouted", "Messages that no router has taken yet."),
    "unrouted_age_s": ("messages_unrouted_age_seconds", "Age of the oldest message that no router has taken yet."),
    "queue_age_s": ("queue_age_seconds", "How long the oldest due delivery has been due."),
    "healthy_age_s": ("healthy_queue_age_seconds", "The same, without receivers that failed last time."),
    "dead": ("dead_letters", "Deliveries in the dead-letter queue (counted up to 100,000)."),
    "breakers_open": ("breakers_open", "Receivers behind an open circuit breaker."),
    "breakers_half_open": ("breakers_half_open", "Receivers that one delivery at a time may try again."),
    "failing": ("endpoints_failing", "Receivers that have not succeeded since their last failure."),
    "oldest_snapshot_s": ("oldest_snapshot_seconds", "Age of the oldest database snapshot that holds back vacuum."),
}
_DELIVERIES: Final = ("ready", "sending", "waiting", "held")
_ENDPOINTS: Final = ("active", "paused", "withheld")
# One sample each: what is beyond is counted by the other gauges only.
MOST_TROUBLED: Final = 500
_COUNTERS: Final = {
    "claims": ("claims", "Claim statements that returned rows."),
    "claimed": ("claimed", "Deliveries claimed."),
    "routed": ("routed", "Messages routed."),
    "lost_leases": ("lost_leases", "Results refused because the lease had been lost."),
    "cpu_s": ("dispatcher_cpu_seconds", "Processor time of the dispatcher's process."),
}


def metrics(engine: Engine, troubled: Sequence[Troubled], dispatchers: Sequence[Dispatcher]) -> Generator[Metric]:
    """Everything about webhooks, as of now."""
    for field, (name, say) in _GAUGES.items():
        yield GaugeMetricFamily(f"revento_webhook_{name}", say, value=float(getattr(engine, field)))
    yield _labelled(
        "revento_webhook_deliveries", "Live deliveries by state (counted up to 100,000).", engine, _DELIVERIES
    )
    yield _labelled("revento_webhook_endpoints", "Receivers by state.", engine, _ENDPOINTS)
    yield _states(troubled)
    alive = sum(one.is_alive for one in dispatchers)
    yield GaugeMetricFamily("revento_webhook_dispatchers", "Dispatchers seen within the last 5 seconds.", value=alive)
    yield from _counted(dispatchers)


def _labelled(name: str, say: str, engine: Engine, states: Sequence[str]) -> Metric:
    family = GaugeMetricFamily(name, say, labels=["state"])
    for state in states:
        family.add_metric([state], float(getattr(engine, state)))
    return family


def _states(troubled: Sequence[Troubled]) -> Metric:
    say = (
        "1 for each receiver that is not simply healthy: open, half_open (its breaker), failing, paused, probing, "
        f"withheld. At most {MOST_TROUBLED}, those behind breakers first."
    )
    family = GaugeMetricFamily("revento_webhook_endpoint_state", say, labels=["endpoint", "client_id", "state"])
    for one in troubled[:MOST_TROUBLED]:
        family.add_metric([str(one.no), one.client_id, one.state], 1.0)
    return family


def _counted(dispatchers: Sequence[Dispatcher]) -> Generator[Metric]:
    """Counters per dispatcher, since its start: a new one is a new label, so sums never fall."""
    tries = CounterMetricFamily("revento_webhook_tries", "HTTP tries by outcome.", labels=["dispatcher", "outcome"])
    results = CounterMetricFamily(
        "revento_webhook_results", "What followed a try: delivered, waiting, dead.", labels=["dispatcher", "result"]
    )
    latency = HistogramMetricFamily("revento_webhook_try_seconds", "How long an HTTP try took.", labels=["dispatcher"])
    for one in dispatchers:
        figures: dict[str, Any] = one.figures
        outcomes: dict[str, int] = figures.get("tries", {})
        states: dict[str, int] = figures.get("states", {})
        counts: list[int] = figures.get("latency", buckets.empty())
        for outcome, count in outcomes.items():
            tries.add_metric([one.id, outcome], count)
        for result, count in states.items():
            results.add_metric([one.id, result], count)
        latency.add_metric([one.id], _cumulated(counts), sum_value=figures.get("latency_ms", 0) / 1000)
    yield from (tries, results, latency)
    for field, (name, say) in _COUNTERS.items():
        family = CounterMetricFamily(f"revento_webhook_{name}", say, labels=["dispatcher"])
        for one in dispatchers:
            family.add_metric([one.id], one.figures.get(field, 0))
        yield family
    memory = GaugeMetricFamily(
        "revento_webhook_dispatcher_memory_peak_bytes", "The most memory a dispatcher ever held.", labels=["dispatcher"]
    )
    for one in dispatchers:
        if one.is_alive:
            memory.add_metric([one.id], one.figures.get("memory_peak_bytes", 0))
    yield memory


def _cumulated(counts: Sequence[int]) -> list[tuple[str, float]]:
    total, found = 0, list[tuple[str, float]]()
    for bound, count in zip([*(str(ms / 1000) for ms in buckets.BUCKETS_MS), "+Inf"], counts, strict=True):
        total += count
        found.append((bound, float(total)))
    return found
