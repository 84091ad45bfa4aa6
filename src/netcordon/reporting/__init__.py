"""One frozen document in, every form of the report out. Renderers compute nothing."""

from netcordon.reporting.json_contract import render_failure, render_json
from netcordon.reporting.terminal import terminal_summary
from netcordon.reporting.write import ReportPaths, write_reports

__all__ = ["ReportPaths", "render_failure", "render_json", "terminal_summary", "write_reports"]
