"""The server's counters as Prometheus reads them."""

from __future__ import annotations

from stt_load.server.metrics import BOUNDS_S, Metrics


def test_answers_are_counted_by_status_and_services_by_length() -> None:
    metrics = Metrics()
    for status in (200, 503, 200):
        metrics.answered(status)
    for service_s in (0.005, 0.2, 100.0):
        metrics.served(service_s)
    lines = metrics.render(in_flight=4, waiting=1).splitlines()
    assert 'stt_server_requests_total{status="200"} 2' in lines
    assert 'stt_server_requests_total{status="503"} 1' in lines
    assert {"stt_server_in_flight 4", "stt_server_queue_length 1"} <= set(lines)
    assert 'stt_server_service_seconds_bucket{le="0.005"} 1' in lines, "a bound is in its bucket"
    assert 'stt_server_service_seconds_bucket{le="0.25"} 2' in lines
    assert 'stt_server_service_seconds_bucket{le="+Inf"} 3' in lines
    assert "stt_server_service_seconds_count 3" in lines


def test_buckets_never_fall() -> None:
    metrics = Metrics()
    for bound_s in BOUNDS_S:
        metrics.served(bound_s)
    counts = [int(line.split()[-1]) for line in metrics.render(0, 0).splitlines() if "_bucket" in line]
    assert counts == sorted(counts)
    assert counts[-1] == len(BOUNDS_S)


def test_the_processor_time_of_the_process_is_there_and_grows() -> None:
    def cpu_s() -> float:
        (line,) = [one for one in Metrics().render(0, 0).splitlines() if one.startswith("process_cpu_seconds_total")]
        return float(line.split()[-1])

    before_s = cpu_s()
    while cpu_s() == before_s:  # a millisecond of it is enough
        pass
    assert cpu_s() > before_s > 0
