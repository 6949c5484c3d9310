from stt_load.api.form import Form as Form
from stt_load.api.request import Body as Body
from stt_load.api.verdict import Answer as Answer
from stt_load.api.verdict import Failure as Failure
from stt_load.api.verdict import Transcript as Transcript
from stt_load.locust_plugin.installing import install as install
from stt_load.locust_plugin.users import FastSttUser as FastSttUser
from stt_load.locust_plugin.users import SttUser as SttUser
from stt_load.samples.sample import ErrorKind as ErrorKind

__version__: str
__all__ = ["Answer", "Body", "ErrorKind", "Failure", "FastSttUser", "Form", "SttUser", "Transcript", "install"]
