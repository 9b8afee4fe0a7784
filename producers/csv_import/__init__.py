"""A CSV file of payments with a map of its columns becomes evidence."""

from producers.csv_import.column_map import ColumnMap, read_map
from producers.csv_import.report import ImportReport
from producers.csv_import.run import import_csv

__all__ = ["ColumnMap", "ImportReport", "import_csv", "read_map"]
