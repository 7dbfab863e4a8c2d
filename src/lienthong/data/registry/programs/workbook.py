"""A workbook as lines of JSON, read in a process of its own.

A workbook of a kilobyte can ask its reader for half a terabyte, or unpack to more than the disk holds; what reads it is then
stopped, whole. So it is read here, with bounded memory and time, and never in a process that does anything else.

``python workbook.py FILE BYTES`` takes at most so much memory and writes the rows of the first sheet that has any to standard
output, one JSON array a line, empty rows before them included; days and moments are written by ISO 8601. On a file that is no
workbook it says why on standard error and ends with 2.
"""

import resource
import sys
from datetime import datetime

import orjson
import python_calamine

NO_WORKBOOK = 2
PROCESSOR_SECONDS = 300


def rows(path: str):
    """The rows of the first sheet that has any; nothing where none has."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.end is not None:
            for cells in sheet.iter_rows():
                yield [_day(cell) for cell in cells]
            return


def _day(cell):
    """A moment without hours is what spreadsheets call a day."""
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second or cell.microsecond):
        return cell.date()
    return cell


def main() -> int:
    memory = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for row in rows(sys.argv[1]):
            sys.stdout.buffer.write(orjson.dumps(row, default=str) + b"\n")
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return NO_WORKBOOK
    return 0


if __name__ == "__main__":
    sys.exit(main())
