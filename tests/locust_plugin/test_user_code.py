"""What the code of users' own does to Locust's runner, without Locust's processes."""

from tests import inside


def test_user_code() -> None:
    inside.check("user_code")
