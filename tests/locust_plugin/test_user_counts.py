"""How many users Locust wants and has, with a runner and without its processes."""

from tests import inside


def test_user_counts() -> None:
    inside.check("user_counts")
