"""Writers of files of every format, for rows that are given as text."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import fastavro
import pyarrow as pa
from pyarrow import orc

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def csv_file(names, rows):
    return "".join(",".join(row) + "\n" for row in [names, *rows]).encode()


def xml_file(names, rows, *, row="row"):
    lines = [
        f"<{row}>"
        + "".join(f"<{n}>{escape(cell)}</{n}>" for n, cell in zip(names, cells, strict=True))
        + f"</{row}>"
        for cells in rows
    ]
    return ("<?xml version='1.0'?>\n<all>\n" + "\n".join(lines) + "\n</all>\n").encode()


def fixed_file(widths, rows):
    lines = ("".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows)
    return ("\n".join(lines) + "\n").encode()


def lines_file(rows):
    return "".join(" ".join(row) + "\n" for row in rows).encode()


def postgres_dump(table, names, rows):
    columns = ",\n".join(f"    {name} text" for name in names)
    body = "".join("\t".join(row) + "\n" for row in rows)
    return (
        "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
        f"CREATE TABLE {table} (\n{columns}\n);\n\n"
        f"COPY {table} ({', '.join(names)}) FROM stdin;\n{body}\\.\n\n"
    ).encode()


def mysql_dump(table, names, rows):
    columns = ",\n".join(f"  `{name}` text" for name in names)
    values = ",".join("(" + ",".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36\n\n"
        f"CREATE TABLE `{table}` (\n{columns}\n);\n"
        f"INSERT INTO `{table}` VALUES {values};\n"
    ).encode()


def workbook(names, rows, *, sheet="Sheet1"):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("_rels/.rels", _links("officeDocument", "xl/workbook.xml"))
        made.writestr(
            "xl/workbook.xml",
            f"<workbook xmlns='{MAIN}' xmlns:r='{_OFFICE}'><sheets>"
            f"<sheet name='{sheet}' sheetId='1' r:id='one'/></sheets></workbook>",
        )
        made.writestr("xl/_rels/workbook.xml.rels", _links("worksheet", "worksheets/sheet1.xml"))
        body = "".join(_sheet_row(number, row) for number, row in enumerate([names, *rows], 1))
        made.writestr(
            "xl/worksheets/sheet1.xml",
            f"<worksheet xmlns='{MAIN}'><sheetData>{body}</sheetData></worksheet>",
        )
    return held.getvalue()


def _links(kind, target):
    return (
        f"<Relationships xmlns='{_PACKAGE}'>"
        f"<Relationship Id='one' Type='{_OFFICE}/{kind}' Target='{target}'/></Relationships>"
    )


def _sheet_row(number, row):
    cells = "".join(
        f"<c r='{chr(65 + at)}{number}' t='inlineStr'><is><t>{escape(cell)}</t></is></c>"
        for at, cell in enumerate(row)
    )
    return f"<row r='{number}'>{cells}</row>"


def avro_file(names, rows, *, codec="deflate"):
    schema = {
        "type": "record",
        "name": "row",
        "fields": [{"name": name, "type": "string"} for name in names],
    }
    held = io.BytesIO()
    fastavro.writer(held, schema, [dict(zip(names, row, strict=True)) for row in rows], codec)
    return held.getvalue()


def orc_file(names, rows):
    held = io.BytesIO()
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    orc.write_table(pa.table(dict(zip(names, columns, strict=True))), held)
    return held.getvalue()
