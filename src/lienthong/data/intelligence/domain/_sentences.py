"""The sentences that go with numbers, in Vietnamese and English: a number alone is misread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lienthong.data.intelligence.domain._falsification import Signs


@dataclass(frozen=True)
class Subject:
    """What a number is about, for sentences."""

    vi: str = "chỉ tiêu"
    en: str = "the indicator"
    unit: str = ""
    """Written after a number, such as " %"."""
    unit_en: str = ""
    """The same in English, where it is a word."""
    factor: float = 1.0
    """What a value is multiplied by to be read: 100 for shares in per cent."""
    digits: int = 1

    def text(self, value: float, language: str) -> str:
        unit = self.unit_en if language == "en" and self.unit_en else self.unit
        return number(value * self.factor, language, self.digits) + unit


def number(value: float, language: str, digits: int = 1) -> str:
    """The number as the language writes it."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language == "vi" else text


def of_falsification(s: "Signs", row: int) -> tuple[str, str]:
    """What to look at, in Vietnamese and English; only signs that speak are told."""
    vi = [
        f"Trong {s.near[row]} hồ sơ ghi kết thúc trong ngày cuối trước hạn, {s.near_late[row]} hồ sơ được báo lên chậm hơn "
        f"thường lệ của đơn vị từ một ngày trở lên (nếu không liên quan đến hạn thì chỉ khoảng "
        f"{number(s.near_late_expected[row], 'vi')}); trung bình sau {number(s.near_lag[row], 'vi')} ngày làm việc, so "
        f"với {number(s.usual_lag[row], 'vi')} ở các hồ sơ khác."
    ]
    en = [
        f"Of {s.near[row]} dossiers said to have ended in the last day before the deadline, {s.near_late[row]} were reported a "
        f"day or more later than the office usually does (about {number(s.near_late_expected[row], 'en')} if the deadline had "
        f"nothing to do with it); on average after {number(s.near_lag[row], 'en')} working days, against "
        f"{number(s.usual_lag[row], 'en')} for its other dossiers."
    ]
    if s.near_passed[row] > s.near_passed_expected[row] + 1:
        vi.append(
            f"{s.near_passed[row]} hồ sơ trong số đó bị bỏ qua ít nhất một ngày đơn vị có báo hồ sơ khác (thông thường khoảng "
            f"{number(s.near_passed_expected[row], 'vi')})."
        )
        en.append(
            f"{s.near_passed[row]} of them were left out on at least one day when the office reported others (usually about "
            f"{number(s.near_passed_expected[row], 'en')})."
        )
    if s.heaping[row] < 0.01:
        share, usual = 100 * s.near_share[row], 100 * s.usual_share
        vi.append(
            f"{share:.0f} % số hồ sơ kết thúc trong năm ngày cuối dồn vào ngày cuối; đơn vị bình thường là {usual:.0f} %."
        )
        en.append(
            f"{share:.0f} % of the ends of the last five days fall on the last one; in a usual office {usual:.0f} %."
        )
    if s.batches[row] < 0.01:
        vi.append(f"{s.same_near[row]} hồ sơ sát hạn trùng nhau đến từng phút, nhiều hơn hẳn phần còn lại của đơn vị.")
        en.append(
            f"{s.same_near[row]} ends near the deadline agree to the minute, far more than elsewhere in the office."
        )
    if s.digits[row] < 0.01:
        near, far = 100 * s.round_near[row], 100 * s.round_far[row]
        vi.append(
            f"{near:.0f} % mốc kết thúc sát hạn là phút tròn (:00, :15, :30, :45), các hồ sơ khác chỉ {far:.0f} %."
        )
        en.append(f"{near:.0f} % of the ends near the deadline are at :00, :15, :30 or :45; of the others {far:.0f} %.")
    if s.jump[row] < 0.01:
        before, after = 100 * s.share_before[row], 100 * s.share_after[row]
        vi.append(
            f"Tỷ lệ đúng hạn nhảy từ {before:.0f} % lên {after:.0f} % trong khi số hồ sơ báo lên trước hạn không tăng."
        )
        en.append(
            f"The on-time share jumped from {before:.0f} % to {after:.0f} % while reports by the deadline did not rise."
        )
    vi.append("Nên đối chiếu nhật ký và sổ tiếp nhận của các hồ sơ này trước khi kết luận.")
    en.append("Compare the logs and the register of these dossiers before concluding anything.")
    return " ".join(vi), " ".join(en)


_WHY = {
    "few units": (
        "không có đủ đơn vị khác để đối chứng và chuỗi số liệu trước đó chưa đủ dài",
        "there are too few other units to compare with, and the past is too short to go by alone",
    ),
    "short past": ("số liệu trước thời điểm chỉ đạo quá ngắn", "the time before the directive is too short"),
    "bad fit": (
        "trước chỉ đạo, các đơn vị này biến động khác hẳn các đơn vị đối chứng",
        "before the directive these units moved quite unlike the units they are compared with",
    ),
    "wide": (
        "sai số còn lớn hơn mức thay đổi đáng kể",
        "the uncertainty is larger than any change that would matter",
    ),
}


