"""What a caller can get wrong about the numbers it hands in."""

from typing import ClassVar

import numpy as np

from lienthong.kernel.errors import Refusal


class WrongShape(Refusal):
    """Arrays that belong together do not fit together."""

    code: ClassVar[str] = "intelligence.wrong_shape"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Bảng số {what} có kích thước {got}, cần {wanted}. Hãy xếp lại các cột rồi thử lại."
    en: ClassVar[str] = "The array {what} has the shape {got}; {wanted} is needed. Align the columns and try again."


class TooShort(Refusal):
    """There are too few known values to say anything."""

    code: ClassVar[str] = "intelligence.too_short"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "{what}: có {got}, cần ít nhất {wanted}. Hãy chờ thêm số liệu hoặc chọn giai đoạn dài hơn."
    en: ClassVar[str] = "{what}: there are {got}, at least {wanted} are needed. Wait for data or choose a longer time."


class OutOfBounds(Refusal):
    """A value that the measure cannot have: a negative count, a share above one."""

    code: ClassVar[str] = "intelligence.out_of_bounds"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "{what} phải nằm trong {bounds}; có {got} giá trị nằm ngoài. Hãy sửa số liệu nguồn."
    en: ClassVar[str] = "{what} must be within {bounds}; {got} values are not. Mend the source."


class BadOption(Refusal):
    """An option outside its range."""

    code: ClassVar[str] = "intelligence.bad_option"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Tùy chọn {option} = {got} không dùng được; cần {wanted}."
    en: ClassVar[str] = "The option {option} = {got} cannot be used; it must be {wanted}."


class Unusable(Refusal):
    """A model's reply that is not taken."""

    code: ClassVar[str] = "intelligence.unusable"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Trả lời của mô hình ngôn ngữ không dùng được: {problem}."
    en: ClassVar[str] = "The language model's reply cannot be used: {problem}."


class TooLongText(Refusal):
    """A text that is longer than can be read at once."""

    code: ClassVar[str] = "intelligence.too_long_text"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Văn bản quá dài: mỗi lần đọc được tối đa {most} ký tự. Hãy chia thành nhiều phần."
    en: ClassVar[str] = "The text is too long: at most {most} letters are read at once. Divide it into parts."


class NoReason(Refusal):
    """A proposal that is changed or refused without saying why."""

    code: ClassVar[str] = "intelligence.no_reason"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Hãy ghi vì sao đổi hoặc bác gợi ý, để sửa được."
    en: ClassVar[str] = "Say why you change or refuse what was proposed, so that it can be mended."


def matrix(values: object, what: str = "values", shape: tuple[int, ...] | None = None) -> np.ndarray:
    """The values as a two-dimensional array of floats; infinities are unknown.

    :raises WrongShape: if they are not two-dimensional, or not of the shape that is needed.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise WrongShape(what=what, got="?", wanted=shape or "(series, time)") from error
    if array.ndim != 2 or (shape is not None and array.shape != shape):
        raise WrongShape(what=what, got=array.shape, wanted=shape or "(series, time)")
    return np.where(np.isfinite(array), array, np.nan)
