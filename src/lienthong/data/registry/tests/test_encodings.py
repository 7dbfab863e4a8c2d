"""Old Vietnamese encodings, against what others make of them: glibc's iconv, Python's codec, VNI's published table."""

import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.registry import domain, testing
from lienthong.data.registry.domain import Encoding

TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
VOWELS = "aăâeêioôơuưy"
LOWER = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
ALPHABET = LOWER + [letter.upper() for letter in LOWER]
# By vowel, as VNI publishes it: without tone, then sắc, huyền, hỏi, ngã, nặng.
VNI = {
    "a": "a aù aø aû aõ aï", "ă": "aê aé aè aú aü aë", "â": "aâ aá aà aå aã aä",
    "e": "e eù eø eû eõ eï", "ê": "eâ eá eà eå eã eä", "i": "i í ì æ ó ò",
    "o": "o où oø oû oõ oï", "ô": "oâ oá oà oå oã oä", "ơ": "ô ôù ôø ôû ôõ ôï",
    "u": "u uù uø uû uõ uï", "ư": "ö öù öø öû öõ öï", "y": "y yù yø yû yõ î",
}  # fmt: skip
VNI_LOWER = {
    letter: typed
    for vowel, row in VNI.items()
    for letter, typed in zip(LOWER[VOWELS.index(vowel) * 6 :], row.split(), strict=False)
} | {"đ": "ñ"}
VNI_ALL = VNI_LOWER | {letter.upper(): typed.upper() for letter, typed in VNI_LOWER.items()}
TCVN3 = [*LOWER, *"ĂÂĐÊÔƠƯ"]
"""The letters that ABC fonts have codes for; other capitals are small letters in a font of capitals."""
PLACES = (
    "Thành phố Hồ Chí Minh", "Phường Thủ Dầu Một", "Tỉnh Đắk Lắk", "Xã Ea Wy", "Đặc khu Phú Quốc", "Quảng Ngãi", "Lạng Sơn",
    "Huyện Vĩnh Thuận", "Thừa Thiên Huế", "Nguyễn Thị Khuyên", "Bắc Ninh", "Điện Biên", "Cà Mau", "Quỳnh Lưu", "Mỹ Tho",
    "Phường Hoà Khánh", "Trần Hưng Đạo", "Xã Yên Khương", "Sóc Trăng", "Tuyên Quang", "Kiên Giang", "Hữu Lũng",
)  # fmt: skip
texts = st.lists(st.sampled_from(PLACES), min_size=6, unique=True).map("\n".join)
needs_iconv = pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv is not installed")


def iconv(content: bytes, *, source: str, target: str) -> bytes:
    return subprocess.run(["iconv", "-f", source, "-t", target], input=content, capture_output=True, check=True).stdout


def windows_1258(text: str) -> bytes:
    """Vowels with their hats, then the tone apart: what Windows writes."""
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        tone = next((mark for mark in unicodedata.normalize("NFD", letter) if mark in TONES[1:]), "")
        parts.append(unicodedata.normalize("NFC", unicodedata.normalize("NFD", letter).replace(tone, "")) + tone)
    return "".join(parts).encode("cp1258")


def vni(text: str) -> bytes:
    return "".join(VNI_ALL.get(letter, letter) for letter in text).encode("cp1252")


def tcvn3(text: str) -> bytes:
    """Capitals with a tone as small ones: what is left of them when the font is gone."""
    small = "".join(letter if letter.isascii() or letter in TCVN3 else letter.lower() for letter in text)
    return iconv(small.encode(), source="UTF-8", target="TCVN5712-1")


def read(content: bytes, encoding: Encoding) -> str:
    return domain.to_unicode(content.decode(encoding.codec), encoding)


@needs_iconv
@pytest.mark.parametrize("letter", TCVN3)
def test_every_letter_of_tcvn3_reads_as_iconv_writes_it(letter):
    content = iconv(letter.encode(), source="UTF-8", target="TCVN5712-1")
    assert read(content, Encoding.TCVN3) == letter
    assert unicodedata.normalize("NFC", iconv(content, source="TCVN", target="UTF-8").decode()) == letter


@needs_iconv
def test_every_letter_of_windows_1258_reads_as_iconv_and_python_do():
    for letter in ALPHABET:
        content = windows_1258(letter)
        assert read(content, Encoding.WINDOWS_1258) == letter
        assert unicodedata.normalize("NFC", iconv(content, source="CP1258", target="UTF-8").decode()) == letter


@pytest.mark.parametrize("letter", ALPHABET)
def test_every_letter_of_vni_reads_as_its_table_has_it(letter):
    assert read(vni(letter), Encoding.VNI) == letter


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_is_the_same_in_all(text):
    for encoding in Encoding:
        if encoding is not Encoding.UTF_16:
            assert read(text.encode(), encoding) == text
    assert domain.detect(text.encode()) is Encoding.UTF_8
    assert domain.detect_text(text) is Encoding.UTF_8