def of_effect(
    subject: Subject,
    verdict: str,
    reason: str,
    effect: float,
    low: float,
    high: float,
    level: float,
    better: int,
    sizes: tuple[int, int, int, int],
    worked: list[int],
    method: str,
) -> tuple[str, str]:
    """What a directive changed, in Vietnamese and English. ``sizes``: treated, others, weeks after, weeks before."""
    treated, others, after, before = sizes
    vi_how, en_how = (
        (f"so với {others} đơn vị không thuộc diện chỉ đạo", f"compared with {others} units it did not concern")
        if method == "comparison"
        else ("so với dự báo từ chính chuỗi số liệu trước đó", "compared with what its own past let expect")
    )
    if verdict == "cannot say":
        vi_why, en_why = _WHY[reason]
        return (
            f"Chưa thể kết luận chỉ đạo có làm thay đổi {subject.vi} ở {treated} đơn vị hay không: {vi_why}.",
            f"Whether the directive changed {subject.en} in {treated} units cannot be said: {en_why}.",
        )
    vi_low, vi_high = (subject.text(item, "vi") for item in (low, high))
    en_low, en_high = (subject.text(item, "en") for item in (low, high))
    if verdict == "none seen":
        return (
            f"Chưa thấy chỉ đạo làm thay đổi {subject.vi} ở {treated} đơn vị trong {after} kỳ sau đó, {vi_how}: chênh lệch có "
            f"thể nằm trong khoảng {vi_low} đến {vi_high} (độ tin cậy {level:.0%}), kể cả bằng không.",
            f"No change of {subject.en} was seen in {treated} units over the {after} periods after the directive, {en_how}: the "
            f"difference may lie between {en_low} and {en_high} ({level:.0%} confidence), zero included.",
        )
    vi_side, en_side = ("tốt lên", "for the better") if better > 0 else ("xấu đi", "for the worse")
    vi = (
        f"Sau chỉ đạo, {subject.vi} ở {treated} đơn vị {vi_side}: {'cao' if effect > 0 else 'thấp'} hơn "
        f"{subject.text(abs(effect), 'vi')} so với khi không có chỉ đạo (khoảng {vi_low} đến {vi_high}, độ tin cậy {level:.0%}), "
        f"trung bình {after} kỳ sau, {vi_how} và với diễn biến {before} kỳ trước."
    )
    en = (
        f"After the directive {subject.en} in {treated} units changed {en_side}: {'higher' if effect > 0 else 'lower'} by "
        f"{subject.text(abs(effect), 'en')} than it would have been (between {en_low} and {en_high}, {level:.0%} confidence), as "
        f"the mean of {after} periods, {en_how} and with the {before} periods before."
    )
    if treated > 1:
        up, down = sum(item > 0 for item in worked), sum(item < 0 for item in worked)
        vi += f" Thấy rõ chuyển biến tốt ở {up} đơn vị, xấu đi ở {down}, chưa rõ ở {treated - up - down}."
        en += f" It is plainly for the better in {up} units, for the worse in {down}, not to be told in {treated - up - down}."
    return vi, en


def unusual_sentences(
    name: Mapping[str, str], place: str, week: date, value: float, expected: float, unit: str, digits: int
) -> tuple[str, str]:
    """What was unusual about a week, in Vietnamese and English. ``place`` is empty for the whole country."""
    more = value > expected
    told = {
        language: (number(value, language, digits), number(expected, language, digits)) for language in ("vi", "en")
    }
    vi = (
        f"{name['vi']} {'ở ' + place if place else 'cả nước'}, tuần từ {week:%d/%m/%Y}: {told['vi'][0]} {unit},"
        f" {'cao' if more else 'thấp'} hơn hẳn mức dự kiến {told['vi'][1]}. Nên tìm nguyên nhân trước khi kết luận."
    )
    en = (
        f"{name['en']} in {place or 'the whole country'}, the week of {week:%d/%m/%Y}: {told['en'][0]} {unit}, far"
        f" {'above' if more else 'below'} the {told['en'][1]} that were expected. Look for the cause before concluding."
    )
    return vi, en


def drift_sentences(name: Mapping[str, str], place: str, since: date, *, bias: int) -> tuple[str, str]:
    """That forecasts no longer hold, in Vietnamese and English. ``bias``: +1 values run above them, -1 below, 0 further off."""
    how = {
        1: ("số thật thường cao hơn dự báo", "values run above the forecasts"),
        -1: ("số thật thường thấp hơn dự báo", "values run below the forecasts"),
        0: ("số thật lệch khỏi dự báo xa hơn trước", "values are further from the forecasts than before"),
    }[bias]
    return (
        f"Dự báo “{name['vi']}” {'ở ' + place if place else 'cả nước'} không còn sát: từ tuần {since:%d/%m/%Y}, "
        f"{how[0]}. Nên xem "
        "có điều gì đã thay đổi, và xem lại mô hình.",
        f"Forecasts of “{name['en']}” in {place or 'the whole country'} no longer hold: since the week of "
        f"{since:%d/%m/%Y}, {how[1]}. "
        "Look for what has changed, and at the model.",
    )


def change_sentences(
    name: Mapping[str, str], place: str, since: date, before: float, after: float, unit: str, digits: int
) -> tuple[str, str]:
    """That a series has been on another level since a week, in Vietnamese and English."""
    told = {language: [number(value, language, digits) for value in (before, after)] for language in ("vi", "en")}
    up = after > before
    return (
        f"{name['vi']} {'ở ' + place if place else 'cả nước'} ở một mức khác từ tuần {since:%d/%m/%Y}: "
        f"{'tăng' if up else 'giảm'} từ "
        f"khoảng {told['vi'][0]} {'lên' if up else 'xuống'} {told['vi'][1]} {unit} mỗi tuần và giữ như vậy. Nên tìm nguyên nhân "
        "trước khi kết luận.",
        f"{name['en']} in {place or 'the whole country'} has been on another level since the week of "
        f"{since:%d/%m/%Y}: from about "
        f"{told['en'][0]} {'up' if up else 'down'} to {told['en'][1]} {unit} a week, and has stayed there. Look "
        "for the cause before "
        "concluding.",
    )
