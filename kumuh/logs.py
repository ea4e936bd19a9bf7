"""What the logs leave out."""

import logging

EXPECTED = (400, 401, 403, 404, 405, 410)


class WithoutExpectedTraceback(logging.Filter):
    """A refused page is one line: its traceback would hide the ones that matter."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) in EXPECTED:
            record.exc_info, record.exc_text = None, None
        return True
