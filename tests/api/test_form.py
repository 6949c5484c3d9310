from email import message_from_bytes
from email.policy import HTTP

from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.form import Form, openai_fields

WORDS = st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), max_size=40)
NAMES = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)


def parts_of(form: Form, body: bytes) -> list[tuple[str | None, str | None, bytes]]:
    """Name, file name and content of each part, as another implementation (the standard library's) reads them."""
    message = message_from_bytes(f"Content-Type: {form.content_type}\r\n\r\n".encode() + body, policy=HTTP)
    return [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]


@given(
    fields=st.lists(st.tuples(NAMES, WORDS)),
    audio=st.lists(st.binary(max_size=300), max_size=4),
)
def test_a_body_reads_back_as_its_fields_and_its_audio(fields: list[tuple[str, str]], audio: list[bytes]) -> None:
    form = Form(fields)
    clip = b"RIFF" + b"".join(audio).replace(b"\r", b"").replace(b"\n", b"")
    body = form.around((clip[:3], memoryview(clip)[3:]), len(clip))
    sent = b"".join(bytes(part) for part in body)
    assert len(sent) == len(body)
    *texts, file = parts_of(form, sent)
    assert [(name, content.decode()) for name, _, content in texts] == fields
    assert file == ("file", "audio.wav", clip)


def test_the_parts_are_encoded_once_and_the_audio_is_not_copied() -> None:
    form = Form([("model", "m")])
    clip = memoryview(b"x" * 1_000)
    one, two = form.around((clip,), 1_000), form.around((clip,), 1_000)
    assert one.parts[0] is two.parts[0]
    assert one.parts[1] is clip
    assert one.parts[-1] is two.parts[-1]


def test_every_field_of_the_api_is_sent_as_it_is_meant() -> None:
    fields = openai_fields(
        "whisper-1", "json", language="ko", prompt="안녕", temperature=0.5, extra=[("a[]", "x"), ("a[]", "y")]
    )
    assert fields == [
        ("model", "whisper-1"),
        ("language", "ko"),
        ("prompt", "안녕"),
        ("response_format", "json"),
        ("temperature", "0.5"),
        ("a[]", "x"),
        ("a[]", "y"),
    ]
    form = Form(fields)
    assert "안녕".encode() in form.prefix


def test_fields_that_are_not_set_are_not_sent() -> None:
    assert openai_fields("m", "text") == [("model", "m"), ("response_format", "text")]


def test_what_is_none_is_left_out_and_extras_come_last() -> None:
    assert openai_fields("m", "json") == [("model", "m"), ("response_format", "json")]
    assert openai_fields(None, "srt", "ko", "a hint", 0.0, stream=True, extra=[("k", "1"), ("k", "2")]) == [
        ("language", "ko"),
        ("prompt", "a hint"),
        ("response_format", "srt"),
        ("temperature", "0.0"),
        ("stream", "true"),
        ("k", "1"),
        ("k", "2"),
    ]