@needs_iconv
@given(texts)
def test_each_encoding_is_recognised_and_converted(text):
    assert domain.detect(text.encode()) is Encoding.UTF_8
    assert domain.detect(text.encode("utf-8-sig")) is Encoding.UTF_8
    assert domain.detect(text.encode("utf-16")) is Encoding.UTF_16
    assert domain.detect_text(text) is Encoding.UTF_8
    for content, encoding in ((windows_1258(text), Encoding.WINDOWS_1258), (vni(text), Encoding.VNI)):
        assert domain.detect(content) is encoding
        assert read(content, encoding) == text
    assert domain.detect(tcvn3(text)) is Encoding.TCVN3
    assert read(tcvn3(text), Encoding.TCVN3).lower() == text.lower()


@given(texts)
def test_what_was_typed_with_an_old_font_into_a_unicode_sheet_is_recognised(text):
    assert domain.detect_text(vni(text).decode("cp1252")) is Encoding.VNI
    assert domain.to_unicode(vni(text).decode("cp1252"), Encoding.VNI) == text


@pytest.mark.parametrize(
    "text", ["Café à la crème", "Müller, Straße, Zürich", "naïve façade", "El Niño", "Đồng € 5", ""]
)
def test_foreign_words_in_unicode_stay_what_they_are(text):
    assert domain.detect_text(text) is Encoding.UTF_8
    assert domain.detect(text.encode()) is Encoding.UTF_8


@pytest.mark.parametrize("content", [b"\x81\x8d\x8f\x90\x9d \xff\xfe" * 9, b"caf\xe9 \x9d\x8f\x01"])
def test_bytes_that_are_text_in_no_encoding_are_told_apart(content):
    assert domain.detect(content) is None


# --- through an import ------------------------------------------------------------------------------------------------

NAMES = [testing.person(number, name=name) for number, name in enumerate(PLACES)]
FILE = testing.csv_of(NAMES).decode()
WAYS = {
    "utf-8": (FILE.encode(), Encoding.UTF_8),
    "utf-8 with a mark": (FILE.encode("utf-8-sig"), Encoding.UTF_8),
    "utf-16": (FILE.encode("utf-16"), Encoding.UTF_16),
    "utf-16 big-endian": (b"\xfe\xff" + FILE.encode("utf-16-be"), Encoding.UTF_16),
    "decomposed": (unicodedata.normalize("NFD", FILE).encode(), Encoding.UTF_8),
    "windows-1258": (windows_1258(FILE), Encoding.WINDOWS_1258),
    "vni": (vni(FILE), Encoding.VNI),
    "vni in unicode": (vni(FILE).decode("cp1252").encode(), Encoding.VNI),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_in_any_encoding_becomes_the_same_records(people, way):
    content, encoding = WAYS[way]
    job = testing.take_in(content)
    assert (job.new, job.refused, job.encoding) == (len(NAMES), 0, encoding.value)
    assert list(testing.stored().values()) == NAMES


@needs_iconv
def test_a_file_in_tcvn3_becomes_the_same_records_but_for_capitals_its_font_made(people):
    job = testing.take_in(tcvn3(FILE))
    assert (job.new, job.encoding) == (len(NAMES), "tcvn3")
    assert [row["name"].lower() for row in testing.stored().values()] == [row["name"].lower() for row in NAMES]


def test_a_file_that_is_no_text_is_refused_in_one_sentence(people):
    job = testing.take_in(b"So dinh danh,Ho va ten\n999000000001,\x81\x8d\x8f\x90\n")
    assert (job.state, job.new) == (domain.ImportState.FAILED, 0)
    assert "không nhận ra bảng mã chữ" in job.problem_vi
    assert "encoding is unknown" in job.problem_en


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_a_byte_that_is_no_text_behind_the_sample_refuses_the_file(people, encoding):
    lines = [f"999{number:09},Nguyễn Văn {'x' * 60}\n" for number in range(20_000)]
    content = (
        windows_1258("Số định danh,Họ và tên\n" + "".join(lines))
        if encoding == "cp1258"
        else ("Số định danh,Họ và tên\n" + "".join(lines)).encode()
    )
    job = testing.take_in(content + b"999900000001,\xd2\xd2\xff\x8d\n")
    assert job.state is domain.ImportState.FAILED
    assert "tệp hỏng" in job.problem_vi
    assert job.new == len(testing.stored())
    assert not job.new or f"{job.new} dòng trước đó đã được nạp" in job.problem_vi
