"""Users on a Locust environment, without Locust's processes."""

from tests import inside


def test_users() -> None:
    inside.check("users")
