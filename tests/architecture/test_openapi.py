"""The API is what its checked-in description says."""

from lienthong.bootstrap import openapi


def test_the_description_is_up_to_date():
    assert openapi.FILE.read_text("utf-8") == openapi.document(), (
        "the API differs from docs/openapi.json; write it anew: ./lienthong openapi"
    )
