"""What `locust` loads. Configuration: config.yaml in the working directory, or the file that CONFIG_PATH names.

`locust` spawns SttUser; `locust FastSttUser` the same task on Locust's faster client.
"""

from stt_load import FastSttUser, SttUser, install

__all__ = ["FastSttUser", "SttUser"]

install(default_user=SttUser)
