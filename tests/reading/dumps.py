"""Two dumps, and how their pieces are read back."""

import re

from headwater.reading.dump.tables import DumpTable, careful_dump, tables_of

CELL = re.compile(r'"((?:[^"]|"")*)"|([^\t\n"\r]*)')


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def cells_of(text):
    """Rows as a strict parser sees them: None is null."""
    at, out, row = 0, [], []
    while at < len(text):
        match = CELL.match(text, at)
        quoted = match[1] is not None
        row.append(match[1].replace('""', '"') if quoted else match[2] or None)
        at = match.end() + 1
        assert text[at - 1] in "\t\n"
        if text[at - 1] == "\n":
            out.append(row)
            row = []
    return out


def read(text, table, *, size=1 << 20, window=1 << 20, record_bytes=1 << 24):
    return list(careful_dump(cut(text, size), table, piece_bytes=window, record_bytes=record_bytes))


def rows(pieces):
    out = []
    for piece in pieces:
        for index, (number, *cells) in enumerate(cells_of(piece.text.decode())):
            assert int(number) == index
            out.append(cells)
        assert piece.count == len(cells_of(piece.text.decode()))
    return out


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def told(pieces):
    return [(p.line_of(i), p.raw_of(i)) for p in pieces for i in range(p.count)]


def tables(text, dump, size=1 << 20):
    return list(tables_of(cut(text, size), dump, window_bytes=size))


def table(dump, *columns, name="t"):
    return DumpTable(name, columns, dump)


POSTGRES = rb"""--
-- PostgreSQL database dump
--

\restrict x
SET statement_timeout = 0;
CREATE FUNCTION public.f() RETURNS void LANGUAGE sql AS $body$
  INSERT INTO public.sales VALUES ('not a row; it''s a function', $1);
$body$;
CREATE TABLE public.sales (
    id integer DEFAULT nextval('a,b;'::regclass) NOT NULL, -- it's
    "the ""name" character varying(10) DEFAULT 'x,y'::text,
    note text,
    CONSTRAINT sales_check CHECK ((id > 0))
);
COPY public.sales (id, "the ""name", note) FROM stdin;
1	Ann	\N
2		tab\there\nand \\N
3	"q"	\\N
\.

COPY public.empty (a) FROM stdin;
\.
CREATE TABLE public.bare (a integer, b text);
-- PostgreSQL database dump complete
"""

MYSQL = rb"""-- MySQL dump 10.13  Distrib 8.0.30
/*!40101 SET NAMES utf8 */;
CREATE TABLE `t` (
  `id` int(11) NOT NULL COMMENT 'it''s, a; "thing"',
  `na``me` varchar(10) DEFAULT NULL,
  `b` blob,
  PRIMARY KEY (`id`),
  KEY `k` (`id`,`b`(10))
) ENGINE=InnoDB;
LOCK TABLES `t` WRITE;
/*!40000 ALTER TABLE `t` DISABLE KEYS */;
INSERT INTO `t` VALUES (1,'a\'b',NULL),(2,NULL,_binary '\0x\\'),(3,'','y\n"z"'),
(4,'a),(b',0xDEAD);
INSERT INTO `t` VALUES (5,'a''b',x'ab');
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN
INSERT INTO `t` VALUES (9,'9',9); END */;;
DELIMITER ;
-- Dump completed
"""
